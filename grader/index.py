"""An index of a results folder, in SQLite: made from every result.json, for class pages and for questions.

OUT/index.sqlite
    submissions   a row for each result; `outcomes` has a letter for each of its checks, `causes` a line for each program,
                  `was_score` and the like what it took the place of
    checks        what a result was held against, in its order: a rubric, for each that there is
    words         what the letters say
    outcomes      (a view of these) a row for each check of each submission

It is never the truth: it can be thrown away at any time, and is made anew where it is torn, foreign or of another schema.
Only what changed is read again. It is written beside its place and renamed, so that nobody sees half of it, and without
SQLite's locks, which some network file systems lack: whoever writes holds the results folder (`grader.batch.alone_in`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from grader import store
from grader.model import Report, Status
from grader.overview import LETTERS, Asked, Overview, Row, Standing, Was, overview_of, row_of
from grader.people import Whose

INDEX = "index.sqlite"
OURS = 0x666F726B
"""SQLite's application_id: "fork", in ASCII."""
SCHEMA = 3
READ_AT_ONCE = 100
"""Results that are held in memory before they are written."""
_TABLES = """
CREATE TABLE submissions (folder TEXT PRIMARY KEY, submission TEXT, score REAL, points REAL, bonus REAL,
    bonus_counts INTEGER, status TEXT, sandbox TEXT, outcomes TEXT, causes TEXT, was_score REAL, was_status TEXT,
    was_by TEXT, was_made TEXT, changes INTEGER, deduction REAL, lateness TEXT, student_id TEXT, name TEXT, email TEXT, team TEXT,
    late INTEGER, rubric INTEGER, seconds REAL, python TEXT, seed TEXT, stamp TEXT) WITHOUT ROWID;
CREATE TABLE checks (rubric INTEGER, place INTEGER, id TEXT, points REAL, stretch INTEGER, hidden INTEGER,
    requirement TEXT, PRIMARY KEY (rubric, place)) WITHOUT ROWID;
CREATE TABLE words (letter TEXT PRIMARY KEY, outcome TEXT) WITHOUT ROWID;
CREATE VIEW outcomes AS SELECT submission, folder, checks.id AS check_id, outcome, checks.points AS points, stretch,
    hidden, requirement FROM submissions JOIN checks USING (rubric)
    JOIN words ON words.letter = substr(submissions.outcomes, place, 1);
"""
_INSERT = f"INSERT INTO submissions VALUES ({', '.join('?' * 27)})"
_NOTHING = (None,) * len(Was._fields)
_ROW = (
    "SELECT folder, submission, score, points, bonus, bonus_counts, status, sandbox, outcomes, causes, rubric, deduction, lateness,"
    " was_score, was_status, was_by, was_made, changes, student_id, name, email, team, late FROM submissions ORDER BY folder"
)


class Updated(NamedTuple):
    """What was done to bring an index up to date.

    Args:
        read: results that were new or had changed.
    """

    submissions: int
    read: int


class NoIndex(Exception):
    """The index can't be written; the message says why."""


class _NotOurs(Exception):
    """What lies there is no index of this schema."""


def overview_in(out: Path) -> Overview:
    """How everybody stands: by the index, brought up to date; where none can be had, by reading all results."""
    missing = tuple(one.student.in_words for one in store.roster_in(out) if not one.submissions)
    return _standing(out)._replace(missing=missing)


def _standing(out: Path) -> Overview:
    try:
        update(out)
        with closing(_opened(out / INDEX, "ro")) as index:
            return overview_of(_rows_in(index))
    except (NoIndex, OSError, sqlite3.Error, ValueError):
        return overview_of(_results_in(out))


def update(out: Path) -> Updated:
    """Bring the index of a results folder up to date; the caller holds the folder.

    Raises:
        NoIndex: it can't be written.
    """
    part = out / f".{INDEX}.{os.getpid()}{store.TORN}"
    try:
        if (out / INDEX).is_file():
            with contextlib.suppress(_NotOurs, sqlite3.DatabaseError):
                shutil.copyfile(out / INDEX, part)
                return _updated(out, part)
            part.unlink()
        return _updated(out, part)
    except (OSError, sqlite3.Error) as error:
        raise NoIndex(f"{out / INDEX} can't be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _updated(out: Path, part: Path) -> Updated:
    """Bring a copy of the index up to date, or a new one, and put it in its place."""
    with closing(_opened(part, "rwc")) as index:
        _make_tables_or_check(index)
        index.execute("BEGIN")
        done = _take_in(out, index)
        index.execute("COMMIT")
    with part.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(part, out / INDEX)
    return done


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    """Without locks: what is written is a copy of our own, and what is read is only ever replaced as a whole."""
    return sqlite3.connect(f"file:{quote(os.fsencode(path))}?mode={mode}&nolock=1", uri=True, isolation_level=None)


def _make_tables_or_check(index: sqlite3.Connection) -> None:
    index.execute("PRAGMA journal_mode = OFF")
    index.execute("PRAGMA synchronous = OFF")
    (ours,), (schema,) = (index.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version"))
    if (ours, schema) == (OURS, SCHEMA):
        return
    if index.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
        raise _NotOurs
    index.executescript(f"PRAGMA application_id = {OURS}; PRAGMA user_version = {SCHEMA}; {_TABLES}")
    index.executemany("INSERT INTO words VALUES (?, ?)", [(letter, outcome) for outcome, letter in LETTERS.items()])


def _take_in(out: Path, index: sqlite3.Connection) -> Updated:
    """Read what is new or has changed, and forget what is gone."""
    known: dict[str, str] = dict(index.execute("SELECT folder, stamp FROM submissions"))
    numbers = {(): 0} | {asked: number for number, asked in _rubrics_in(index).items()}
    changed = (pair for pair in _stamps_in(out) if known.pop(_text(pair[0].name), None) != pair[1])
    read = 0
    while some := list(islice(changed, READ_AT_ONCE)):
        reports = [(folder, stamp, report) for folder, stamp in some if (report := store.result_in(folder))]
        _forget(index, (_text(folder.name) for folder, _ in some))
        index.executemany(_INSERT, [_columns_of(*one, numbers) for one in reports])
        read += len(reports)
    _forget(index, known)
    _file_the_rubrics(index, numbers)
    (submissions,) = index.execute("SELECT count(*) FROM submissions").fetchone()
    return Updated(submissions, read)


def _forget(index: sqlite3.Connection, folders: Iterable[str]) -> None:
    index.executemany("DELETE FROM submissions WHERE folder = ?", ((folder,) for folder in folders))


def _stamps_in(out: Path) -> Iterator[tuple[Path, str]]:
    """The folders that hold a result, each with what is another whenever its result is: stat(2)."""
    with os.scandir(out) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):  # it holds none
                found = os.stat(os.path.join(entry.path, store.RESULT))
                yield Path(entry.path), f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _text(name: str) -> str:
    """A folder's name as SQLite may hold it; those that are no text are not of our making."""
    return name.encode("utf-8", "backslashreplace").decode()


def _columns_of(folder: Path, stamp: str, report: Report, numbers: dict[tuple[Asked, ...], int]) -> tuple[object, ...]:
    """A row of the table `submissions`; a rubric that is new gets the next number."""
    standing, asked = row_of(_text(folder.name), report)
    number = numbers.setdefault(asked, max(numbers.values(), default=0) + 1)
    *plain, causes, was, deduction, lateness, whose = standing
    more = (report.seconds, report.python, str(report.seed), stamp)
    return (*plain, "\n".join(causes), *(was or _NOTHING), deduction, lateness, *whose, number, *more)


def _file_the_rubrics(index: sqlite3.Connection, numbers: dict[tuple[Asked, ...], int]) -> None:
    """Those that some result was held against."""
    used = {number for (number,) in index.execute("SELECT DISTINCT rubric FROM submissions")}
    index.execute("DELETE FROM checks")
    for asked, number in numbers.items():
        if number in used:
            rows = [(number, place, *one) for place, one in enumerate(asked, 1)]
            index.executemany("INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _rubrics_in(index: sqlite3.Connection) -> dict[int, tuple[Asked, ...]]:
    """By number, what results were held against."""
    rubrics: dict[int, list[Asked]] = {}
    columns = "rubric, id, points, stretch, hidden, requirement"
    for number, check, points, stretch, hidden, told in index.execute(
        f"SELECT {columns} FROM checks ORDER BY 1, place"
    ):
        rubrics.setdefault(number, []).append(Asked(check, points, bool(stretch), bool(hidden), told))
    return {number: tuple(asked) for number, asked in rubrics.items()}


def _rows_in(index: sqlite3.Connection) -> Iterator[Row]:
    """What the index knows of each submission."""
    rubrics = _rubrics_in(index)
    for row in index.execute(_ROW):
        folder, name, score, points, bonus, counts, status, sandbox, letters, causes, rubric, deduction, late, *more = (
            row
        )
        standing = Standing(
            folder,
            name,
            score,
            points,
            bonus,
            bool(counts),
            Status(status),
            sandbox,
            letters,
            tuple(causes.splitlines()),
            _was(*more[: len(Was._fields)]),
            deduction,
            late,
            _whose(*more[len(Was._fields) :]),
        )
        yield standing, rubrics.get(rubric, ())


def _whose(number: str, name: str, email: str, team: str, late: int) -> Whose:
    return Whose(number, name, email, team, bool(late))


def _was(score: float | None, status: str, by: str, made: str, changes: int) -> Was | None:
    return None if score is None else Was(score, Status(status), by, made, changes)


def _results_in(out: Path) -> Iterator[Row]:
    """What the results themselves tell, by folder."""
    for folder in sorted(folder for folder, _ in _stamps_in(out)):
        report = store.result_in(folder)
        if report:
            yield row_of(folder.name, report)
