"""A bonus that the reference itself does not earn on this machine is nobody's failure."""

from __future__ import annotations

import pytest

from grader.judging import judge_beside
from grader.model import FORKING, Outcome
from grader.recording import What
from grader.reference import Reference
from tests.recordings import changed, check_called, without
from tests.right_scenes import REFERENCES, right

CHECK = check_called("forking/survives_failed_fork")
FAILS = {**right(FORKING), "failed_fork": without(right(FORKING)["failed_fork"], "A", What.ENDED)}
UNCLEAR = {**right(FORKING), "failed_fork": changed(right(FORKING)["failed_fork"], snapshots=(), unclear="root")}


@pytest.mark.parametrize("theirs", [FAILS, UNCLEAR], ids=["it fails", "it is not seen"])
def test_what_the_reference_misses_here_is_unclear_for_everyone(theirs: dict[str, object]) -> None:
    """Whoever fails it, and why the reference does, is told."""
    result = judge_beside(Reference(theirs), CHECK, FAILS)  # type: ignore[arg-type]
    assert (result.outcome, result.earned) == (Outcome.INCONCLUSIVE, 0.0)
    assert result.message.startswith("the reference does not earn it on this machine either: ")


def test_what_the_reference_earns_here_is_failed_by_others() -> None:
    """As everywhere."""
    assert judge_beside(REFERENCES["forking"], CHECK, FAILS).outcome is Outcome.FAILED


def test_what_is_earned_is_earned() -> None:
    """Though the reference misses it."""
    assert judge_beside(Reference(FAILS), CHECK, right(FORKING)).outcome is Outcome.PASSED


def test_the_core_is_the_references_to_earn() -> None:
    """Without all of it no batch begins: a failure stays one."""
    core = check_called("forking/closes_after_reply")
    stays = {**right(FORKING), "visits": without(right(FORKING)["visits"], "GET /", What.ENDED)}
    assert judge_beside(Reference(stays), core, stays).outcome is Outcome.FAILED
