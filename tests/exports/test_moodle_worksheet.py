"""Moodle's grading worksheet, filled: held against the rules of its importer."""

from __future__ import annotations

import csv
import re
from typing import Any

import msgspec
import pytest

from grader.exports import moodle_worksheet
from grader.exports.shapes import DoesNotFit
from tests.exports.classroom import CLASS, HIDDEN, PLACE, graded, is_clean, one
from tests.exports.worksheets import ENGLISH, LANGUAGES, Language, imported, named, worksheet


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.header[0])
@pytest.mark.parametrize("before", ["", "12.50"])
def test_a_worksheet_is_filled_in_any_language(language: Language, before: str) -> None:
    """Everybody's grade is theirs; whoever handed nothing in keeps theirs."""
    own = worksheet(language, graded_before=before)
    export = moodle_worksheet.write(graded(named, own=own))
    students = imported(export.data, language)
    kept = float(before) if before else None
    assert {key: told.grade for key, told in students.items()} == {p.id: p.score for p in CLASS} | {"5": kept}
    assert (export.left_out, export.notes) == ((), ())


def test_feedback_says_what_is_to_be_mended_or_that_a_human_must_look() -> None:
    """As HTML in which nothing of a student's is alive, nothing hidden and no place of the grader's."""
    students = imported(moodle_worksheet.write(graded(named, own=worksheet())).data)
    first, second, human = (students[CLASS[number].id] for number in (0, 1, 7))
    assert first.feedback.startswith("100 of 100 points, bonus 5<br>– forking/fast, 0 of 20 of bonus")
    assert second.feedback.startswith("99.5 of 100 points, bonus 5<br>✗ blocking/answers, 59.5 of 60: What ")
    assert "observed: =1+1 &lt;script&gt;alert(1)&lt;/script&gt;" in second.feedback
    assert human.feedback.startswith("Not graded yet: something could not be seen, and a human must look at it.")
    for told in students.values():
        assert re.findall(r"<(?!br>)|[\n\r\"\\]", told.feedback) == []
        assert is_clean(told.feedback)
        assert HIDDEN not in told.feedback
        assert PLACE not in told.feedback


def test_feedback_is_no_longer_than_a_cell_of_a_spreadsheet() -> None:
    """Whole requirements, the core's first."""
    (report,) = one(90, "70013").reports
    many = msgspec.structs.replace(report, checks=report.checks * 90)
    feedback = imported(moodle_worksheet.write(one(90, own=worksheet())._replace(reports=(many,))).data)[
        "70013"
    ].feedback
    assert 20_000 < len(feedback) < 32_767
    assert feedback.endswith("你好<br>…")


@pytest.mark.parametrize("how", [{}, {"end": "\r\n"}, {"bom": ""}, {"quoting": csv.QUOTE_ALL}], ids=str)
def test_only_grade_and_feedback_change(how: dict[str, Any]) -> None:
    """BOM, line ends, quotes and every other cell are the file's own, byte by byte."""
    before = worksheet(**how)
    after = moodle_worksheet.write(graded(named, own=before)).data
    quoted = "quoting" in how
    filled = re.compile(rb'(,Submitted for grading,|,"Submitted for grading",)("?[\d.]*"?)(,"?100.00)')
    comment = re.compile(rb',("-"|-),("[^"\r\n]*"|[^,"\r\n]*)(\r?\n)')
    empty = b'""' if quoted else b""
    assert comment.sub(rb",\1," + empty + rb"\3", filled.sub(rb"\1" + empty + rb"\3", after)) == before


def test_a_grade_is_scaled_to_the_maximum_and_never_over_it() -> None:
    """Moodle skips a grade over the maximum without a word."""
    own = worksheet(most="20.00")
    export = moodle_worksheet.write(one(100, named(CLASS[0]), count_bonus=True, own=own))
    assert imported(export.data, most=20)[CLASS[0].id].grade == 20
    assert export.notes == (
        "the platform has 20 points for it: grades of 100 are scaled",
        "the platform takes no more than 20 points: what a bonus has over that is cut off",
    )


@pytest.mark.parametrize("by", ["70013", "70013@X.EDU", "=1+1", "x_70013_assignsubmission_onlinetext"])
def test_a_participant_is_found_by_number_address_or_name(by: str) -> None:
    """Plain folder names do."""
    assert imported(moodle_worksheet.write(one(90, by, own=worksheet())).data)["70013"].grade == 90


@pytest.mark.parametrize("by", ["mallory", "x_999_assignsubmission_file", "Submitted for grading"])
def test_who_is_not_in_the_worksheet_is_named(by: str) -> None:
    """Not there, or not one alone; no cell changes."""
    export = moodle_worksheet.write(one(90, by, own=worksheet()))
    assert (export.left_out, export.data) == ((by,), worksheet())


def test_an_assignment_without_comments_gets_grades_alone() -> None:
    """And the instructor hears why."""
    export = moodle_worksheet.write(graded(named, own=worksheet(comments=False)))
    assert {key: told.grade for key, told in imported(export.data).items()} == {p.id: p.score for p in CLASS} | {
        "5": None
    }
    assert export.notes == (
        "the assignment takes no comments (feedback type Feedback comments): only grades are filled",
    )


def test_two_columns_that_could_be_the_grade_are_told_by_name() -> None:
    """A number of five digits and a constant beside it, say; in another language the file is refused."""
    own = worksheet().replace(b"Status,", b"Room,Building,Status,").replace(b"Submitted", b"12,44,Submitted")
    export = moodle_worksheet.write(one(90, "70013", own=own))
    assert imported(export.data)["70013"].grade == 90
    with pytest.raises(DoesNotFit, match="can't be found"):
        moodle_worksheet.write(one(90, "70013", own=own.replace(b"Grade,", b"Nota,")))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (worksheet().replace(b"Participant ", b"#,"), "is no table"),
        (worksheet().replace(b"Participant 70013", b"Jane"), "its first column is not Identifier"),
        (worksheet().replace(b"Participant ", b""), "its first column is not Identifier"),
        (worksheet().replace(b"100.00", b"good"), "graded by a scale has none"),
        (worksheet().replace(b"100.00", b"50.00", 1), "its column Grade"),
        (worksheet().replace(ENGLISH.time.encode(), b"").replace(b",-", b","), "it has no column Last modified"),
        (worksheet().splitlines()[0], "it has no participants"),
    ],
)
def test_what_is_no_worksheet_is_refused(data: bytes, told: str) -> None:
    """In a sentence that says where to get one."""
    with pytest.raises(DoesNotFit, match=told):
        moodle_worksheet.write(one(90, own=data))
