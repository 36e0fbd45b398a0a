"""Canvas' CSV, held against the rules of its gradebook importer."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from grader.exports.canvas import write
from grader.exports.shapes import DoesNotFit
from tests.exports.classroom import CLASS, Pupil, graded, is_clean, one

TITLE = "TCP servers (98765)"
HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Essay (11)", TITLE, "Final Score"]


def named(pupil: Pupil) -> str:
    """As Canvas names an entry of its bulk download: the sortable name without what is no word."""
    word = re.sub(r"[^a-z0-9]", "", pupil.name.lower()) or "x"
    return f"{word}_LATE_{pupil.id}_{int(pupil.id) + 5}_server.py"


def imported(data: bytes) -> dict[str, dict[str, str]]:
    """What gradebook_importer.rb makes of a file: by student's key, their grades by title.

    Raises:
        AssertionError: it would refuse it.
    """
    text = data.decode("utf-8").removeprefix("\ufeff")
    first = text.splitlines()[:3]
    counts = {mark: {len(next(csv.reader([line], delimiter=mark))) for line in first} for mark in ";,"}
    sizes = {mark: found.pop() if len(found) == 1 else 0 for mark, found in counts.items()}
    rows = list(
        csv.reader(io.StringIO(text, newline=""), delimiter=";" if sizes[";"] > sizes[","] else ",", strict=True)
    )
    header, *others = rows
    assert len(header) > 3
    assert ("Student" in header[0], "ID" in header[1]) == (True, True)
    known = 3
    if re.search(r"SIS\s+Login\s+ID", header[2]):
        known = 4
    elif re.search(r"SIS\s+User\s+ID", header[2]) and re.search(r"SIS\s+Login\s+ID", header[3]):
        known = 5
    assert "Section" in header[known - 1]
    titles = [
        title for title in header[known:] if not re.search("(Current|Final|Override) (Score|Points|Grade)", title)
    ]
    students: dict[str, dict[str, str]] = {}
    for row in others:
        assert len(row) == len(header)
        if "Points Possible" in row[0] or all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", c, re.I) for c in row):
            continue
        told = dict(zip(header, row, strict=True))
        key = told["ID"] or told.get("SIS Login ID") or told["Student"]
        assert key not in students
        students[key] = {title: told[title].strip().replace(",", ".") for title in titles}
    return students


def own(*, mark: str = ",", end: str = "\r\n", bom: str = "\ufeff", points: str = "100.00", **more: Any) -> bytes:
    """A gradebook that Canvas exported, with everybody in it, and somebody who handed nothing in."""
    lines = [HEADER, ["", "", "", "", "", "", "Manual Posting", ""]]
    lines.append(["    Points Possible", "", "", "", "", "5.00", points, "(read only)"])
    lines += [
        [pupil.name, pupil.id, f"S{pupil.id}", f"u{pupil.id}@x.edu", "A, B", "4.50", "1.00", "93.2"]
        for pupil in (*CLASS, Pupil("Nobody", "5", None))
    ]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, lineterminator=end, **more).writerows(lines)
    return f"{bom}{text.getvalue()}".encode("utf-8", "replace")


def test_everybody_is_in_a_new_file_once_with_their_id_and_grade() -> None:
    """Two need a human and have an empty cell."""
    export = write(graded(named, assignment=TITLE))
    expected = {pupil.id: {TITLE: "" if pupil.score is None else f"{pupil.score:g}"} for pupil in CLASS}
    assert imported(export.data) == expected
    assert export.left_out == ()


def test_plain_folder_names_are_logins_and_names() -> None:
    """Canvas finds them by either; two names that are one when white space is told as such are left out."""
    export = write(graded())
    grades = imported(export.data)
    assert export.left_out == ("\t=1", " =1", "Points Possible", "    Points Possible")
    assert len(grades) == len(CLASS) - len(export.left_out)
    assert grades["Student 3"] == {"Blocking and forking servers": f"{CLASS[-16].score:g}"}


def test_a_new_file_holds_no_formula_and_nothing_that_steers() -> None:
    """Whatever folders are called, in a spreadsheet or on a terminal."""
    export = write(graded())
    cells = [cell for row in csv.reader(io.StringIO(export.data.decode())) for cell in row]
    assert is_clean(export.data.decode())
    assert [cell for cell in cells if re.match(r"\s*[=\t\r]|[+@-].*[()=|!]", cell)] == []


@pytest.mark.parametrize("name", ["doe_4711_1_1234_98765_s.py", "doe_1234_98765_2024_lab.zip"])
def test_a_name_that_can_be_read_in_two_ways_is_nobodys(name: str) -> None:
    """No grade goes to whom a student's own name or file points."""
    assert write(one(90, name)).left_out == (name,)


@pytest.mark.parametrize("id_of", ["1234", "4711"])
def test_the_gradebook_tells_which_reading_is_right(id_of: str) -> None:
    """One of the numbers is a student's, the other is none."""
    data = own().replace(b"70013", id_of.encode())
    export = write(one(90, "doe_4711_1_1234_98765_s.py", own=data, assignment=TITLE))
    assert (imported(export.data)[id_of][TITLE], export.left_out) == ("90.00", ())


@pytest.mark.parametrize("name", ["anon_aB3dE_98765_s.py", "anon_70013_98765_s.py", "LATE_anon_70013_98765_1_s.py"])
def test_an_anonymous_submission_is_nobodys(name: str) -> None:
    """What looks like an id is none."""
    assert write(one(90, name, own=own(), assignment=TITLE)).left_out == (name,)


def test_two_submissions_of_one_student_are_left_out() -> None:
    """Which is theirs, a human must say; with the gradebook and without."""
    a, b = one(90, "doe_70013_1_a.py").reports + one(80, "doe_70013_2_b.py").reports
    both = one(90)._replace(reports=(a, b), assignment=TITLE)
    assert write(both).left_out == (a.submission, b.submission)
    export = write(both._replace(own=own()))
    assert (export.data, export.left_out) == (own(), (a.submission, b.submission))


@pytest.mark.parametrize(
    "how",
    [{}, {"mark": ";"}, {"end": "\n"}, {"bom": ""}, {"quoting": csv.QUOTE_ALL}, {"points": "100,00"}],
    ids=str,
)
def test_only_one_column_of_the_gradebook_changes(how: dict[str, Any]) -> None:
    """BOM, line ends, delimiter and quotes are those of the file; who handed nothing in keeps the cell.

    A student called "Points Possible" is none for the importer, and named to the instructor.
    """
    before = own(**how)
    export = write(graded(named, own=before, assignment=TITLE))
    swallowed = [pupil for pupil in CLASS if "Points Possible" in pupil.name]
    grades = {
        pupil.id: "" if pupil.score is None else f"{pupil.score:.2f}" for pupil in CLASS if pupil not in swallowed
    }
    assert {key: told[TITLE] for key, told in imported(export.data).items()} == {**grades, "5": "1.00"}
    assert export.left_out == tuple(map(named, swallowed))
    graded_cell = re.compile(rb"""(4\.50"?[,;])("?[\d.,]*"?)([,;]"?93\.2)""")
    assert graded_cell.sub(rb"\1\3", export.data) == graded_cell.sub(rb"\1\3", before)


@pytest.mark.parametrize("by", ["70013", "S70013", "U70013@x.edu", "=1+1"])
def test_a_plain_name_is_looked_for_in_every_column_that_tells_people(by: str) -> None:
    """ID, SIS id, login, name; whatever its case."""
    assert imported(write(one(90, by, own=own(), assignment=TITLE)).data)["70013"][TITLE] == "90.00"


def test_who_is_not_in_the_gradebook_is_named() -> None:
    """And nobody else's cell changes."""
    export = write(one(90, "mallory", own=own(), assignment=TITLE))
    assert (export.data, export.left_out) == (own(), ("mallory",))


def test_grades_are_scaled_to_the_points_of_the_assignment() -> None:
    """The note says so."""
    export = write(one(90, "70013", own=own(points="10.00"), assignment=TITLE))
    assert imported(export.data)["70013"][TITLE] == "9.00"
    assert export.notes == ("the platform has 10 points for it: grades of 100 are scaled",)


@pytest.mark.parametrize(
    ("data", "wanted", "told"),
    [
        (own(), "", "has 'Essay (11)', 'TCP servers (98765)'; say it with --assignment"),
        (own(), "Lab", "which assignment's column"),
        (b"a,b,c,d\n1,2,3,4\n", "", "is no Canvas gradebook"),
        (b"Student,ID,Section\n", "", "is no Canvas gradebook"),
        (b"Student,SIS User ID,SIS Login ID,Section,TCP (1)\nA,1,a,x,\n", "", "is no Canvas gradebook"),
        (b"Student,ID\n1\n", "", "is no table"),
        (b'Student,ID,"Section\n', "", "is no table"),
        (b"", "", "is no table"),
        ("Jos\xe9,1\n".encode("latin-1"), "", "is not UTF-8"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_a_sentence(data: bytes, wanted: str, told: str) -> None:
    """What is wrong with it, and what to do."""
    with pytest.raises(DoesNotFit, match=re.escape(told)):
        write(one(90, own=data, assignment=wanted))


def test_the_only_column_need_not_be_named() -> None:
    """Totals and columns that can't be written are none of an assignment's."""
    assert imported(write(one(90, "70013", own=own().replace(b"(11)", b""))).data)["70013"][TITLE] == "90.00"


def test_first_and_last_names_may_have_columns_of_their_own() -> None:
    """As some accounts have it."""
    data = b"LastName,FirstName,ID,SIS Login ID,Section,Lab (3)\nLovelace,Ada,7,ada,A,\n"
    assert write(one(90, "ada", own=data)).data.endswith(b"\nLovelace,Ada,7,ada,A,90.00\n")
