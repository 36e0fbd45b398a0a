"""Whose submission it is: what the names of bulk downloads say of the platform's student, and which row is theirs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from grader.model import Report

_OF_MOODLE = re.compile(r"([^_]*)_(\d+)_assignsubmission_(?:file|onlinetext)(?:_.*)?", re.DOTALL)
_NUMBERS_OF_CANVAS = re.compile(r"_(?=(\d+)_\d+_.)", re.DOTALL)
_ANONYMOUS = re.compile(r"(LATE_)?anon(_.*)?", re.DOTALL)


class Student(NamedTuple):
    """Somebody as a platform knows them.

    Args:
        ids: the platform's own; none where the submission's name does not tell it, several where it can be read in
            more than one way.
    """

    name: str
    ids: tuple[str, ...] = ()


def student_on_moodle(submission: str) -> Student:
    """`Ada Lovelace_12345_assignsubmission_file`: the number is that of the worksheet's "Participant 12345".

    Underscores of a participant's own name are spaces there (mod/assign/locallib.php, download_submissions), so that
    no name can pass for another's.
    """
    found = _OF_MOODLE.fullmatch(submission)
    return Student(found[1], (found[2],)) if found else Student(submission)


def student_on_canvas(submission: str) -> Student:
    """`lovelaceada_LATE_1234_98765_server.py`: the gradebook's ID, and the attachment's.

    Names and files of students may have numbers in them that look like these two.
    """
    readings = {
        found[1]: submission[: found.start()].removesuffix("_LATE")
        for found in reversed([*_NUMBERS_OF_CANVAS.finditer(submission)])
        if re.fullmatch(r"\w+", submission[: found.start()]) and not _ANONYMOUS.match(submission)
    }
    return Student([*readings.values()][-1] if readings else submission, tuple(reversed(readings)))


def apart(names: Sequence[str]) -> set[str]:
    """Those that only one has: of two that are one to the platform, neither is written."""
    return {name for name, times in Counter(names).items() if times == 1}


def same(text: str) -> str:
    """A name as it is compared: platforms and file systems differ in composition, case and spaces, people do not."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


class Row(NamedTuple):
    """What a line of the platform's file tells of its student.

    Args:
        id: the platform's own.
        others: names, logins and addresses.
    """

    id: str
    others: tuple[str, ...] = ()


class Matched(NamedTuple):
    """Who is in which row.

    Args:
        reports: by the row's number.
        left_out: submissions that have no row of their own, or share one.
    """

    reports: dict[int, Report]
    left_out: tuple[str, ...]


def matched(reports: Sequence[Report], rows: Sequence[Row], student_of: Callable[[str], Student]) -> Matched:
    """Each submission's row: by the id that its name tells, else by an id, name, login or address that is its name."""
    rows_of = {report.submission: _rows_of(student_of(report.submission), rows) for report in reports}
    claims = Counter(row for found in rows_of.values() if len(found) == 1 for row in found)
    whose = {
        found[0]: report
        for report in reports
        if len(found := rows_of[report.submission]) == 1 and claims[found[0]] == 1
    }
    there = {report.submission for report in whose.values()}
    return Matched(whose, tuple(report.submission for report in reports if report.submission not in there))


def _rows_of(student: Student, rows: Sequence[Row]) -> list[int]:
    if student.ids and any(row.id for row in rows):
        return [number for number, row in enumerate(rows) if row.id in student.ids]
    name = same(student.name)
    by_id = [number for number, row in enumerate(rows) if row.id and same(row.id) == name]
    return by_id or [number for number, row in enumerate(rows) if name and name in map(same, row.others)]
