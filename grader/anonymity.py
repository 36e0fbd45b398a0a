"""Names of students, kept from whoever reads results: a keyed hash in place of each, and one file that tells them.

OUT/.key          what names are hashed with (or --key FILE): 0600
OUT/names.json    who is behind which hash: 0600, for the instructor alone; `export --names` reads it

A hash is an HMAC: who has neither file can't try names until one fits.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from grader import store
from grader.people import Enrolled, Student
from grader.submission import Submission

KEY, NAMES = ".key", "names.json"
LEAST_OF_A_KEY = 16
"""Bytes: fewer can be tried."""
LENGTH = 12
"""Digits of a hash that are shown: two of 10,000 students are the same once in five million classes."""
SHORTEST_HIDDEN = 3
"""Letters of English: shorter words than this are in every text."""
PRIVATE = 0o600


class NotAnonymous(Exception):
    """Names can't be kept out of the results as they are, or not be told; the message says why."""


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """Who is behind a hash.

    Args:
        submission: what it would be called.
        student: None where no more is known.
    """

    submission: str
    student: Student | None = None


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """The file.

    Args:
        behind: by hash.
        roster: everybody by their own names, and submissions by theirs.
    """

    behind: dict[str, Behind] = {}
    roster: tuple[Enrolled, ...] = ()


def key_in(out: Path, file: Path | None) -> bytes:
    """What names are hashed with; it is made where there is none yet.

    Args:
        file: the instructor's own; a results folder's otherwise.

    Raises:
        NotAnonymous: it is too short, or another one than that the results were hashed with.
    """
    path = file or out / KEY
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _made_once(path, secrets.token_hex(32).encode() + b"\n")
        key = path.read_bytes().strip()
    except OSError as error:
        raise NotAnonymous(f"the key of the hashes, {str(path)!r}, can't be had: {error.strerror}") from error
    if len(key) < LEAST_OF_A_KEY:
        raise NotAnonymous(f"the key in {str(path)!r} has {len(key)} bytes, and at least {LEAST_OF_A_KEY} are needed")
    return key


def _made_once(path: Path, data: bytes) -> None:
    """A file that is whole as soon as it is there; where another run has made one meanwhile, that one holds."""
    ours = path.with_name(f".{path.name.lstrip('.')}.{secrets.token_hex(8)}")
    store.commit(ours, data, PRIVATE)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(ours, path)
    finally:
        ours.unlink()


def assert_it_is_their_key(out: Path, key: bytes) -> None:
    """Raise if a results folder's names were hashed with another key: everybody would be there twice.

    Raises:
        NotAnonymous: they were.
    """
    for told, behind in _known_in(out).items():
        of_the_roster = _hashed_sid(key, behind.student) if behind.student else ""
        if told != (hashed(key, behind.submission) if behind.submission else of_the_roster):
            raise NotAnonymous(
                f"the results in {str(out)!r} (--out) were hashed with another key: give that one with --key, or another --out"
            )


def hashed(key: bytes, what: str) -> str:
    """A name that tells nobody anything: the same for the same, under the same key."""
    digest = hmac.new(key, what.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return f"student-{digest[:LENGTH]}"


def assert_it_is_one_kind(out: Path, *, anonymous: bool) -> None:
    """Raise if a results folder holds results of the other kind: everybody would be there twice.

    Raises:
        NotAnonymous: it does.
    """
    if (out / NAMES).exists() == anonymous:
        return
    if not anonymous:
        raise NotAnonymous(f"{str(out)!r} (--out) holds results without names: say --anonymous, or give another --out")
    if next(out.glob(f"*/{store.RESULT}"), None):
        raise NotAnonymous(f"{str(out)!r} (--out) holds results with names: --anonymous needs another --out")


def without_names(submissions: Sequence[Submission], key: bytes) -> list[Submission]:
    """The same under their hashes and in their order, with no more of their students than when they handed in."""
    return sorted((_hidden(one, hashed(key, one.name)) for one in submissions), key=lambda one: one.name)


def _hidden(one: Submission, told: str) -> Submission:
    known = one.student or Student()
    hidden = Student(id=told, late=known.late, submitted_at=known.submitted_at)
    return one._replace(name=told, student=hidden, unsaid=_words_of(one))


def _words_of(one: Submission) -> tuple[str, ...]:
    """What a text about it may not hold: names, ids and addresses, in one piece and in words."""
    told = {one.name, *one.taken}
    for person in one.student.people if one.student else ():
        told |= {person.id, person.name, person.email, person.email.partition("@")[0], person.sid, person.lms_id}
        told |= {*person.name.split()}
    told |= {one.student.group} if one.student else set()
    return tuple(sorted(filter(_can_be_hidden, told), key=len, reverse=True))


def _can_be_hidden(word: str) -> bool:
    """It is not in every text: an English one, that is, as all that is filed."""
    return len(word) >= (SHORTEST_HIDDEN if word.isascii() else 1)


def without_names_in(roster: Sequence[Enrolled], key: bytes) -> tuple[Enrolled, ...]:
    """The roster as anybody may read it; its order would tell who is who."""
    return tuple(sorted((_without_name(one, key) for one in roster), key=lambda one: one.student.sid))


def _without_name(one: Enrolled, key: bytes) -> Enrolled:
    hidden = Student(sid=_hashed_sid(key, one.student))
    return Enrolled(student=hidden, submissions=tuple(hashed(key, name) for name in one.submissions))


def _hashed_sid(key: bytes, student: Student) -> str:
    """A name of the roster's: no submission's, though one may be called by that id."""
    return hashed(key, f"roster:{student.sid}")


def file_names(out: Path, real: Iterable[Submission], roster: Sequence[Enrolled], key: bytes) -> None:
    """File who is behind which hash; those who were filed before stay known.

    Args:
        roster: with the names of everybody, and those of submissions.
    """
    behind = {hashed(key, one.name): Behind(submission=one.name, student=one.student) for one in real}
    of_the_roster = {_hashed_sid(key, one.student): Behind(submission="", student=one.student) for one in roster}
    names = Names(behind={**_known_in(out), **behind, **of_the_roster}, roster=tuple(roster))
    store.commit(out / NAMES, msgspec.json.format(msgspec.json.encode(names), indent=1) + b"\n", PRIVATE)


def _known_in(out: Path) -> dict[str, Behind]:
    """Who was filed before."""
    return names_in(out / NAMES).behind if (out / NAMES).exists() else {}


def names_in(path: Path) -> Names:
    """Who is behind which hash.

    Raises:
        NotAnonymous: the file can't be read, or is none of ours.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Names)
    except OSError as error:
        raise NotAnonymous(f"{str(path)!r} can't be read: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NotAnonymous(f"{str(path)!r} does not tell who is behind the results: {error}") from error
