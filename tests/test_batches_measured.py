"""What is measured of batches: ratios to the first, who is worse off among attacks, and a picture of it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from benchmarks.batches import Batch, Innocent, chart, class_of, groups, told
from benchmarks.compare import Spent
from grader import grading

TEN = Batch("10 by 2 workers", 10, 2, Spent(20.0, 30.0, 1 << 20), 100 << 20)
HUNDRED = Batch("100 by 2 workers", 100, 2, Spent(180.0, 280.0, 1 << 20), 110 << 20)
WELL = Innocent("well", 2.0, 4.0, 100.0, 100.0)


def test_ratios_are_told_for_each_submission() -> None:
    """Ten times as many in nine times the time is a little less for each."""
    one, other = told([TEN, HUNDRED], [TEN], [WELL], ["a file was added"])[0], told([TEN], [TEN, HUNDRED], [], [])[0]
    assert one == "100 by 2 workers: 0.90 of the time for each, 1.10 of the memory, compared with 10 by 2 workers"
    assert other == "100 by 2 workers: 9.00 of the time of 10 by 2 workers"
    assert told([], [], [WELL], ["a file was added"])[-1] == "HARM: a file was added"


def test_who_is_worse_off() -> None:
    """Whoever loses a point, or takes more than twice the time."""
    assert WELL.is_as_well_off
    assert not WELL._replace(amid=4.1).is_as_well_off
    assert not WELL._replace(score_amid=99.0).is_as_well_off
    assert "WORSE OFF" in told([], [], [WELL._replace(amid=5.0)], [])[0]


def test_the_picture_is_one() -> None:
    """A bar for each figure, as wide as it is large in its group."""
    drawn = ElementTree.fromstring(chart(groups([TEN, HUNDRED], [], [WELL])))
    widths = [float(bar.get("width", "0")) for bar in drawn.findall(".//{*}rect")][1:]
    assert len(widths) == 2 + 2 + 2
    assert round(widths[1] / widths[0], 2) == 0.9
    assert widths[4] * 2 == widths[5]


def test_a_class_is_so_many_copies(tmp_path: Path) -> None:
    """Of the programs, and made once."""
    folder = class_of(3, grading.SAMPLES / "ada", tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["copy-0000", "copy-0001", "copy-0002"]
    assert class_of(3, grading.SAMPLES / "ada", tmp_path) == folder
