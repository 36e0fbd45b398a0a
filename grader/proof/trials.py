"""One grading of a case, held against what the case says of itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from grader.model import Diagnosis, Outcome, Result
from grader.proof.cases import NO_CAUSE, Case


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


class Named(msgspec.Struct, frozen=True, omit_defaults=True):
    """The cause that came first on a track; of the stretch, if nothing of the core failed there."""

    track: str
    cause: str
    stretch: bool = False


class Trial(msgspec.Struct, frozen=True):
    """One grading of a case.

    Args:
        turn: 0 for the first grading of this case, 1 for the next.
        seconds: it took, by the wall clock.
        named: the causes that were found.
    """

    case: Case
    turn: int
    seen: tuple[Seen, ...]
    seconds: float
    named: tuple[Named, ...] = ()

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
    def misnamed(self) -> tuple[str, ...]:
        """What is wrong with the cause that came first, in a line; nothing of right servers."""
        first = next((named for named in self.named if named.track == self.case.track), None)
        none_of_the_core = first is None or first.stretch
        right = none_of_the_core if self.case.causes == (NO_CAUSE,) else first and first.cause in self.case.causes
        if self.case.is_right or right:
            return ()
        found = first.cause if first else NO_CAUSE
        return (f"{self.case.name}: its cause is {' or '.join(self.case.causes)}, and {found} came first",)

    @property
    def unfounded(self) -> tuple[str, ...]:
        """Causes of the core that were found in a program that has no mistake, a line each."""
        return tuple(
            f"{self.case.name}: {named.cause} was found in {named.track}_server.py, which is right"
            for named in self.named
            if not named.stretch and (self.case.is_right or named.track != self.case.track)
        )

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


def trial_of(
    case: Case,
    results: Iterable[Result],
    *,
    seconds: float,
    turn: int = 0,
    diagnoses: Mapping[str, Diagnosis] | None = None,
) -> Trial:
    """What a grading showed, without what only the student needs."""
    seen = tuple(Seen(r.id, r.outcome, r.message, r.stretch, r.hidden) for r in results)
    named = tuple(Named(track, found.cause, found.stretch) for track, found in (diagnoses or {}).items())
    return Trial(case, turn, seen, round(seconds, 3), named)
