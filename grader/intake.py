"""A class as it is graded: what was found, whose it is by the roster, and under which names it is filed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from grader import anonymity, rosters, store
from grader.model import folder_name
from grader.people import Enrolled, Student
from grader.submission import Submission


class Class(NamedTuple):
    """Who is graded.

    Args:
        submissions: under the names that they are filed under.
        roster: everybody, as it is filed; nobody where there is none.
        unknown: submissions of nobody on the roster.
        real: the submissions, and the roster, under their own names.
        key: what names are hashed with; empty where they are not.
    """

    submissions: list[Submission]
    roster: tuple[Enrolled, ...]
    unknown: tuple[str, ...]
    real: tuple[Sequence[Submission], Sequence[Enrolled]]
    key: bytes = b""

    @property
    def told(self) -> list[str]:
        """Sentences for the instructor, without a name where names are hashed."""
        return list(rosters.told_of(self.roster, self.unknown)) if self.roster else []

    def file(self, out: Path) -> None:
        """File the roster, and who is behind which hash; the caller holds the folder."""
        if self.key:
            anonymity.file_names(out, *self.real, self.key)
        if self.roster:
            store.commit_roster(out, self.roster)


def taken_in(
    found: Sequence[Submission], out: Path, roster: Path | None, *, anonymous: bool, key: Path | None = None
) -> Class:
    """Whose submissions these are.

    Args:
        out: the results folder: a roster that was given before holds on.
        roster: a CSV file.
        key: the instructor's own, for hashes.

    Raises:
        NoRoster: the roster can't be used.
        NotAnonymous: names can't be kept out of these results.
        OSError: the roster can't be read.
    """
    anonymity.assert_it_is_one_kind(out, anonymous=anonymous)
    before = _filed(out, anonymous=anonymous)
    people = rosters.roster_of(roster.read_bytes(), str(roster)) if roster else tuple(one.student for one in before)
    secret = anonymity.key_in(out, key) if anonymous else b""
    if anonymous:
        anonymity.assert_it_is_their_key(out, secret)
    submissions, enrolled, unknown = _enrolled(found, people, _still_there(before, out, secret))
    if not anonymous:
        return Class(submissions, enrolled, unknown, (submissions, enrolled))
    return Class(
        anonymity.without_names(submissions, secret),
        anonymity.without_names_in(enrolled, secret),
        tuple(anonymity.hashed(secret, name) for name in unknown),
        (submissions, enrolled),
        secret,
    )


def _filed(out: Path, *, anonymous: bool) -> tuple[Enrolled, ...]:
    """The roster of an earlier run."""
    if not anonymous:
        return store.roster_in(out)
    return anonymity.names_in(out / anonymity.NAMES).roster if (out / anonymity.NAMES).exists() else ()


def _still_there(before: Sequence[Enrolled], out: Path, key: bytes) -> dict[str, tuple[str, ...]]:
    """By the roster's id, what earlier runs were given and have a result of: nobody is missing who is graded."""

    def is_filed(name: str) -> bool:
        filed_as = anonymity.hashed(key, name) if key else name
        return (out / folder_name(filed_as) / store.RESULT).exists()

    return {one.student.sid: tuple(filter(is_filed, one.submissions)) for one in before}


def _enrolled(
    found: Sequence[Submission], people: Sequence[Student], before: dict[str, tuple[str, ...]]
) -> tuple[list[Submission], tuple[Enrolled, ...], tuple[str, ...]]:
    if not people:
        return list(found), (), ()
    taken = rosters.taken({one.name: one.student or Student(id=one.name) for one in found}, people)
    named = [
        one._replace(student=one.student if one.name in taken.unknown else taken.students[one.name]) for one in found
    ]
    enrolled = tuple(
        Enrolled(
            student=one.student,
            submissions=tuple(dict.fromkeys((*one.submissions, *before.get(one.student.sid, ())))),
        )
        for one in taken.roster
    )
    return named, enrolled, taken.unknown
