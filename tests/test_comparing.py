"""A result remembers what it took the place of: once, and only where that was another one."""

from __future__ import annotations

import msgspec
import pytest

from grader.comparing import remembering
from grader.model import Before, Outcome, Report, Result, Status, report_of


def report(**outcomes: Outcome) -> Report:
    """A report whose checks came to this; each is worth two points."""
    results = tuple(
        Result(f"forking/{name}", outcome, 2.0, 2.0 * (outcome is Outcome.PASSED), name == "extra", f"It {name}.")
        for name, outcome in outcomes.items()
    )
    return report_of("ada", results, sandbox="bubblewrap", seconds=1.0)


def remembered(new: Report, old: Report | None) -> Before | None:
    """What `new` remembers of `old`."""
    return remembering(new, old, by="grade", made="today").before


PASSED = report(answers=Outcome.PASSED, extra=Outcome.PASSED)


def test_what_is_another_is_remembered() -> None:
    """Score, bonus, status, who did it and when, and what each check that differs came to; one that is new came to nothing."""
    old = report(answers=Outcome.ERROR, extra=Outcome.FAILED, gone=Outcome.PASSED)
    new = report(answers=Outcome.PASSED, extra=Outcome.FAILED, fresh=Outcome.FAILED)
    outcomes = {"forking/answers": Outcome.ERROR, "forking/gone": Outcome.PASSED, "forking/fresh": None}
    assert remembered(new, old) == Before(
        score=2.0, points=4.0, bonus=0.0, status=Status.ERROR, by="grade", made="today", outcomes=outcomes
    )


@pytest.mark.parametrize("old", [None, PASSED, msgspec.structs.replace(PASSED, seconds=9.0, key="other")])
def test_what_is_the_same_is_not(old: Report | None) -> None:
    """Nor where there was nothing; what was remembered before is forgotten, for it is not what was before this."""
    stale = msgspec.structs.replace(PASSED, before=remembered(PASSED, report(answers=Outcome.FAILED)))
    assert stale.before is not None
    assert remembered(stale, old) is None


def test_the_same_outcomes_with_another_score_are_another_result() -> None:
    """As where a check's points have changed, or the bonus counts now."""
    counted = msgspec.structs.replace(PASSED, score=4.0, bonus_counts=True)
    before = remembered(counted, PASSED)
    assert before is not None
    assert (before.score, before.outcomes) == (2.0, {})
