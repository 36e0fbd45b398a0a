"""The roster: read as people and platforms write it, and held against what was handed in."""

from __future__ import annotations

import msgspec
import pytest

from grader.people import Enrolled, Person, Student
from grader.rosters import NoRoster, roster_of, taken, told_of

ADA = Student(sid="0012", name="Lovelace, Ada", email="ada@x.edu", group="Team A", lms_id="1234")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('sid,name,email,group,lms_id\n0012,"Lovelace, Ada",ada@x.edu,Team A,1234\n', ADA),
        ("\ufeffLMS-ID;Group;E-Mail;NAME;SID\r\n1234;Team A;ada@x.edu;Lovelace, Ada;0012\r\n\r\n", ADA),
        ("Student ID\tFirst name\tSurname\n0012\tAda\tLovelace\n", Student(sid="0012", name="Ada Lovelace")),
        ("email\nada@x.edu\n", Student(sid="ada@x.edu", email="ada@x.edu")),
        (
            "Identifier,Full name,Email address,Status\nParticipant 70,Ada,a@x.edu,-\n",
            Student(sid="70", name="Ada", email="a@x.edu", lms_id="70"),
        ),
        (
            'Student,ID,SIS User ID,SIS Login ID,Section,Lab (1)\n    Points Possible,,,,,100\n"Doe, J",7,S7,j@x.edu,A,\n',
            Student(sid="S7", name="Doe, J", email="j@x.edu", lms_id="7"),
        ),
        (
            "username,first_name,last_name,email,section,github_id\nocto-cat,O,C,o@x.edu,1,99\n",
            Student(sid="octo-cat", name="O C", email="o@x.edu", lms_id="octo-cat"),
        ),
        ('"identifier","github_username","github_id","name"\n"S7","octo","9",""\n', Student(sid="S7", lms_id="octo")),
        ("username,email\njdoe1,j@x.edu\n", Student(sid="jdoe1", email="j@x.edu", lms_id="jdoe1")),
        (
            "Identifier,Full name,ID number,Email address\nParticipant 70,Ada,S7,a@x.edu\n",
            Student(sid="S7", name="Ada", email="a@x.edu", lms_id="70"),
        ),
        ("id,name\n7,Ada\n", Student(sid="7", name="Ada")),
    ],
)  # fmt: skip
def test_a_roster_is_read(text: str, expected: Student) -> None:
    """Ours in any order and case, Moodle's worksheet, Canvas' gradebook, both classrooms' lists.

    Of "Participant 70" the number is the id, whatever else there is; of a login that ends in one it is not. A section
    is no group that hands in together.
    """
    assert roster_of(text.encode(), "r.csv") == (expected,)


def test_a_roster_in_utf_16_is_read() -> None:
    """As spreadsheets write "Unicode text"."""
    assert roster_of("sid\tname\n1\tZoë\n".encode("utf-16"), "r.csv") == (Student(sid="1", name="Zoë"),)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "'r.csv' .--roster. is empty"),
        (b"sid,name\n", "holds no student below its header"),
        (b"a,b\n1,2\n", "has no column sid, email or lms_id; it has 'a', 'b'"),
        (b"sid\n1\n1\n", "has '1' twice"),
        (b"sid,name\n,Ada\n", "tells in row 2 neither sid nor lms_id nor email"),
        (b"sid,name\n1,\xff\n", "is not UTF-8"),
        (b'sid,name\n1,"Ada\n', "is no table"),
    ],
)
def test_a_roster_that_can_not_be_used_is_one_sentence(data: bytes, why: str) -> None:
    """The file, what is wrong, and where."""
    with pytest.raises(NoRoster, match=why):
        roster_of(data, "r.csv")


@pytest.mark.parametrize(
    "student",
    [
        Student(id="1234", layout="canvas", name="?"),
        Student(layout="canvas", perhaps=("99", "1234")),
        Student(id="0012"),
        Student(id="x", email="ADA@x.edu"),
        Student(id="ada@x.edu"),
        Student(id="x", name="ada  LOVELACE"),
        Student(id="lovelace, ada"),
        Student(id="5", layout="canvas", name="lovelaceada"),
    ],
)
def test_whose_a_submission_is(student: Student) -> None:
    """By the platform's id, the roster's, an address, a name in any order; what is known then is all of it."""
    found = taken({"s": student}, [ADA, Student(sid="2", name="Bela")])
    known = found.students["s"]
    assert (known.sid, known.name, known.email, known.group) == ("0012", "Lovelace, Ada", "ada@x.edu", "Team A")
    assert (known.layout, known.perhaps) == (student.layout, ())
    assert found.roster[0].submissions == ("s",)


def test_two_of_one_name_are_told_by_nothing_else() -> None:
    """Rather nobody than the wrong one."""
    twins = [Student(sid="1", name="Li Wei"), Student(sid="2", name="Wei, Li")]
    assert taken({"s": Student(id="x", name="Li Wei")}, twins).unknown == ("s",)


def test_a_name_is_nobodys_who_is_there_by_id() -> None:
    """Students call themselves as they like: the row of somebody who is told by what is surer is not to be had by name."""
    found = taken({"s": Student(id="99", name="Lovelace, Ada"), "t": Student(id="1234", name="x")}, [ADA])
    assert (found.unknown, found.roster[0].submissions) == (("s",), ("t",))


@pytest.mark.parametrize("layout", ["moodle", "canvas"])
def test_a_platforms_number_is_no_student_number(layout: str) -> None:
    """Participant 123 is not whoever has 123 for a student number, unless the name says so, too."""
    roster = [Student(sid="123", name="Bob Byte"), Student(sid="7", name="Ada Lovelace")]
    found = taken({"s": Student(layout=layout, id="123", name="Ada Lovelace")}, roster)
    assert [one.submissions for one in found.roster] == [(), ("s",)]
    blind = taken({"s": Student(layout=layout, id="123", name="Participant")}, roster)
    assert blind.unknown == ("s",)
    bob = taken({"s": Student(layout=layout, id="123", name="bobbyte")}, [*roster, Student(sid="9", name="Bob Byte")])
    assert [one.submissions for one in bob.roster] == [("s",), (), ()]


def test_a_group_of_canvas_is_everybody_in_it_whoever_handed_in() -> None:
    """The files are called by the group and by one member's ID; a student of that name alone is no group."""
    bela = Student(sid="2", name="Bela", group="Team A", lms_id="1235")
    found = taken({"s": Student(layout="canvas", id="1234", name="teama")}, [ADA, bela])
    assert [one.submissions for one in found.roster] == [("s",), ("s",)]
    alone = taken(
        {"s": Student(layout="canvas", id="1235", name="bela")}, [ADA, msgspec.structs.replace(bela, group="Bela")]
    )
    assert [one.submissions for one in alone.roster] == [(), ("s",)]


def test_a_group_is_everybody_in_it() -> None:
    """Moodle's and Canvas' downloads name the group; all of them have handed in."""
    bela = Student(sid="2", name="Bela", group="team a")
    for student in (Student(id="77", name="Team A", layout="moodle"), Student(id="9", name="teama", layout="canvas")):
        found = taken({"s": student}, [ADA, bela])
        assert [person.sid for person in found.students["s"].people] == ["0012", "2"]
        assert [one.submissions for one in found.roster] == [("s",), ("s",)]


def test_members_are_found_one_by_one() -> None:
    """Of a Gradescope group; whom the roster does not know stays as they are."""
    group = Student(layout="gradescope", id="0012", members=(Person(id="0012"), Person(id="99", name="New")))
    assert taken({"s": group}, [ADA]).students["s"].members == (
        Person(id="0012", sid="0012", name="Lovelace, Ada", email="ada@x.edu", lms_id="1234"),
        Person(id="99", name="New"),
    )


def test_what_there_is_to_say() -> None:
    """Who is missing, who is there twice, and what is nobody's."""
    roster = [Enrolled(student=ADA), Enrolled(student=Student(sid="2"), submissions=("a", "b"))]
    assert list(told_of(roster, ["c"])) == [
        "2 has 2 submissions: a, b",
        "not on the roster: c",
        "nothing from 1 of 2 on the roster: Lovelace, Ada",
    ]
