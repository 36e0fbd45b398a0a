"""The rubric: computed from the checks, in the order of the lab's table."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from grader.checks import test_blocking, test_both, test_forking, test_stretch
from grader.declaring import checks_of
from grader.model import TRACKS, Check

MODULES: tuple[ModuleType, ...] = (test_both, test_blocking, test_forking, test_stretch)
ORDER = (
    "listens", "answers", "closes_after_reply",
    "serves_one_client_at_a_time", "serves_in_order_of_arrival", "takes_turns_in_time",
    "works_in_one_process",
    "serves_others_while_one_is_silent", "gives_each_client_a_child", "overlaps_in_time",
    "parent_closes_connections", "children_close_listener",
    "leaves_no_descriptor_open", "outlives_its_descriptor_limit",
    "reaps_each_child", "zombies_do_not_pile_up", "reaps_a_burst", "goes_on_while_children_live",
    "restarts_interrupted_accept", "survives_signals", "starts_again_at_once",
)  # fmt: skip
"""The lab's own order; checks that it does not name come last, in the order of their files."""


@cache
def rubric() -> tuple[Check, ...]:
    """Every check: the core track by track, then the stretch."""
    found = [
        check
        for module in MODULES
        for function in vars(module).values()
        if callable(function)
        for check in checks_of(function)
    ]
    return tuple(sorted(found, key=_place))


def _place(check: Check) -> tuple[bool, int, int]:
    place = ORDER.index(check.name) if check.name in ORDER else len(ORDER)
    return check.stretch, TRACKS.index(check.track), place


def experiments_needed(checks: tuple[Check, ...]) -> dict[str, tuple[str, ...]]:
    """By track's name, the scenes that these checks ask for, without doubles."""
    needed: dict[str, dict[str, None]] = {}
    for check in checks:
        scenes = needed.setdefault(check.track.name, {})
        scenes.update(dict.fromkeys(name for name in check.needs if name != "reference"))
    return {track: tuple(scenes) for track, scenes in needed.items()}
