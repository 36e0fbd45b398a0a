"""Results on disk: committed whole or not at all, read with suspicion.

OUT/index.html  grades.csv
OUT/roster.json                 the class, and what each of it handed in
OUT/<name>/result.json          the truth: written last, by rename
OUT/<name>/report.html          the student's
OUT/<name>/instructor.html      nobody's but the instructor's, as is result.json
OUT/<name>/recordings.json.gz
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from grader.model import Report, Status, points_shown
from grader.overview import Scored
from grader.people import NOBODY, Enrolled, Whose
from grader.recording import RECORDING_SCHEMA, Recording

RESULT = "result.json"
PAGE = "report.html"
INSTRUCTORS = "instructor.html"
RECORDINGS = "recordings.json.gz"
ROSTER = "roster.json"
TORN = ".part"
MISSING = "missing"
"""In the place of a status: of somebody who handed nothing in."""
Recorded = Mapping[str, Mapping[str, Recording]]
_LATE = ("before deduction", "deduction", "lateness")
"""Columns of a gradebook in which somebody is late."""
_WHOSE = ("name", "id", "email", "group", "late")
"""Columns of a gradebook in which somebody is known by more than a folder's name."""
_NOT_OURS = (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What reading a file raises that we have not written: msgspec passes on what is no UTF-8 or nests too deep."""


class _Dated(msgspec.Struct):
    """What every schema of recordings has."""

    schema: int


_BEGINS_A_FORMULA = tuple(
    "=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
"""The four last ones are the first four in full width, which some spreadsheets take for the same; OWASP, CSV injection."""


class Unreadable(Exception):
    """A file of the results folder is not what it should be; the message says which and why."""


def commit(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file whole or not at all: a temporary beside it, fsync(2), rename(2).

    Args:
        mode: who may read it, as far as the umask lets them.

    Raises:
        OSError: the disk is full, or the folder can't be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}{TORN}")
    try:
        with open(part, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def commit_result(
    folder: Path, report: Report, page: bytes, recorded: Recorded, instructors: bytes | None = None
) -> None:
    """File one submission's result; `result.json` comes last, so that it stands for all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    commit(folder / RECORDINGS, packed(recorded))
    commit_report(folder, report, page, instructors)


def commit_report(folder: Path, report: Report, page: bytes, instructors: bytes | None = None) -> None:
    """File a result whose recordings are filed already.

    Args:
        page: the student's.
        instructors: the instructor's page; None: there is none.
    """
    commit(folder / PAGE, page)
    if instructors is not None:
        commit(folder / INSTRUCTORS, instructors)
    commit(folder / RESULT, msgspec.json.format(_encoded(report), indent=1) + b"\n")


def _encoded(value: object) -> bytes:
    """Data as JSON; names of files that are no text are written escaped, for UTF-8 has no room for them."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_as_text(msgspec.to_builtins(value)))


def _as_text(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_as_text(key): _as_text(inner) for key, inner in value.items()}
    return [_as_text(inner) for inner in value] if isinstance(value, list | tuple) else value


def packed(recorded: Recorded) -> bytes:
    """Recordings, compressed; equal recordings give equal bytes."""
    return gzip.compress(_encoded(recorded), compresslevel=3, mtime=0)


def unpacked(data: bytes, where: Path) -> dict[str, dict[str, Recording]]:
    """Recordings, as they were packed.

    Raises:
        Unreadable: they were not, or by a grader of another schema.
    """
    try:
        text = gzip.decompress(data)
        schemas = msgspec.json.decode(text, type=dict[str, dict[str, _Dated]])
        odd = {dated.schema for scenes in schemas.values() for dated in scenes.values()} - {RECORDING_SCHEMA}
        if odd:
            raise Unreadable(
                f"{where} holds recordings of schema {min(odd)}, and this grader reads schema {RECORDING_SCHEMA}: "
                "judge them with the grader that made them, or grade the submission anew"
            )
        return msgspec.json.decode(text, type=dict[str, dict[str, Recording]])
    except (*_NOT_OURS, EOFError, zlib.error) as error:
        raise Unreadable(f"{where} holds no recordings: {error}") from error


def recordings_in(folder: Path) -> dict[str, dict[str, Recording]]:
    """The recordings that were filed in a folder.

    Raises:
        Unreadable: there are none, or they are torn.
    """
    path = folder / RECORDINGS
    try:
        return unpacked(path.read_bytes(), path)
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}") from error


def result_in(folder: Path) -> Report | None:
    """The result that was filed in a folder; None where there is none, or a torn or foreign one."""
    try:
        return msgspec.json.decode((folder / RESULT).read_bytes(), type=Report)
    except _NOT_OURS:
        return None


def is_up_to_date(folder: Path, key: str) -> bool:
    """A grade with that key is filed there."""
    report = result_in(folder)
    return report is not None and report.key == key and report.status is Status.GRADED


def commit_roster(out: Path, roster: Iterable[Enrolled]) -> None:
    """File the class, and what each of it handed in."""
    commit(out / ROSTER, msgspec.json.format(_encoded(tuple(roster)), indent=1) + b"\n")


def roster_in(out: Path) -> tuple[Enrolled, ...]:
    """The class that was filed; nobody where there is none.

    Raises:
        Unreadable: it is torn, or no class: without it nobody would be missing.
    """
    try:
        return msgspec.json.decode((out / ROSTER).read_bytes(), type=tuple[Enrolled, ...])
    except (FileNotFoundError, NotADirectoryError):  # where OUT is no folder, whoever writes there says so
        return ()
    except _NOT_OURS as error:
        raise Unreadable(
            f"{out / ROSTER} does not tell who is in the class ({error}): remove it, and give --roster anew"
        ) from error


def sweep(out: Path) -> None:
    """Remove what a run that was killed had not finished writing."""
    for torn in out.glob(f"**/.*{TORN}"):
        torn.unlink(missing_ok=True)


def gradebook(scored: Iterable[Scored], missing: Iterable[Whose] = ()) -> bytes:
    """`grades.csv`: a row for each submission; a grade that needs a human is left empty and says so.

    Args:
        missing: those who handed nothing in; they have a row without a grade.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    everybody = list(scored)
    somebody_is_late = any(one.lateness for one in everybody)
    lateness = _LATE if somebody_is_late else ()
    absent = list(missing)
    is_known = bool(absent) or any(one.whose != NOBODY for one in everybody)
    whose = _WHOSE if is_known else ()
    writer.writerow(["submission", "score", "points", "bonus", "status", "note", *lateness, *whose])
    for one in everybody:
        graded = one.status is Status.GRADED
        writer.writerow(
            [
                no_formula(one.submission),
                points_shown(one.score) if graded else "",
                points_shown(one.points),
                points_shown(one.bonus) if graded else "",
                one.status.value,
                "" if graded else f"needs a human: {points_shown(one.score)} points are proven",
                *(_lateness_of(one, graded) if somebody_is_late else ()),
                *(_told(one.whose) if is_known else ()),
            ]
        )
    for who in absent:
        writer.writerow(["", "", "", "", MISSING, "nothing was handed in", *("" for _ in lateness), *_told(who)])
    return text.getvalue().encode("utf-8", "backslashreplace")


def _told(who: Whose) -> list[str]:
    return [*map(no_formula, (who.name, who.id, who.email, who.group)), "late" if who.late else ""]


def _lateness_of(one: Scored, graded: bool) -> list[str]:
    """Score before, deduction, and why; the score after is the row's own."""
    if not one.lateness:
        return ["", "", ""]
    before, less = points_shown(round(one.score + one.deduction, 2)), points_shown(one.deduction)
    return [before if graded else "", less if graded else "", one.lateness]


def no_formula(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell
