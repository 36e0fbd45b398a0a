"""The rubric is what the checks are, and what the hand-out says."""

from __future__ import annotations

import re

import pytest

from grader import grading
from grader.experiments import EXPERIMENTS
from grader.model import BLOCKING, FORKING, TRACKS, Track
from grader.report.scenes import SCENE_OF, SENTENCES
from grader.rubric import ORDER, experiments_needed, rubric
from tests.recordings import check_called


def test_the_core_is_a_hundred_points() -> None:
    """30 for chapter 1 and 70 for chapter 2."""
    points = {track.name: sum(c.points for c in rubric() if c.track is track and not c.stretch) for track in TRACKS}
    assert points == {"blocking": 30, "forking": 70}


def test_an_id_is_one_checks_alone() -> None:
    """A gradebook's columns are told apart by it."""
    ids = [check.id for check in rubric()]
    assert len(ids) == len(set(ids)) >= 26


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.name)
def test_checks_stand_in_the_labs_order(track: Track) -> None:
    """Track by track, and every name of the order is some check's."""
    names = [check.name for check in rubric() if check.track is track and not check.stretch]
    assert names == sorted(names, key=ORDER.index)
    assert set(ORDER) == {check.name for check in rubric() if not check.stretch}


def test_the_hand_out_says_the_same() -> None:
    """Id, points and requirement of every check of the core, word by word."""
    page = (grading.TEMPLATE / "README.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| ((?:blocking|forking)/\w+) \| (\d+) \| (\S.*\.) \|$", page)
    core = [check for check in rubric() if not check.stretch]
    assert sorted(rows) == sorted((check.id, f"{check.points:g}", check.requirement) for check in core)


def test_the_hand_out_names_the_bonus_once() -> None:
    """Each name with its points on both chapters, 25 in all, below a heading of its own."""
    page = (grading.TEMPLATE / "README.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| (\w+) \| (\d*) ?\| (\d*) ?\| \S.*\. \|$", page.partition("### Bonus\n")[2])
    told = [
        (f"{track.name}/{row[0]}", int(points))
        for row in rows
        for track, points in zip(TRACKS, row[1:], strict=True)
        if points
    ]
    stretch = [check for check in rubric() if check.stretch]
    assert sorted(told) == sorted((check.id, check.points) for check in stretch)
    assert sum(points for _name, points in told) == 25


def test_every_check_reads_scenes_that_can_be_played() -> None:
    """On its own track, so that some check answers for a server that ends there."""
    for check in rubric():
        scenes = [name for name in check.needs if name != "reference"]
        assert scenes
        assert all(check.track.name in EXPERIMENTS[name].about for name in scenes)


def test_every_scene_is_about_a_check_that_reads_it() -> None:
    """Else nobody would fail where a server ends in it."""
    for name, experiment in list(EXPERIMENTS.items()):  # hidden ones come with the first look for a check
        for track, about in experiment.about.items():
            assert name in check_called(f"{track}/{about}").needs


def test_every_check_has_a_scene_to_show() -> None:
    """The page's picture of a check is one of those that it reads."""
    for check in rubric():
        assert SCENE_OF[check.name] in check.needs


def test_the_page_tells_what_happens_in_each_scene() -> None:
    """In the scene's own words."""
    bundled = {n: e for n, e in EXPERIMENTS.items() if e.scene.__module__.startswith("grader.experiments")}
    assert {name: experiment.sentence for name, experiment in bundled.items()} == SENTENCES


def test_what_checks_need_is_told_once() -> None:
    """By track, in the order of the checks, without the reference."""
    checks = tuple(
        map(
            check_called,
            ["forking/listens", "forking/answers", "blocking/takes_turns_in_time", "forking/reaps_a_burst"],
        )
    )
    assert {FORKING.name: ("visits", "held_back", "burst"), BLOCKING.name: ("in_turn",)} == experiments_needed(checks)
