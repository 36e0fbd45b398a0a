"""Whose a grade is, as a download and a roster told it: every member of a group, everybody of the roster, nobody else."""

from __future__ import annotations

import csv
import io
import json

import msgspec
import pytest

from grader.exports import canvas, classroom50, moodle, moodle_feedback, moodle_worksheet, nbgrader
from grader.exports.shapes import Export, Graded
from grader.people import Person, Student
from tests.exports.classroom import one

WORKSHEET = (
    b"Identifier,Full name,Email address,ID number,Status,Group,Grade,Maximum Grade,Last modified (grade),Feedback comments\n"
    b"Participant 1,Ada Lovelace,ada@x.edu,S1,Submitted,Team A,,100.00,-,\n"
    b"Participant 2,Bela B.,b@x.edu,S2,Submitted,Team A,,100.00,-,\n"
    b"Participant 77,Chen,c@x.edu,S3,Submitted,Team B,,100.00,-,\n"
)
GRADEBOOK = b"Student,ID,SIS Login ID,Section,Servers (7)\nL,1,ada@x.edu,A,\nM,2,b@x.edu,A,\nN,77,c@x.edu,A,\n"
ADA = Person(id="S1", name="Ada Lovelace", email="ada@x.edu")
BELA = Person(id="S2", name="Bela B.", email="b@x.edu")


def graded(student: Student | None, name: str = "s", **more: object) -> Graded:
    """A grade of 90, and whose it is."""
    (report,) = one(90, name).reports
    return Graded((msgspec.structs.replace(report, student=student),))._replace(**more)  # type: ignore[arg-type]


def filled(export: Export, column: int) -> list[str]:
    """The grades in a file, row by row."""
    return [row[column] for row in list(csv.reader(io.StringIO(export.data.decode())))[1:]]


@pytest.mark.parametrize(
    ("student", "grades"),
    [
        (Student(layout="moodle", id="2", name="Bela B."), ["", "90.00", ""]),
        (Student(layout="moodle", id="2", name="Participant 2"), ["", "90.00", ""]),
        (Student(layout="moodle", id="77", name="Team A"), ["90.00", "90.00", ""]),
        (Student(layout="moodle", name="Team A", group="Team A"), ["90.00", "90.00", ""]),
        (Student(layout="gradescope", id="S1", members=(ADA, BELA)), ["90.00", "90.00", ""]),
        (Student(layout="classroom", id="octo", sid="S2"), ["", "90.00", ""]),
        (Student(layout="canvas", id="77", name="x", email="ADA@x.edu"), ["90.00", "", ""]),
        (Student(layout="gradescope", id="77"), ["", "", ""]),
        (Student(id="77"), ["", "", "90.00"]),
        (Student(layout="gradescope", id="x", lms_id="77"), ["", "", "90.00"]),
        (Student(layout="moodle", id="5", name="Nobody"), ["", "", ""]),
        (Student(layout="moodle", id="2", name="Participant"), ["", "90.00", ""]),
        (Student(layout="moodle", id="1", name="Team A"), ["90.00", "90.00", ""]),
        (Student(layout="moodle", id="77", name="Team C"), ["", "", ""]),
        (Student(layout="moodle", id="77", name="Team 77"), ["", "", "90.00"]),
        (Student(layout="canvas", id="S1", name="x"), ["", "", ""]),
        (Student(layout="classroom", id="S2"), ["", "90.00", ""]),
        (Student(layout="classroom", id="S2", name="B., Bela"), ["", "90.00", ""]),
        (Student(layout="classroom", id="S2", name="Somebody"), ["", "", ""]),
    ],
    ids=[
        *(
            "own",
            "blind",
            "team",
            "no number",
            "members",
            "roster",
            "address",
            "other",
            "number",
            "roster's",
            "unknown",
        ),
        *(
            "blind alone",
            "a member's number",
            "nobody's team",
            "as if blind",
            "other's",
            "login",
            "by name, too",
            "taken",
        ),
    ],
)
def test_a_worksheet(student: Student, grades: list[str]) -> None:
    """By the number; by a group's name, whose number is none of a participant's; else by address, id and name.

    A number of another platform's is nobody's here, nor a GitHub name where the row is called otherwise.
    """
    export = moodle_worksheet.write(graded(student, own=WORKSHEET))
    assert (filled(export, 6), export.left_out) == (grades, () if any(grades) else ("s",))


def test_a_member_who_is_not_there_is_named() -> None:
    """The others get their grade."""
    student = Student(layout="gradescope", members=(ADA, Person(name="Dora")))
    export = moodle_worksheet.write(graded(student, own=WORKSHEET))
    assert (filled(export, 6), export.left_out) == (["90.00", "", ""], ("Dora of s",))


@pytest.mark.parametrize(
    ("student", "grades"),
    [
        (Student(layout="canvas", id="2", name="bela"), ["", "90.00", ""]),
        (Student(layout="canvas", perhaps=("2", "404")), ["", "90.00", ""]),
        (Student(layout="canvas", perhaps=("2", "77")), ["", "", ""]),
        (Student(layout="canvas", name="anon_aB3dE"), ["", "", ""]),
        (Student(layout="canvas", id="9", members=(Person(lms_id="1"), Person(lms_id="77"))), ["90.00", "", "90.00"]),
        (Student(layout="moodle", id="2", email="ada@x.edu"), ["90.00", "", ""]),
        (Student(layout="moodle", id="2", lms_id="77"), ["", "", "90.00"]),
        (Student(layout="moodle", id="ada@x.edu", name="Bela"), ["", "", ""]),
        (Student(layout="classroom", id="b@x.edu", name="Ada"), ["", "", ""]),
        (Student(layout="classroom", id="b@x.edu", name="m"), ["", "90.00", ""]),
    ],
    ids=["own", "one of two", "either", "anonymous", "members", "address", "roster", "number", "taken", "login"],
)
def test_a_gradebook_of_canvas(student: Student, grades: list[str]) -> None:
    """Another platform's number is none of Canvas'."""
    export = canvas.write(graded(student, own=GRADEBOOK))
    assert (filled(export, 4), export.left_out) == (grades, () if any(grades) else ("s",))


MISSING = (Person(sid="S9", name="Emil", email="e@x.edu", lms_id="9"),)


def test_everybody_of_the_roster_is_in_a_new_file_once() -> None:
    """Members of a group each, and who is missing without a grade."""
    student = Student(
        layout="canvas",
        id="1",
        members=(
            Person(sid="S1", name="Ada", lms_id="1", email="a@x.edu"),
            Person(sid="-S2", name="B", lms_id="2", email="b@x.edu"),
        ),
    )
    told = graded(student, missing=MISSING)
    assert canvas.write(told).data.decode().splitlines()[2:] == ["Ada,1,,,90", "B,2,,,90", "Emil,9,,,"]
    assert filled(moodle.write(told), 0) == ["a@x.edu", "b@x.edu", "e@x.edu"]
    assert filled(moodle.write(told), 1) == ["90.00", "90.00", "-"]
    assert filled(nbgrader.write(told), 3) == ["S1", "-S2", "S9"]
    assert filled(nbgrader.write(told), 9) == ["90.0", "90.0", ""]


def test_moodle_is_given_one_kind_of_id() -> None:
    """Addresses where all have one, else the roster's ids; a participant's number is none that the gradebook takes."""
    told = graded(Student(layout="moodle", id="1", name="Ada", sid="S1"), missing=MISSING)
    assert filled(moodle.write(told), 0) == ["S1", "S9"]
    assert moodle.write(graded(Student(layout="moodle", id="1", name="Ada"))).left_out == ("s",)
    assert filled(moodle.write(graded(Student(layout="classroom", id="octo-cat"))), 0) == ["octo-cat"]


def test_pages_go_to_each_member() -> None:
    """In a folder of their own number; without a worksheet, to the number that the download told."""
    team = graded(Student(layout="moodle", id="77", name="Team A"), own=WORKSHEET, pages={"s": b"page"})
    names = [part for part in ("Team A_1_", "Team A_2_") if part.encode() in moodle_feedback.write(team).data]
    assert names == ["Team A_1_", "Team A_2_"]
    alone = moodle_feedback.write(graded(Student(layout="moodle", id="5", name="Ada"), pages={"s": b"page"}))
    assert b"Ada_5_assignsubmission_file_/report.html" in alone.data
    assert alone.notes == (moodle_feedback.OF_TEAMS,)
    assert moodle_feedback.write(team).notes == ()


def test_a_clone_tells_its_owner() -> None:
    """Where the runner does not."""
    runner = dict.fromkeys(("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"), "submit/x")
    told = graded(Student(layout="classroom", id="octo-cat"), environment=runner)
    assert json.loads(classroom50.write(told).data)["owner"] == "octo-cat"
    theirs = told._replace(environment={**runner, "USERNAME": "someone"})
    assert json.loads(classroom50.write(theirs).data)["owner"] == "someone"
