"""What makes a function a check, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.declaring import check, checks_of
from grader.model import BLOCKING, FORKING
from grader.recording import Recording
from grader.reference import Reference


def on_both_tracks() -> Callable[..., None]:
    """A function that is a check on both tracks, made where pytest does not find it."""

    @check(points=2, on=BLOCKING)
    @check(points=3, on=FORKING, stretch=True)
    def test_example(visits: Recording, reference: Reference) -> None:
        """The server does something.

        More is said below the sentence.
        """

    return test_example


def test_a_function_is_a_check_on_each_track_that_it_names() -> None:
    """In the order in which they stand above it, each with its own points."""
    blocking, forking = checks_of(on_both_tracks())
    assert (blocking.id, blocking.points, blocking.stretch) == ("blocking/example", 2, False)
    assert (forking.id, forking.points, forking.stretch) == ("forking/example", 3, True)


def test_the_requirement_is_the_first_sentence() -> None:
    """What stands below it is for readers of the code."""
    assert {"The server does something."} == {found.requirement for found in checks_of(on_both_tracks())}


def test_parameters_are_what_a_check_needs() -> None:
    """Names of scenes, and `reference`."""
    assert checks_of(on_both_tracks())[0].needs == ("visits", "reference")


def test_a_check_can_still_be_called() -> None:
    """The decorator hands the function back."""
    on_both_tracks()(None, None)


def test_an_unmarked_function_is_no_check() -> None:
    """Other functions may stand beside checks."""
    assert checks_of(test_an_unmarked_function_is_no_check) == []


def test_a_check_without_a_sentence_is_refused() -> None:
    """The docstring is the requirement, and a student reads it."""

    def test_silent(visits: Recording) -> None: ...

    with pytest.raises(TypeError, match="'test_silent' has no sentence"):
        check(points=1, on=FORKING)(test_silent)


def test_a_check_that_pytest_would_not_find_is_refused() -> None:
    """Its name must begin as pytest's tests do."""

    def silent(visits: Recording) -> None:
        """The server is silent."""

    with pytest.raises(TypeError, match="must be called test_"):
        check(points=1, on=FORKING)(silent)
