"""What a student reads in Chinese has no English left in it, whatever went wrong: judged by hand-written recordings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from grader.assignment import Deadline
from grader.assignment.lateness import with_its_lateness
from grader.diagnosing import diagnoses
from grader.judging import judge_all
from grader.languages import spoken
from grader.model import TRACKS, Outcome, Report, report_of
from grader.people import Student
from grader.recording import Recording
from grader.report import text
from grader.report.clean import columns
from grader.report.page import summary
from grader.report.words import lateness_of
from grader.rubric import rubric
from grader.wording import speaking
from tests.causes.test_every_cause import SHOWN
from tests.language.chinese import english_in, english_on
from tests.right_scenes import REFERENCES, right


@pytest.fixture(scope="module", autouse=True)
def chinese() -> Iterator[None]:
    """Everything here is told in Chinese."""
    with speaking(spoken("zh")):
        yield


WIDE = 10_000
"""Columns: what a server sent is quoted, and is found by its quotes on one line."""


def shown_by(name: str) -> dict[str, dict[str, Recording]]:
    """What is seen of a server with that mistake, on its own track; the other program is right."""
    shown = SHOWN[name]
    return {
        track.name: {**right(track), **({one.experiment: one for one in shown.scenes} if track is shown.track else {})}
        for track in TRACKS
    }


def told_of(recorded: dict[str, dict[str, Recording]]) -> Report:
    """The report of a submission of which this was seen."""
    results = judge_all(rubric(), recorded, REFERENCES)
    found = diagnoses(results, recorded, REFERENCES)
    return report_of("ada", results, sandbox="bubblewrap", seconds=1.0, diagnoses=found, language="zh")


@pytest.mark.parametrize("name", SHOWN)
def test_no_english_is_left_of_a_mistake(name: str) -> None:
    """On the page, its pictures and tables, in the terminal, and in the result that is filed."""
    recorded = shown_by(name)
    report = told_of(recorded)
    page = summary(report, recorded, {track: seen.recordings for track, seen in REFERENCES.items()})
    terminal = [*text.closing(report, WIDE, False), *(text.result_line(one, WIDE, False) for one in report.checks)]
    for one in report.checks:
        terminal += text.failure(one, WIDE, False) if one.outcome is not Outcome.PASSED else []
    assert english_on(page, "ada") == []
    assert english_in("\n".join(terminal)) == []


def test_lines_of_a_terminal_are_no_wider_than_it_is() -> None:
    """An ideograph takes two columns; a mark that closes begins no line."""
    report = told_of(shown_by("parent_keeps_its_copy"))
    lines = [*text.closing(report, 60, False), *(text.result_line(one, 60, False) for one in report.checks)]
    for one in report.checks:
        lines += text.failure(one, 60, False)
    words = [line for line in lines if " " in line.strip()]  # a word that is longer than a line is not broken
    assert [line for line in words if columns(line) > 64] == []
    assert not [line for line in lines if line.strip()[:1] in tuple("，。：；？！、）”") or line[-1:] in tuple("（“‘")]


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (timedelta(hours=37), "100 分，因迟交扣 20 分，得 80 分：在截止时间之后 1 天 13 h 提交：扣 20 分"),
        (timedelta(days=3), "100 分，因迟交扣 30 分，得 70 分：在截止时间之后 3 天 提交：扣 30 分"),
        (timedelta(minutes=5), "在截止时间之后 5 min 提交，在 15 min 的宽限之内：不扣分"),
    ],
)
def test_lateness_is_told(late: timedelta, told: str) -> None:
    """It is filed in English, as whoever rejudges settles it anew."""
    due = datetime(2027, 3, 1, tzinfo=UTC)
    report = report_of("ada", (), sandbox="none", seconds=0.0)
    report = msgspec.structs.replace(report, score=100.0, points=100.0)
    rule = Deadline(at=due, grace="15 min", points_per_day=10)
    after = with_its_lateness(report, rule, Student(submitted_at=due + late))
    assert english_in(after.lateness) != []
    assert lateness_of(after) == told
