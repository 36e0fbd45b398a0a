"""One grading of a case, held against what the case says of itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from grader.model import Outcome, Result
from grader.proof.cases import Case


class Duty(StrEnum):
    """What a case asks of a check."""

    MUST_FAIL = "must fail"
    MUST_PASS = "must pass"
    MAY_FAIL = "may fail, and the header says why"
    MUST_NOT_FAIL = "must not fail: the header does not name it"
    NONE = "nothing"


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one check came to."""

    id: str
    outcome: Outcome
    message: str = ""
    stretch: bool = False
    hidden: bool = False


class Trial(msgspec.Struct, frozen=True):
    """One grading of a case.

    Args:
        turn: 0 for the first grading of this case, 1 for the next.
        seconds: it took, by the wall clock.
    """

    case: Case
    turn: int
    seen: tuple[Seen, ...]
    seconds: float

    def told(self, *duties: Duty, outcomes: Iterable[Outcome]) -> tuple[str, ...]:
        """The results of those duties that came to one of these outcomes, a line each."""
        return tuple(
            f"{self.case.name}: {seen.id} {seen.outcome.words}: {seen.message}"
            for seen in self.seen
            if seen.outcome in set(outcomes) and (not duties or duty(self.case, seen) in duties)
        )

    @property
    def false_acceptances(self) -> tuple[str, ...]:
        """What had to fail and did not."""
        return self.told(Duty.MUST_FAIL, outcomes=(Outcome.PASSED, Outcome.NOT_REACHED))

    @property
    def false_rejections(self) -> tuple[str, ...]:
        """What had to pass and did not."""
        return self.told(Duty.MUST_PASS, outcomes=(Outcome.FAILED, Outcome.NOT_REACHED))

    @property
    def unforeseen(self) -> tuple[str, ...]:
        """What failed, and the header does not say that it would."""
        return self.told(Duty.MUST_NOT_FAIL, outcomes=(Outcome.FAILED,))

    @property
    def unclear(self) -> tuple[str, ...]:
        """Of what nothing was proven, though the case asks something of it; and whatever was our own fault."""
        owed = (duty for duty in Duty if duty is not Duty.NONE)
        return (*self.told(*owed, outcomes=(Outcome.INCONCLUSIVE,)), *self.told(outcomes=(Outcome.ERROR,)))

    @property
    def wrong(self) -> tuple[str, ...]:
        """Everything that should not be."""
        return (*self.false_rejections, *self.false_acceptances, *self.unforeseen, *self.unclear)


def duty(case: Case, seen: Seen) -> Duty:
    """What a case asks of a check.

    A wrong server may fail whatever of the stretch and of the hidden checks it does not name, and a right one of the
    stretch: nobody is asked for those. The other track's program is the reference's, and passes everything.
    """
    if seen.id in case.fails:
        return Duty.MUST_FAIL
    if seen.id in case.passes or not seen.id.startswith(f"{case.track}/"):
        return Duty.MUST_PASS
    if case.is_right:
        return Duty.NONE if seen.stretch and not seen.hidden else Duty.MUST_PASS
    if seen.id in case.follows:
        return Duty.MAY_FAIL
    return Duty.NONE if seen.stretch or seen.hidden else Duty.MUST_NOT_FAIL


def trial_of(case: Case, results: Iterable[Result], *, seconds: float, turn: int = 0) -> Trial:
    """What a grading showed, without what only the student needs."""
    seen = tuple(Seen(r.id, r.outcome, r.message, r.stretch, r.hidden) for r in results)
    return Trial(case, turn, seen, round(seconds, 3))
