"""The class, as a CSV file tells it, and whose submissions are whose. Pure.

sid,name,email,group,lms_id                               ours; in any order and case, only one of sid, email, lms_id is needed
Identifier,Full name,Email address,...                    Moodle's grading worksheet: "Participant 123" is the lms_id
Student,ID,SIS User ID,SIS Login ID,Section,...           Canvas' gradebook
username,first_name,last_name,email,section,...           Classroom 50's roster.csv
identifier,github_username,github_id,name                 GitHub Classroom's classroom_roster.csv
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from grader.listing import listed
from grader.people import Enrolled, Person, Student

_COLUMNS = {
    "sid": ("sid", "studentid", "sisuserid", "idnumber", "studentnumber", "rosteridentifier", "matriculationnumber"),
    "name": ("name", "fullname", "student", "studentname"),
    "first": ("firstname", "givenname"),
    "last": ("lastname", "surname", "familyname"),
    "email": ("email", "emailaddress", "mail", "sisloginid"),
    "group": ("group", "groups", "groupname", "team"),
    "lms_id": ("lmsid", "githubusername", "username", "login", "userid"),
    "either": ("id", "identifier"),
}
"""What columns are called, without case, spaces and signs. "either" is the platform's where another column is the
roster's own, and the other way round."""
_WITH_NUMBERS = frozenset({"moodle", "canvas"})
"""Layouts whose ids are numbers of the platform's own: one may be somebody else's student number."""
_DELIMITERS = ",;\t"
MOST_NAMED = 100
"""Students that a sentence names before it only counts."""
_PARTICIPANT = re.compile(r"(\D*\s)(\d+)")
"""An Identifier of Moodle's worksheet; other ids may end in a number of their own."""
_NOBODY = re.compile(r"\s*(points possible|muted|manual posting.*)\s*", re.IGNORECASE)


class NoRoster(Exception):
    """The roster can't be used; the message says why."""


class Taken(NamedTuple):
    """Whose submissions are whose.

    Args:
        students: by submission, with what the roster adds.
        roster: everybody, with what they handed in.
        unknown: submissions of nobody on the roster.
    """

    students: dict[str, Student]
    roster: tuple[Enrolled, ...]
    unknown: tuple[str, ...]


def roster_of(data: bytes, file: str) -> tuple[Student, ...]:
    """Everybody whom a file tells of, each with a `sid`.

    Args:
        file: what it is called, for messages.

    Raises:
        NoRoster: it is no table, has no column that tells who somebody is, or somebody twice.
    """
    table = _table(_text(data, file), file)
    columns = _columns_of(table[0])
    if "lms_id" in columns:
        column = columns["lms_id"]
        _leave_numbers_of_participants([row for row in table[1:] if column < len(row)], column)
    if not {"sid", "email", "lms_id", "either"} & set(columns):
        raise NoRoster(
            f"{file!r} (--roster) has no column sid, email or lms_id; it has {', '.join(map(repr, table[0])) or 'none'}"
        )
    people = [
        _student(cells, columns, file, line) for line, cells in enumerate(table[1:], 2) if not _is_no_student(cells)
    ]
    seen: set[str] = set()
    for one in people:
        if one.sid.casefold() in seen:
            raise NoRoster(f"{file!r} (--roster) has {one.sid!r} twice: every student has to be there once")
        seen.add(one.sid.casefold())
    if not people:
        raise NoRoster(f"{file!r} (--roster) holds no student below its header")
    return tuple(people)


def _text(data: bytes, file: str) -> str:
    """UTF-8 with a BOM or without, or what spreadsheets call Unicode text."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NoRoster(f"{file!r} (--roster) is not UTF-8: save it as CSV UTF-8") from error


def _table(text: str, file: str) -> list[list[str]]:
    """Header and rows without blank ones; the delimiter is that of which the header has most."""
    head = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        rows = [
            row
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise NoRoster(f"{file!r} (--roster) is no table: {error}") from error
    if not rows:
        raise NoRoster(f"{file!r} (--roster) is empty")
    return [[cell.strip() for cell in row] for row in rows]


def _columns_of(header: Sequence[str]) -> dict[str, int]:
    """By what it tells, the first column that does; what "either" is follows from the others."""
    plain = [re.sub(r"[\W_]", "", title.casefold()) for title in header]
    found = {
        told: min(plain.index(name) for name in names if name in plain)
        for told, names in _COLUMNS.items()
        if any(name in plain for name in names)
    }
    if "either" in found:
        is_ours = "sid" not in found and ("lms_id" in found or plain[found["either"]] == "id")
        is_ours = is_ours and "student" not in plain  # Canvas' gradebook, whose ID is Canvas' own
        found.setdefault("sid" if is_ours else "lms_id", found.pop("either"))
    return found


def _leave_numbers_of_participants(rows: Sequence[list[str]], column: int) -> None:
    """Of Moodle's "Participant 123", which stands in every row of its column, the number is the id."""
    found = [one for row in rows if (one := _PARTICIPANT.fullmatch(row[column]))]
    if len(found) == len(rows) and len({one[1] for one in found}) == 1:
        for row, one in zip(rows, found, strict=True):
            row[column] = one[2]


def _student(cells: Sequence[str], columns: Mapping[str, int], file: str, line: int) -> Student:
    told = {name: cells[place] for name, place in columns.items() if place < len(cells)}
    name = told.get("name") or " ".join(filter(None, (told.get("first", ""), told.get("last", ""))))
    lms_id = told.get("lms_id", "")
    email = told.get("email", "")
    sid = told.get("sid") or lms_id or email
    if not sid:
        raise NoRoster(f"{file!r} (--roster) tells in row {line} neither sid nor lms_id nor email")
    return Student(sid=sid, name=name, email=email, group=told.get("group", ""), lms_id=lms_id)


def _is_no_student(cells: Sequence[str]) -> bool:
    """A row by which Canvas tells of assignments."""
    return any(map(_NOBODY.fullmatch, cells)) and all(not cell or _NOBODY.fullmatch(cell) for cell in cells[:4])


def taken(students: Mapping[str, Student], roster: Sequence[Student]) -> Taken:
    """Whose submissions are whose: by id, address, name or group, where that is one student's alone.

    Args:
        students: by submission, as the layout told them.
    """
    known: dict[str, Student] = {}
    of: dict[str, list[str]] = {one.sid: [] for one in roster}
    sure = {name: [_surely(one, student, roster) for one in student.people] for name, student in students.items()}
    claimed = {row.sid for rows in sure.values() for row in rows if row}
    free = [row for row in roster if row.sid not in claimed]
    for submission, student in students.items():
        rows = [row or _by_name(one, free) for one, row in zip(student.people, sure[submission], strict=True)]
        members = [] if any(rows) and not _is_named_by_its_group(student, rows) else _group_of(student, roster)
        known[submission] = _in_a_group(student, members) if members else _with(student, rows)
        for row in filter(None, members or rows):
            of[row.sid].append(submission)
    found = {name for theirs in of.values() for name in theirs}
    enrolled = tuple(Enrolled(student=one, submissions=tuple(of[one.sid])) for one in roster)
    return Taken(known, enrolled, tuple(name for name in students if name not in found))


def told_of(roster: Sequence[Enrolled], unknown: Sequence[str]) -> Iterator[str]:
    """Sentences on who is missing, who is not on the roster, and who is there twice."""
    for one in roster:
        if len(one.submissions) > 1:
            yield f"{_called(one)} has {len(one.submissions)} submissions: {_listed(one.submissions)}"
    if unknown:
        yield f"not on the roster: {_listed(unknown)}"
    missing = [_called(one) for one in roster if not one.submissions]
    if missing:
        yield f"nothing from {len(missing)} of {len(roster)} on the roster: {_listed(missing)}"


def _called(one: Enrolled) -> str:
    return one.student.name or one.student.sid


def _listed(names: Sequence[str]) -> str:
    return listed(names, MOST_NAMED)


def _surely(person: Person, student: Student, roster: Sequence[Student]) -> Student | None:
    """The row of one person by what is theirs alone: ids, then addresses; the first way that leads anywhere counts."""
    ids = {one.casefold() for one in (person.id, *(student.perhaps if person is student else ())) if one}
    ways: tuple[Callable[[Student], bool], ...] = (
        lambda row: row.lms_id.casefold() in ids,
        lambda row: row.sid.casefold() in ids and (student.layout not in _WITH_NUMBERS or _is_called(row, person)),
        lambda row: bool(row.email) and row.email.casefold() in {person.email.casefold(), *ids},
    )
    found = ([row for row in roster if leads_to(row)] for leads_to in ways)
    return _only(next(filter(None, found), []))


def _by_name(person: Person, free: Sequence[Student]) -> Student | None:
    """The row of that name, of those that are nobody's by what is surer: names are often of a student's own making."""
    return _only([row for row in free if _is_called(row, person)])


def _is_called(row: Student, person: Person) -> bool:
    names = {same(person.name), same(person.id), squashed(person.name)} - {""}
    return bool(row.name and names_of(row.name) & names)


def _only(rows: Sequence[Student]) -> Student | None:
    return rows[0] if len(rows) == 1 else None


def _is_named_by_its_group(student: Student, rows: Sequence[Student | None]) -> bool:
    """Canvas names a group's files by the group and one member's ID; whose own name that is hands in alone."""
    row = rows[0] if len(rows) == 1 else None
    if student.layout != "canvas" or row is None or not row.group:
        return False
    return squashed(row.group) == squashed(student.name) and not _is_called(row, student)


def _group_of(student: Student, roster: Sequence[Student]) -> list[Student]:
    """The rows of the group that a submission is named by."""
    wanted = {same(name) for name in (student.group, student.name, student.id) if name}
    wanted |= {squashed(student.name)} - {""} if student.layout == "canvas" else set()
    return [row for row in roster if row.group and {same(row.group), squashed(row.group)} & wanted]


def _in_a_group(student: Student, members: Sequence[Student]) -> Student:
    people = tuple(Person(sid=one.sid, name=one.name, email=one.email, lms_id=one.lms_id) for one in members)
    return _changed(student, group=members[0].group, members=people)


def _with(student: Student, rows: Sequence[Student | None]) -> Student:
    """A student, with what the roster knows; whom it does not know stays as they are."""
    people = tuple(_told_more(person, row) for person, row in zip(student.people, rows, strict=True))
    if student.members:
        return _changed(student, members=people)
    row = rows[0]
    if row is None:
        return student
    certain = row.lms_id if row.lms_id in student.perhaps else student.id
    told = {name: getattr(people[0], name) for name in ("name", "email", "sid", "lms_id")}
    return _changed(student, **told, id=certain, perhaps=() if certain else student.perhaps, group=row.group or student.group)  # fmt: skip


def _told_more(person: Person, row: Student | None) -> Person:
    if row is None:
        return person
    return Person(
        id=person.id,
        name=row.name or person.name,
        email=row.email or person.email,
        sid=row.sid,
        lms_id=row.lms_id or person.lms_id,
    )


def _changed(student: Student, **fields: object) -> Student:
    told = {name: getattr(student, name) for name in student.__struct_fields__}
    return Student(**{**told, **fields})


def same(text: str) -> str:
    """A name as it is compared: platforms and file systems differ in composition, case and spaces, people do not."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def squashed(name: str) -> str:
    """A name as Canvas and Moodle leave it in a file's: nothing but letters, digits and marks."""
    return "".join(c for c in same(name) if unicodedata.category(c)[0] in "LMN")


def names_of(name: str) -> set[str]:
    """A name in the ways that it may be written: as it is, and with the last words first, as lists are sorted by."""
    words = same(name).replace(",", " ").split()
    turned = {" ".join([*words[at:], *words[:at]]) for at in range(len(words))}
    return {same(name), *turned, *map(squashed, turned)} - {""}
