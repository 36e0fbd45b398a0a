"""How often the grader was wrong, and how often it may be at most. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from math import exp, lgamma, log, log1p

import msgspec

from grader.model import Outcome
from grader.proof.cases import Case
from grader.proof.trials import Duty, Seen, Trial, duty

CONFIDENCE = 0.95
MOST_INCONCLUSIVE = 0.01
"""Share of check results of which a loaded machine may show nothing, said as such: no grade is wrong by it."""

MOST_MISNAMED = 0.05
"""Share of gradings of wrong servers in which another cause than the header's may come first."""


class Figure(msgspec.Struct, frozen=True):
    """How often something was seen, of how many times that it could have been."""

    name: str
    count: int
    of: int

    @property
    def rate(self) -> float:
        """Seen, of all; 0 where nothing could be seen."""
        return self.count / self.of if self.of else 0.0

    @property
    def upper(self) -> float:
        """The rate that the true one is not above, with 95 % confidence."""
        return upper_bound(self.count, self.of)


def upper_bound(count: int, of: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided upper bound of a rate, exact after Clopper and Pearson (1934).

    The rate at which so few would be seen with a probability of 1 - confidence.
    """
    if count >= of:
        return 1.0
    low, high = count / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(count, of, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(count: int, of: int, rate: float) -> float:
    """Probability of at most so many, binomial."""
    if rate in (0.0, 1.0):
        return 1.0 - rate
    return sum(
        exp(lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * log(rate) + (of - k) * log1p(-rate))
        for k in range(count + 1)
    )


class Proof(msgspec.Struct, frozen=True):
    """All trials of a run.

    Args:
        checks: ids of all checks that somebody must name, in the rubric's order; of the core, if some are not.
        core: ids of those that the score is made of.
        whole: every known server took part, so that a check that none names is a gap.
    """

    trials: tuple[Trial, ...]
    checks: tuple[str, ...]
    core: frozenset[str]
    whole: bool = True

    @property
    def cases(self) -> tuple[Case, ...]:
        """Each server once, by name."""
        by_name = {trial.case.name: trial.case for trial in self.trials}
        return tuple(by_name[name] for name in sorted(by_name))

    @property
    def seen(self) -> Iterator[tuple[Case, Seen]]:
        """Every check result."""
        return ((trial.case, seen) for trial in self.trials for seen in trial.seen)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """False rejections, false acceptances, unforeseen failures, INCONCLUSIVE and ERROR."""
        return figures_of(self.seen)

    def figures_of_check(self, check: str) -> tuple[Figure, ...]:
        """The same for one check."""
        return figures_of((case, seen) for case, seen in self.seen if seen.id == check)

    @property
    def figures_of_diagnosis(self) -> tuple[Figure, Figure]:
        """Wrong servers of which another cause came first, and right programs in which one of the core was found."""
        wrong = [trial for trial in self.trials if not trial.case.is_right]
        misnamed = sum(bool(trial.misnamed) for trial in wrong)
        unfounded = sum(bool(trial.unfounded) for trial in self.trials)
        return (
            Figure("wrong servers that another cause was named of", misnamed, len(wrong)),
            Figure("right programs that a cause was named of", unfounded, len(self.trials)),
        )

    @property
    def wrong(self) -> tuple[str, ...]:
        """Each outcome that is not as it should be, in a line."""
        return tuple(line for trial in self.trials for line in trial.wrong)

    @property
    def misnamed(self) -> tuple[str, ...]:
        """Each cause that came first and should not have, in a line."""
        return tuple(line for trial in self.trials for line in (*trial.misnamed, *trial.unfounded))

    @property
    def named_by_none(self) -> tuple[str, ...]:
        """Checks that no wrong server must fail: nothing shows that they can."""
        named = {check for case in self.cases for check in case.fails}
        return tuple(check for check in self.checks if check not in named)

    @property
    def needed_by_none(self) -> tuple[str, ...]:
        """Checks without which every wrong server would be rejected all the same, though some name them."""
        without = {*self.named_by_none, *_rejecting_alone(self.trials, self.core)}
        return tuple(check for check in self.checks if check not in without)

    @property
    def is_clean(self) -> bool:
        """All is as it should be; a machine under strain may hide a little from us, as long as we say so."""
        rejections, acceptances, unforeseen, inconclusive, errors = self.figures
        wrong = rejections.count + acceptances.count + unforeseen.count + errors.count
        gaps = self.whole and self.named_by_none
        misnamed, unfounded = self.figures_of_diagnosis
        told_right = misnamed.rate <= MOST_MISNAMED and not unfounded.count
        return not wrong and not gaps and told_right and inconclusive.rate <= MOST_INCONCLUSIVE


def figures_of(seen: Iterable[tuple[Case, Seen]]) -> tuple[Figure, Figure, Figure, Figure, Figure]:
    """Each kind of wrong outcome, counted over the results in question."""
    by_duty: dict[Duty, Counter[Outcome]] = {kind: Counter() for kind in Duty}
    for case, one in seen:
        by_duty[duty(case, one)][one.outcome] += 1
    all_of_them = sum(by_duty.values(), Counter[Outcome]())
    must_pass, must_fail = by_duty[Duty.MUST_PASS], by_duty[Duty.MUST_FAIL]
    unnamed = by_duty[Duty.MUST_NOT_FAIL]
    lost, let_through = (Outcome.FAILED, Outcome.NOT_REACHED), (Outcome.PASSED, Outcome.NOT_REACHED)
    return (
        Figure("false rejections", sum(must_pass[outcome] for outcome in lost), must_pass.total()),
        Figure("false acceptances", sum(must_fail[outcome] for outcome in let_through), must_fail.total()),
        Figure("failures that no header explains", unnamed[Outcome.FAILED], unnamed.total()),
        Figure("inconclusive", all_of_them[Outcome.INCONCLUSIVE], all_of_them.total()),
        Figure("error", all_of_them[Outcome.ERROR], all_of_them.total()),
    )


def _rejecting_alone(trials: Iterable[Trial], core: Collection[str]) -> set[str]:
    """Checks that reject some wrong server which no other of the core, or none at all, rejects."""
    alone = set()
    for trial in trials:
        failed = {seen.id for seen in trial.seen if seen.outcome is Outcome.FAILED}
        for counted in (failed & set(core), failed):
            if len(counted) == 1 and counted <= set(trial.case.fails):
                alone |= counted
    return alone
