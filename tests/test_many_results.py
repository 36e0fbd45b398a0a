"""The simulator of classes: what it files is a class, and what is made of it grows no faster than the class."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import many_results
from grader import batch, index, store
from grader.judging import judge
from grader.model import TRACKS, report_of
from grader.rubric import rubric
from tests.right_scenes import REFERENCES, right


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """Results of one right submission and one that lost its grade."""
    scenes = {track.name: right(track) for track in TRACKS}
    results = tuple(judge(check, scenes[check.track.name], REFERENCES[check.track.name]) for check in rubric())
    for name, some in (("ada", results), ("bela", results[:-1])):
        report = report_of(name, some, sandbox="bubblewrap", seconds=1.0, key="k")
        store.commit_result(tmp_path / "originals" / name, report, b"page of " + name.encode(), scenes)
    return tmp_path / "originals"


def test_everybody_has_a_result_of_their_own(originals: Path, tmp_path: Path) -> None:
    """Under their own name, with the page and the recordings of the original."""
    many_results.multiply(originals, tmp_path / "out", 5)
    standings = index.overview_in(tmp_path / "out").standings
    assert [one.submission for one in standings] == [one.folder for one in standings]
    assert [one.submission for one in standings] == [f"student{n:06}" for n in range(5)]
    assert (tmp_path / "out" / "student000003" / store.PAGE).read_bytes() == b"page of bela"
    assert store.recordings_in(tmp_path / "out" / "student000004")


def test_a_class_of_three_times_the_size_costs_no_more_than_three_times_as_much(originals: Path) -> None:
    """In bytes of every file, and in memory by far; seconds are the benchmark's to tell."""
    small, large = 400, 1200
    first, second = (dict(many_results.costs_of(originals, number)) for number in (small, large))
    for stage, cost in second.items():
        assert cost.size < 1.1 * (large / small) * first[stage].size, stage
        assert cost.memory < 2 * first[stage].memory, stage
    assert {many_results.STAGES[stage][0] for stage in second} == {index.INDEX, batch.INDEX, batch.GRADES}
