"""What we could not see is no zero: from a recording that says so to the page that asks for a human."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from grader import batch, grading, store
from grader.commands.grade import summed_up
from grader.judging import Looked, judge_all, seen_until_clear
from grader.looking import TRIES
from grader.model import FORKING, TRACKS, Check, Outcome, Report, Status, points_shown, report_of
from grader.overview import overview_of, row_of
from grader.recording import Recording
from grader.replaying import page_of
from grader.report.class_page import class_page
from grader.rubric import rubric
from tests.recordings import changed, recording
from tests.right_scenes import REFERENCES, right

CHECK = "forking/survives_signals"
RIGHT = {track.name: right(track) for track in TRACKS}
STORM = RIGHT["forking"]["storm"]
UNSEEN = changed(STORM, unclear="the machine did not let the server run", snapshots=(), events=())
NOT_SHOWN = changed(STORM, snapshots=())
"""Played to its end, and yet a moment is missing."""


def with_storm(storm: Recording) -> Looked:
    """A right server of which this was seen in the storm."""
    return {**RIGHT, "forking": {**RIGHT["forking"], "storm": storm}}


def graded(storm: Recording = UNSEEN, name: str = "ada") -> Report:
    """Its report."""
    return report_of(name, judge_all(rubric(), with_storm(storm), REFERENCES), sandbox="bubblewrap", seconds=1.0)


# ---------------------------------------------------------------------- seen again


class Eyes:
    """Sees one recording of the storm after the other, and remembers what was asked for."""

    def __init__(self, *storms: Recording) -> None:
        self._storms = iter(storms)
        self.asked: list[tuple[str, ...]] = []

    def see(self, checks: tuple[Check, ...]) -> Looked:
        """Only what these checks ask for."""
        self.asked.append(tuple(check.id for check in checks))
        scenes = {name for check in checks for name in check.needs}
        looked = with_storm(next(self._storms))
        return {track: {n: s for n, s in seen.items() if n in scenes} for track, seen in looked.items()}


def outcome(eyes: Eyes) -> Outcome:
    """What the check comes to when this is seen."""
    looked = seen_until_clear(rubric(), REFERENCES, eyes.see, TRIES)
    return next(r.outcome for r in judge_all(rubric(), looked, REFERENCES) if r.id == CHECK)


def test_what_is_clear_is_seen_once() -> None:
    """Whatever the outcome."""
    for storm, expected in ((STORM, Outcome.PASSED), (ended("survives_signals"), Outcome.FAILED)):
        eyes = Eyes(storm)
        assert (outcome(eyes), len(eyes.asked)) == (expected, 1)


def ended(about: str) -> Recording:
    """The server ended in the storm."""
    return recording("storm", cut="the server ended with status 1", about=about)


def test_what_a_check_could_not_judge_is_seen_again_by_itself() -> None:
    """Up to TRIES times, and only what that check asks for."""
    eyes = Eyes(NOT_SHOWN, STORM)
    assert (outcome(eyes), eyes.asked[1:]) == (Outcome.PASSED, [(CHECK,)])
    eyes = Eyes(*[NOT_SHOWN] * TRIES)
    assert (outcome(eyes), len(eyes.asked)) == (Outcome.INCONCLUSIVE, TRIES)


def test_a_scene_that_stayed_unclear_is_not_played_still_more_often() -> None:
    """It was played TRIES times when it was looked at; and one that is clear is not replaced by one that is not."""
    eyes = Eyes(UNSEEN)
    assert (outcome(eyes), len(eyes.asked)) == (Outcome.INCONCLUSIVE, 1)
    eyes = Eyes(NOT_SHOWN, UNSEEN, STORM)
    assert (outcome(eyes), len(eyes.asked)) == (Outcome.PASSED, 3)


def test_a_mistake_of_ours_in_a_check_is_seen_again_too() -> None:
    """Its scene may have been an odd one; in the end it is an ERROR, and no point is lost by it for good."""
    seen: list[int] = []

    def test_odd(storm: Recording) -> None:
        seen.append(1)
        raise KeyError("ours")

    check = Check(FORKING, "odd", 1.0, "Odd.", test_odd, ("storm",))
    looked = seen_until_clear((check,), REFERENCES, Eyes(*[STORM] * TRIES).see, TRIES)
    assert (judge_all((check,), looked, REFERENCES)[0].outcome, len(seen)) == (Outcome.ERROR, TRIES)


# ---------------------------------------------------------------------- shown as what it is


def test_the_result_is_no_grade() -> None:
    """The status says so; the score is what was proven."""
    report = graded()
    assert (report.status, report.score, report.points) == (Status.INCONCLUSIVE, 97, 100)
    (result,) = (one for one in report.checks if one.outcome is not Outcome.PASSED)
    assert (result.id, result.outcome, result.earned) == (CHECK, Outcome.INCONCLUSIVE, 0)
    assert result.message == "the machine did not let the server run"


def test_the_gradebooks_cell_is_empty() -> None:
    """And the note says who must look; nobody finds a zero there."""
    row = next(csv.DictReader(store.gradebook([graded()]).decode().splitlines()))
    assert (row["score"], row["status"], row["note"]) == (
        "", "inconclusive", f"needs a human: {points_shown(97)} points are proven",
    )  # fmt: skip


def test_the_class_page_lists_who_must_be_looked_at() -> None:
    """By name and with the reason, and counts them out of the grades."""
    rows = [row_of("ada", graded(name="ada")), row_of("bela", graded(STORM, name="bela"))]
    page = class_page(overview_of(rows), title="Class", made="today")
    by_hand = page[page.index("Look at this one by hand") : page.index("<h2>Scores")]
    assert ("ada" in by_hand, "bela" in by_hand, "inconclusive: needs a human" in by_hand) == (True, False, True)
    assert "the median of 1 grade, 1 to be looked at by hand" in page


def test_the_students_page_says_that_nothing_was_proven() -> None:
    """Neither way, and that no point is lost by it for good."""
    page = page_of(graded(), with_storm(UNSEEN)).decode()
    assert f"Nothing was proven either way for {CHECK}: a human must look. No point is lost by it for good." in page
    assert "Every requirement is met" not in page


@pytest.mark.parametrize(
    ("reports", "status"), [([graded(STORM)], 0), ([graded()], 1), ([graded(STORM), graded(name="bela")], 1)]
)
def test_grade_ends_with_1(
    reports: Iterable[Report], status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a human must look at one of them, which is named."""
    assert summed_up(list(reports), tmp_path) == status
    said = capsys.readouterr().out
    assert ("inconclusive: needs a human" in said) == bool(status)


def test_what_was_not_seen_is_graded_again_by_the_next_run(tmp_path: Path) -> None:
    """It is not up to date, whatever its key."""
    store.commit_result(tmp_path, graded(), b"", {})
    assert not store.is_up_to_date(tmp_path, "")


def test_a_folder_with_one_that_was_not_seen_ends_with_1_too(tmp_path: Path) -> None:
    """Judged anew it stays what it is, in the gradebook and on the class page."""
    (tmp_path / batch.REFERENCE_FOLDER).mkdir()
    store.commit(tmp_path / batch.REFERENCE_FOLDER / store.RECORDINGS, store.packed(RIGHT))
    store.commit_result(tmp_path / "ada", graded(), b"", with_storm(UNSEEN))
    command = [sys.executable, "-m", "grader", "rejudge", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, check=False)
    assert (done.returncode, "1 to be looked at by a human" in done.stdout) == (1, True), done.stderr
    assert "needs a human" in (tmp_path / batch.GRADES).read_text()
    assert "Look at this one by hand" in (tmp_path / batch.INDEX).read_text()
