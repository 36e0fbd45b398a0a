"""Scenes that servers are put into: one per file, each a few verbs; the server writes the recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from grader.apparatus.server import Server

Scene = Callable[["Server"], None]


class Experiment(msgspec.Struct, frozen=True):
    """A scene and what it is about.

    Args:
        about: by track's name, the check that answers for a server that ends or stops serving in it.
        last: it leaves something behind on the port, so that it is played after all others.
        long: it takes longer than most.
    """

    name: str
    scene: Scene
    about: dict[str, str]
    last: bool
    long: bool
    sentence: str


EXPERIMENTS: dict[str, Experiment] = {}


def experiment(*, last: bool = False, long: bool = False, **about: str) -> Callable[[Scene], Scene]:
    """Make a scene known under its function's name.

    Args:
        last: play it after all others.
        long: play it first.
        about: track's name = name of the check that answers for it.

    Raises:
        TypeError: the scene has no sentence, or its name is taken.
    """

    def known(scene: Scene) -> Scene:
        name = scene.__name__
        if not scene.__doc__:
            raise TypeError(f"the scene {name!r} has no sentence that says what happens in it")
        if name in EXPERIMENTS:
            raise TypeError(f"there are two scenes {name!r}")
        sentence = scene.__doc__.strip().splitlines()[0]
        EXPERIMENTS[name] = Experiment(name, scene, about, last, long, sentence)
        return scene

    return known


from grader.experiments import (  # noqa: E402 - the scenes make themselves known
    aborted,
    at_work,
    burst,
    crowd,
    failed_fork,
    held_back,
    in_turn,
    interrupted_accept,
    live_children,
    many_visits,
    oldest_stays,
    orphans,
    printed,
    reachable,
    restart,
    rude,
    scarce_descriptors,
    storm,
    unhurried,
    visits,
)

__all__ = [
    "EXPERIMENTS",
    "Experiment",
    "aborted",
    "at_work",
    "burst",
    "crowd",
    "experiment",
    "failed_fork",
    "held_back",
    "in_turn",
    "interrupted_accept",
    "live_children",
    "many_visits",
    "oldest_stays",
    "orphans",
    "printed",
    "reachable",
    "restart",
    "rude",
    "scarce_descriptors",
    "storm",
    "unhurried",
    "visits",
]
