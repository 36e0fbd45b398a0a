"""Makes a function a check: `@check(points=5, on=FORKING)` above one sentence and some ten lines."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from grader.model import Check, Track

Function = TypeVar("Function", bound=Callable[..., None])


class Worth(NamedTuple):
    """What a check is worth on one track."""

    track: Track
    points: float
    stretch: bool


def check(*, points: float, on: Track, stretch: bool = False) -> Callable[[Function], Function]:
    """Mark a function as a check on a track; above one another for several tracks.

    Args:
        points: what it is worth there.
        stretch: a bonus, shown apart.

    Raises:
        TypeError: the function has no sentence, or its name does not begin with `test_`.
    """

    def mark(function: Function) -> Function:
        if not inspect.getdoc(function):
            raise TypeError(f"the check {function.__name__!r} has no sentence: its docstring is the requirement")
        if not function.__name__.startswith("test_"):
            raise TypeError(f"the check {function.__name__!r} must be called test_…, or pytest does not find it")
        worths = [Worth(on, points, stretch), *getattr(function, "worths", ())]
        function.worths = tuple(worths)  # type: ignore[attr-defined]
        return function

    return mark


def checks_of(function: Callable[..., None]) -> list[Check]:
    """The checks that a marked function stands for, one for each track; none if it isn't marked."""
    return [
        Check(
            track=worth.track,
            name=function.__name__.removeprefix("test_"),
            points=worth.points,
            requirement=(inspect.getdoc(function) or "").splitlines()[0],
            function=function,
            needs=tuple(inspect.signature(function).parameters),
            stretch=worth.stretch,
        )
        for worth in getattr(function, "worths", ())
    ]
