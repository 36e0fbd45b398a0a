"""Moodle's gradebook import and feedback files, held against the rules of their importers."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from grader.exports import moodle, moodle_feedback
from tests.exports import php
from tests.exports.classroom import CLASS, graded, one
from tests.exports.worksheets import GERMAN, named, worksheet


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
