"""Outcome by the type of what is raised, wherever it is raised."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.judging import Broken, arguments_of, judge, result_of, whole
from grader.model import FORKING, Check, Inconclusive, Mismatch, NotReached, Outcome
from grader.recording import Recording
from grader.reference import Reference
from tests.recordings import recording

NOTHING = Reference({})


def a_check(function: Callable[..., None], *needs: str, stretch: bool = False) -> Check:
    """A check called `listens` that is worth two points."""
    return Check(FORKING, "listens", 2.0, "The server listens.", function, needs, stretch)


def raising(error: BaseException) -> Callable[[], None]:
    """A check's function that does nothing but raise."""

    def function() -> None:
        raise error

    return function


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Mismatch(expected="a", observed="b"), Outcome.FAILED),
        (NotReached("it ended"), Outcome.NOT_REACHED),
        (NotReached("it ended", about="answers"), Outcome.NOT_REACHED),
        (NotReached("it ended", about="listens"), Outcome.FAILED),
        (Inconclusive("no core"), Outcome.INCONCLUSIVE),
        (Broken("no box"), Outcome.ERROR),
        (KeyError("ours"), Outcome.ERROR),
    ],
    ids=lambda value: value.value if isinstance(value, Outcome) else type(value).__name__,
)
def test_the_outcome_is_told_by_the_type_of_the_exception(error: Exception, outcome: Outcome) -> None:
    """Nothing but a pass earns points."""
    result = result_of(a_check(raising(error)), raising(error))
    assert (result.outcome, result.earned, result.points) == (outcome, 0.0, 2.0)


def test_a_check_that_returns_has_passed() -> None:
    """It earns what it is worth, and there is nothing to tell."""
    result = judge(a_check(lambda: None, stretch=True), {}, NOTHING)
    assert (result.outcome, result.earned, result.message) == (Outcome.PASSED, 2.0, "")
    assert (result.id, result.requirement, result.stretch) == ("forking/listens", "The server listens.", True)


def test_a_mismatch_keeps_its_words() -> None:
    """Expected, observed, evidence and hint are the check's own."""
    error = Mismatch(expected="a", observed="b", evidence=("c",), hint="d")
    result = result_of(a_check(raising(error)), raising(error))
    assert (result.expected, result.observed, result.evidence, result.hint) == ("a", "b", ("c",), "d")
    assert result.message == "expected a; observed b"


def test_the_check_that_answers_for_a_cut_scene_fails() -> None:
    """Expected is what a server does that comes through its stage, observed is how the scene ended."""
    error = NotReached("the server ended with status 1", about="listens", evidence=("stderr: boom",))
    result = result_of(a_check(raising(error)), raising(error))
    assert (result.expected, result.observed) == (
        "the server listens, and sleeps until a client comes",
        "the server ended with status 1",
    )
    assert result.evidence == ("stderr: boom",)


def test_a_scene_that_was_not_reached_says_how_it_ended() -> None:
    """And is no second failure."""
    error = NotReached("the server ended with status 1", evidence=("stderr: boom",))
    result = result_of(a_check(raising(error)), raising(error))
    assert (result.message, result.evidence) == ("the server ended with status 1", ("stderr: boom",))


def test_our_own_mistake_is_told_without_a_path() -> None:
    """Type, text and place of the error, and no file of ours."""
    error = ZeroDivisionError("division by zero")
    message = result_of(a_check(raising(error)), raising(error)).message
    assert message.startswith("the grader failed, not the server: ZeroDivisionError: division by zero (function:")
    assert "/" not in message


def test_ctrl_c_is_nobodys_outcome() -> None:
    """It ends the run."""
    with pytest.raises(KeyboardInterrupt):
        result_of(a_check(lambda: None), raising(KeyboardInterrupt()))


def test_a_check_gets_what_it_names() -> None:
    """Recordings by name, and the reference."""
    crowd = recording("crowd")
    found = arguments_of(a_check(lambda: None, "crowd", "reference"), {"crowd": crowd}, NOTHING)
    assert found == {"crowd": crowd, "reference": NOTHING}


@pytest.mark.parametrize(
    ("recordings", "reason"),
    [
        ({}, "the scene 'crowd' was never played"),
        ({"crowd": recording("crowd", broken="OSError: no socket")}, "OSError: no socket"),
    ],
)
def test_a_scene_that_we_did_not_play_is_our_fault(recordings: dict[str, Recording], reason: str) -> None:
    """An ERROR, and no point is lost without a human's look."""
    with pytest.raises(Broken, match=reason):
        whole(recordings, "crowd")
    result = judge(a_check(lambda crowd: None, "crowd"), recordings, NOTHING)
    assert (result.outcome, result.message) == (Outcome.ERROR, f"the grader failed, not the server: {reason}")
