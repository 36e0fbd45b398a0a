"""A scene of which the machine hides something is played again, up to a named limit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader import grading
from grader.apparatus.sandbox.choosing import choose
from grader.apparatus.scene import Bounds, Cut, Unclear
from grader.apparatus.server import Server
from grader.experiments import EXPERIMENTS, experiment
from grader.looking import TRIES, look
from grader.recording import Recording


def played(scene: Callable[[int], None]) -> tuple[int, Recording]:
    """How often a scene is played that does this at its n-th time, and what is recorded of it."""
    times = []

    def a_scene_of_tests(server: Server) -> None:
        """It does not even start the server."""
        times.append(server)
        scene(len(times))

    experiment(last=False, long=False, forking="answers")(a_scene_of_tests)
    try:
        tier = choose(with_canary=False)
        looked = look(grading.REFERENCE, {"forking": ("a_scene_of_tests",)}, tier.make, Bounds(60))
    finally:
        del EXPERIMENTS["a_scene_of_tests"]
    return len(times), looked["forking"]["a_scene_of_tests"]


def fails(error: Exception, until: int) -> Callable[[int], None]:
    """A scene that ends so, until it was played so often."""

    def scene(time: int) -> None:
        if time <= until:
            raise error

    return scene


@pytest.mark.parametrize("until", [1, TRIES - 1])
def test_a_scene_that_becomes_clear_is_what_counts(until: int) -> None:
    """Nothing of the times before is left."""
    times, recording = played(fails(Unclear("no core"), until))
    assert (times, recording.unclear) == (until + 1, "")


def test_a_scene_that_stays_unclear_says_so() -> None:
    """It was played TRIES times."""
    times, recording = played(fails(Unclear("no core"), 99))
    assert (times, recording.unclear) == (TRIES, "no core")


def test_a_mistake_of_ours_is_tried_again_too() -> None:
    """It may have been the machine's."""
    times, recording = played(fails(OSError("no socket"), 99))
    assert (times, recording.broken.startswith("OSError: no socket")) == (TRIES, True)


def test_a_scene_that_the_server_cuts_is_clear() -> None:
    """Once is enough."""
    times, recording = played(fails(Cut("the server ended"), 99))
    assert (times, recording.cut) == (1, "the server ended")
