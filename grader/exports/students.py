"""Whose submission it is: what the names of bulk downloads say of the platform's student, and which row is theirs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from grader.model import Report
from grader.people import Person
from grader.rosters import names_of, same, squashed

_OF_MOODLE = re.compile(r"([^_]*)_(\d+)_assignsubmission_(?:file|onlinetext)(?:_.*)?", re.DOTALL)
_NUMBERS_OF_CANVAS = re.compile(r"_(?=(\d+)_\d+_.)", re.DOTALL)
_ANONYMOUS = re.compile(r"(LATE_)?anon(_.*)?", re.DOTALL)
_TELL_A_STUDENT_ID = frozenset({"", "gradescope"})
"""Layouts whose id is the course's own; "": what the instructor called the folder."""


class Sought(NamedTuple):
    """Somebody as a platform may know them.

    Args:
        ids: the platform's own; none where nothing tells it, several where it can be read in more than one way.
        others: what else they may be found by, the surest first: addresses and ids that are not the platform's own.
        login: a name of a student's own making, which may be somebody else's login here.
        group: what a group may be called that the ids are those of.
        number: what may be the platform's own where nothing else leads to them.
    """

    name: str
    ids: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    login: str = ""
    group: str = ""
    number: str = ""


NOBODY = Sought("")
"""Handed in without a name: no name or number of it is a student's."""


def sought_on_moodle(report: Report) -> tuple[Sought, ...]:
    """Everybody who gets a submission's grade, as Moodle may know them."""
    student = report.student
    if student is None:
        return (_named_by_moodle(report.submission),)
    if student.layout == "moodle" and not student.members:
        ids = (student.id,) if student.id else ()
        return (Sought(student.name, ids, _told_of(student, student.layout), group=student.name),)
    return tuple(
        Sought(
            one.name,
            (),
            _told_of(one, student.layout),
            _login_of(one, student.layout),
            number=one.lms_id or ("" if student.layout else one.id),
        )
        for one in student.people
    )


def sought_on_canvas(report: Report) -> tuple[Sought, ...]:
    """Everybody who gets a submission's grade, as Canvas may know them."""
    student = report.student
    if student is None:
        return (_named_by_canvas(report.submission),)
    if student.layout == "canvas" and not student.members:
        ids = (student.id,) if student.id else student.perhaps
        return (Sought(student.name, ids or ((student.lms_id,) if student.lms_id else ())),) if ids or student.sid else (NOBODY,)  # fmt: skip
    return tuple(
        on_canvas(one, student.layout)._replace(number="" if student.layout else one.id) for one in student.people
    )


def on_canvas(person: Person, layout: str = "") -> Sought:
    """Somebody whom a roster tells, or another platform."""
    ids = (person.lms_id,) if person.lms_id else ()
    return Sought(person.name, ids, _told_of(person, layout), _login_of(person, layout))


def _told_of(person: Person, layout: str) -> tuple[str, ...]:
    """Addresses and ids that are the same on every platform: a participant's number of another one is not."""
    return tuple(told for told in (person.email, person.sid, person.id if layout in _TELL_A_STUDENT_ID else "") if told)


def _login_of(person: Person, layout: str) -> str:
    return person.id if layout == "classroom" else ""


def _named_by_moodle(submission: str) -> Sought:
    """`Ada Lovelace_12345_assignsubmission_file`: the number is that of the worksheet's "Participant 12345".

    Underscores of a participant's own name are spaces there (mod/assign/locallib.php, download_submissions), so that
    no name can pass for another's.
    """
    found = _OF_MOODLE.fullmatch(submission)
    return Sought(found[1], (found[2],)) if found else Sought(submission, number=submission)


def _named_by_canvas(submission: str) -> Sought:
    """`lovelaceada_LATE_1234_98765_server.py`: the gradebook's ID, and the attachment's.

    Names and files of students may have numbers in them that look like these two.
    """
    readings = {
        found[1]: submission[: found.start()].removesuffix("_LATE")
        for found in reversed([*_NUMBERS_OF_CANVAS.finditer(submission)])
        if re.fullmatch(r"\w+", submission[: found.start()]) and not _ANONYMOUS.match(submission)
    }
    name = [*readings.values()][-1] if readings else submission
    return Sought(name, tuple(reversed(readings)), number=name)


def apart(names: Sequence[str]) -> set[str]:
    """Those that only one has: of two that are one to the platform, neither is written."""
    return {name for name, times in Counter(names).items() if times == 1}


class Row(NamedTuple):
    """What a line of the platform's file tells of its student.

    Args:
        id: the platform's own.
        others: names, logins and addresses.
        called: what its student may be called where the number may be a group's as well; none where it is nobody else's.
    """

    id: str
    others: tuple[str, ...] = ()
    called: tuple[str, ...] = ()


class Matched(NamedTuple):
    """Who is in which row.

    Args:
        reports: by the row's number.
        left_out: submissions that have no row of their own, or share one.
    """

    reports: dict[int, Report]
    left_out: tuple[str, ...]


def matched(reports: Sequence[Report], rows: Sequence[Row], sought_by: Callable[[Report], Sequence[Sought]]) -> Matched:
    """The row of everybody who gets a grade: by the platform's id, else by an id, address, login or name of theirs."""
    found = [(report, sought, _rows_of(sought, rows)) for report in reports for sought in sought_by(report)]
    claims = Counter(row for _, _, theirs in found for row in theirs)
    whose = {row: report for report, _, theirs in found for row in theirs if claims[row] == 1}
    left_out = (
        report.submission if len(sought_by(report)) == 1 else f"{sought.name or sought.others} of {report.submission}"
        for report, sought, theirs in found
        if not theirs or any(claims[row] > 1 for row in theirs)
    )
    return Matched(whose, tuple(dict.fromkeys(left_out)))


def _rows_of(sought: Sought, rows: Sequence[Row]) -> list[int]:
    """The row of one person; those of a group's members, where the number is the group's; none where it is not clear."""
    numbered = [number for number, row in enumerate(rows) if row.id and row.id in sought.ids]
    by_id = [number for number in numbered if _has_their_name(sought, rows[number])]
    members = _members(sought.group, rows)
    if members and not by_id:
        return members
    by_id = by_id or [number for number in numbered if _has_no_name(sought, rows[number])]
    if by_id or (sought.ids and not sought.others and any(row.id for row in rows)):
        return _only(by_id)
    for told in filter(None, (sought.number if not sought.others else "", *sought.others, sought.name)):
        found = [number for number, row in enumerate(rows) if same(told) in map(same, row.others)]
        found = _by_number(told, rows) or found if told == sought.number else found
        if found:
            return _only(found)
    return _only(_by_number(sought.number, rows) or _by_login(sought, rows))


def _has_their_name(sought: Sought, row: Row) -> bool:
    """A row with a number that may be a group's is somebody's only by its name, too."""
    return not (sought.group and row.called) or squashed(sought.group) in map(squashed, row.called)


def _has_no_name(sought: Sought, row: Row) -> bool:
    """Blind, a download calls people by their numbers: "Participant 2", in whatever language."""
    return squashed(sought.group).endswith(row.id)


def _by_login(sought: Sought, rows: Sequence[Row]) -> list[int]:
    """Rows with a login of that name; where it is known who is sought, of that student's name alone."""
    found = [number for number, row in enumerate(rows) if sought.login and same(sought.login) in map(same, row.others)]
    names = names_of(sought.name)
    return [number for number in found if not names or names & set(map(same, rows[number].others))]


def _members(group: str, rows: Sequence[Row]) -> list[int]:
    """Rows that tell of a group of that name: not as a student's own, which comes first."""
    name = squashed(group)
    return [number for number, row in enumerate(rows) if name and name in map(squashed, row.others[1:])]


def _by_number(told: str, rows: Sequence[Row]) -> list[int]:
    return [number for number, row in enumerate(rows) if row.id and same(row.id) == same(told)]


def _only(rows: list[int]) -> list[int]:
    return rows if len(rows) == 1 else []
