"""Moodle's three ways, held against the rules of its importers."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any, NamedTuple

import msgspec
import pytest

from grader.exports import moodle, moodle_feedback, moodle_worksheet
from grader.exports.shapes import DoesNotFit
from tests.exports import php
from tests.exports.classroom import CLASS, HIDDEN, PLACE, Pupil, graded, is_clean, one


class Language(NamedTuple):
    """How a worksheet looks in it: Moodle's language packs, mod_assign and moodle."""

    header: tuple[str, ...]
    participant: str
    time: str
    mark: str = "."


ENGLISH = Language(
    ("Identifier", "Full name", "Email address", "Status", "*Grade", "Maximum grade", "Grade can be changed",
     "Last modified (submission)", "Online text", "Last modified (grade)", "Feedback comments"),
    "Participant ", "Thursday, 26 November 2026, 11:36 AM",
)  # fmt: skip
GERMAN = Language(
    ("ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "*Bewertung", "Bestwertung",
     "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)", "Texteingabe online",
     "Zuletzt geändert (Bewertung)", "Feedback als Kommentar"),
    "Teilnehmer/in", "Donnerstag, 26. November 2026, 11:36", ",",
)  # fmt: skip
CHINESE = Language(
    ("标识符", "全名", "Email地址", "状态", "*成绩", "最高分", "成绩可更改", "最后修改 (提交)", "在线文本",
     "最后修改 (成绩)", "反馈评论"),
    "参与者", "2026年11月26日 星期四 11:36",
)  # fmt: skip
LANGUAGES = (ENGLISH, GERMAN, CHINESE)
ABSENT = Pupil("Nobody", "5", None)


def named(pupil: Pupil) -> str:
    """As Moodle names a folder of its bulk download: clean_filename, and no underscore in a name."""
    name = re.sub(r'[&<>"`|\':\\/\x00-\x1f]', "", pupil.name.replace("_", " ")).strip(" .")
    return f"{name}_{pupil.id}_assignsubmission_file"


def worksheet(
    language: Language = ENGLISH, *, most: str = "100.00", end: str = "\n", bom: str = "\ufeff", comments: bool = True,
    graded_before: str = "", **more: Any,
) -> bytes:  # fmt: skip
    """A worksheet as its instructor downloads it; Moodle itself can't read one with a backslash before a quote."""
    most = most.replace(".", language.mark)
    before = graded_before.replace(".", language.mark)
    header = [title.removeprefix("*") for title in language.header]
    lines = [header] + [
        [f"{language.participant}{pupil.id}", pupil.name.replace('\\"', '"'), f"{pupil.id}@x.edu", "Submitted for grading", before, most,
         "Yes", language.time, "", language.time if before else "-", "good" if before else ""]
        for pupil in (*CLASS, ABSENT)
    ]  # fmt: skip
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, **more).writerows(line if comments else line[:-1] for line in lines)
    return f"{bom}{text.getvalue()}".encode("utf-8", "replace")


class Imported(NamedTuple):
    """What process_import_grades does to one participant: None where it skips them."""

    grade: float | None
    feedback: str


def imported(data: bytes, language: Language = ENGLISH, most: float = 100) -> dict[str, Imported]:
    """What Moodle makes of a worksheet, by the participant's number."""
    header, *rows = php.rows_in(data)
    titles = [title.removeprefix("*") for title in language.header]
    grade, comment = header.index(titles[4]), titles[10]
    assert titles[0] in header
    assert titles[9] in header
    students = {}
    for row in rows:
        points = php.unformat_float(row[grade], language.mark)
        assert points is None or 0 <= points <= most
        feedback = row[header.index(comment)] if comment in header else ""
        students[row[header.index(titles[0])][len(language.participant) :]] = Imported(points, feedback)
    return students


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


# ---------------------------------------------------------------------- the gradebook's import


def mapped(data: bytes, user: int) -> dict[str, tuple[float | None, str]]:
    """What load_data.php inserts, with column `user` mapped and the last two as a new item and its feedback."""
    _, *rows = php.rows_in(data)
    students: dict[str, tuple[float | None, str]] = {}
    for row in rows:
        key, grade = row[user].strip(), row[-2].strip()
        assert key
        assert key not in students
        assert grade  # an empty cell of a new item is written to a column of numbers, and may become 0
        points = None if grade == "-" else float(grade)
        assert points is None or points <= 100
        students[key] = (points, row[-1])
    return students


def test_the_gradebook_gets_a_row_for_each_login() -> None:
    """As the folders are called; two that are one without their white space are left out."""
    export = moodle.write(graded())
    grades = mapped(export.data, 0)
    assert export.left_out == ("\t=1", " =1", "Points Possible", "    Points Possible")
    assert len(grades) == len(CLASS) - 4
    assert {name: grades[name][0] for name in ("'=1+1", "+1", "&amp; & <")} == {
        "'=1+1": 99.5,
        "+1": 98.5,
        "&amp; & <": None,
    }


def test_logins_are_as_they_are_and_formulas_are_none() -> None:
    """A login may begin with a sign; what could be computed gets a mark before it."""
    grades = mapped(moodle.write(graded()).data, 0)
    assert {"+1", "-1", "'=1+1", "'@SUM(1)", "0012", '/"'} <= set(grades)
    assert [key for key in grades if re.match(r"[=\t\r]|[-+@].*[()=|!]", key)] == []


@pytest.mark.parametrize("own", [worksheet(), worksheet(GERMAN)], ids=["English", "German"])
def test_a_worksheet_tells_the_gradebook_addresses(own: bytes) -> None:
    """Its rows with two more cells, those without a submission left out: an empty grade would wipe theirs."""
    export = moodle.write(graded(named, own=own))
    assert {key: told[0] for key, told in mapped(export.data, 2).items()} == {f"{p.id}@x.edu": p.score for p in CLASS}
    assert export.left_out == ()


def test_a_list_of_participants_tells_them_by_name() -> None:
    """First and last name have columns of their own there."""
    own = b"First name,Last name,ID number,Email address\nJane,Doe,7,j@x.edu\nJohn,Doe,8,k@x.edu\n"
    export = moodle.write(one(90, "Jane Doe_55_assignsubmission_file", own=own))
    assert {key: told[0] for key, told in mapped(export.data, 3).items()} == {"j@x.edu": 90}
    assert moodle.write(one(90, "Doe", own=own)).left_out == ("Doe",)


def test_names_of_the_bulk_download_tell_the_gradebook_nobody() -> None:
    """Their number is the assignment's own."""
    export = moodle.write(graded(named))
    assert (export.left_out, mapped(export.data + b"x,-,", 0)) == (tuple(map(named, CLASS)), {"x": (None, "")})


def test_a_bonus_does_not_stop_the_import() -> None:
    """One grade over 100 would."""
    assert mapped(moodle.write(one(100, count_bonus=True)).data, 0)["ada"][0] == 100


# ---------------------------------------------------------------------- pages as feedback files


def unpacked(data: bytes) -> dict[str, bytes]:
    """What importziplib.php takes, by the participant's number."""
    taken = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for path in archive.namelist():
            *folders, name = path.split("/")
            assert not name.startswith((".", "~"))
            parts = [part for folder in folders if len(part := folder.split("_", 4)) >= 4 and part[1].isdecimal()]
            assert parts[0][2:4] == ["assignsubmission", "file"]
            assert not re.search(r'[&<>"`|\':\\\x00-\x1f]|\.\.', path)
            assert parts[0][1] not in taken
            taken[parts[0][1]] = archive.read(path)
    return taken


PAGES = {named(pupil): f"page of {pupil.id}".encode() for pupil in CLASS}
EVERYBODY = {pupil.id: f"page of {pupil.id}".encode() for pupil in CLASS}


def test_everybody_gets_their_page() -> None:
    """By the number in the submission's name."""
    export = moodle_feedback.write(graded(named, pages=PAGES))
    assert (unpacked(export.data), export.left_out) == (EVERYBODY, ())


def test_the_worksheet_tells_numbers_that_names_do_not() -> None:
    """Here folders are called by address."""
    pages = {f"{pupil.id}@x.edu": page for pupil, page in zip(CLASS, PAGES.values(), strict=True)}
    export = moodle_feedback.write(graded(lambda pupil: f"{pupil.id}@x.edu", pages=pages, own=worksheet()))
    assert (unpacked(export.data), export.left_out) == (EVERYBODY, ())


def test_without_a_number_nobody_gets_a_page() -> None:
    """Nor do two with one number."""
    a, b = one(90, "a_7_assignsubmission_file"), one(80, "b_7_assignsubmission_file")
    for reports in (one(90, "ada").reports, a.reports + b.reports):
        export = moodle_feedback.write(a._replace(reports=reports, pages={}))
        assert (unpacked(export.data), len(export.left_out)) == ({}, len(reports))


def test_equal_pages_are_equal_archives() -> None:
    """No time of day is packed with them."""
    assert moodle_feedback.write(graded(named, pages=PAGES)) == moodle_feedback.write(graded(named, pages=PAGES))
