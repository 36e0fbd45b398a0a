"""One submission in, one result out: copied, looked at, judged. The page is made by whoever files the result."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader import ports, scratch
from grader.apparatus.sandbox import limits
from grader.apparatus.sandbox.choosing import Tier, python_in_the_box
from grader.apparatus.scene import Bounds
from grader.assignment import FILE, THE_LAB, in_force
from grader.assignment.lateness import with_its_lateness
from grader.assignment.rubric import applied
from grader.diagnosing import diagnoses
from grader.gathering import OF_A_SUBMISSION, Gathered, gather, notes_on
from grader.hidden import hidden_checks
from grader.judging import judge_all, seen_until_clear
from grader.lesson import WRONG_WITH_THE_REFERENCE
from grader.looking import TRIES, Looked, Tell, look
from grader.model import TRACKS, Check, Excerpt, Report, Result, Status, points_shown, report_of
from grader.people import Student
from grader.reference import Reference
from grader.rubric import experiments_needed, rubric
from grader.source import MOST_BYTES, excerpts_of
from grader.submission import Submission, is_left_out
from grader.wording import language

PROJECT = Path(__file__).parent.parent
REFERENCE = PROJECT / "reference"
TEMPLATE = PROJECT / "student_template"
SAMPLES = PROJECT / "examples" / "submissions"
ASSIGNMENT = PROJECT / FILE
LOOKED_AT_BY_THE_REFERENCE = 3
"""How often the reference is graded before we say that this machine can't."""


class Graded(NamedTuple):
    """A submission's report, and the recordings that it was made of."""

    report: Report
    looked: Looked


class LookedAt(NamedTuple):
    """What was seen of a submission.

    Args:
        gathered: what became of the submission's files.
        excerpts: the lines that matter of each track's program, by the track's name.
    """

    looked: Looked
    gathered: Gathered
    excerpts: dict[str, tuple[Excerpt, ...]]


class CannotGrade(Exception):
    """This machine, or this reference, gives no grades; the message says why."""


def grade(
    submission: Submission,
    tier: Tier,
    references: Mapping[str, Reference],
    *,
    bounds: Bounds | None = None,
    checks: tuple[Check, ...] = (),
    key: str = "",
    bonus_counts: bool = False,
    seed: int = 0,
    notes: tuple[str, ...] = (),
) -> Graded:
    """Grade one submission.

    Args:
        references: by track's name.
        bounds: the time limit; checks that were reached keep their points.
        checks: all, if none are given.
        key: what the result depends on; see `key_of`.
        bonus_counts: points of the stretch are part of the score.
        seed: what hidden checks draw from; see `grader.hidden.draw_from`.
        notes: what is to be said of the sandbox, for the instructor.
    """
    began = time.monotonic()
    checks = checks or checks_here()
    looked, gathered, excerpts = look_at(submission, tier, checks, bounds or bounds_here(), references)
    results = judge_all(checks, looked, references)
    report = report_of(
        submission.name,
        results,
        sandbox=tier.name,
        seconds=time.monotonic() - began,
        key=key,
        bonus_counts=bonus_counts,
        seed=seed,
        python=python_in_the_box(),
        diagnoses=diagnoses(results, looked, references),
        notes=(*gathered.notes, *notes_on(gathered.refused)),
        language=language(),
        excerpts=excerpts,
        path=submission.path_to_tell,
        sandbox_notes=notes,
        student=submission.student,
    )
    return Graded(settled(report), looked)


def settled(report: Report) -> Report:
    """A report with what the assignment makes of it besides its checks, whatever was made of it before: its name, and
    what lateness costs."""
    in_time = msgspec.structs.replace(named(report), score=report.before_deduction, deduction=0.0, lateness="")
    return with_its_lateness(in_time, in_force().deadline, report.student or Student())


def named(report: Report) -> Report:
    """A report under the assignment's name."""
    name = in_force().name
    return msgspec.structs.replace(report, assignment="" if name == THE_LAB else name)


def look_at(
    submission: Submission,
    tier: Tier,
    checks: tuple[Check, ...],
    bounds: Bounds,
    references: Mapping[str, Reference] | None = None,
    tell: Tell = lambda played, wanted: None,
) -> LookedAt:
    """Copy a submission to where boxes may show it, and play what these checks ask for.

    Args:
        references: by track's name; with them, what stays unclear to a check is played again.
        tell: of the progress.

    Raises:
        ports.Taken: the boxes have no network of their own, and a process of somebody else's has a port of the lab.
    """
    if needs_the_ports(tier):
        ports.make_free()
    with scratch.folder() as copied_to:
        programs = copied_to / "submission"
        with scratch.folder() as room:
            gathered = gather(submission, room, programs)
        excerpts = _excerpts_in(programs)  # before anything runs that could write there

        def see(some: tuple[Check, ...]) -> Looked:
            wanted = experiments_needed(some)
            one = tier.has_one_network
            return look(programs, wanted, tier.make, bounds, gathered.wrong, one_network=one, tell=tell)

        looked = seen_until_clear(checks, references, see, TRIES) if references else see(checks)
        return LookedAt(looked, gathered, excerpts)


def _excerpts_in(programs: Path) -> dict[str, tuple[Excerpt, ...]]:
    """The lines that matter of the programs in a folder of ours, by track's name; a track without any is not there."""
    paths = {track.name: programs / track.program for track in TRACKS}
    files = {name: path for name, path in paths.items() if path.is_file() and path.stat().st_size <= MOST_BYTES}
    found = {name: excerpts_of(path.read_bytes()) for name, path in files.items()}
    return {name: excerpts for name, excerpts in found.items() if excerpts}


def needs_the_ports(tier: Tier) -> bool:
    """Its boxes have no network of their own: one submission at a time, on ports that are free."""
    return tier.has_one_network


def checks_declared() -> tuple[Check, ...]:
    """Every check that there is here, as declared: the bundled ones, then the instructor's own.

    Raises:
        Unloadable: a file of hidden checks is not what it should be.
    """
    return (*rubric(), *hidden_checks())


def checks_here() -> tuple[Check, ...]:
    """Every check that a submission is held against here, with the points of the assignment in force.

    Raises:
        Unloadable: a file of hidden checks is not what it should be.
    """
    return applied(checks_declared(), in_force())


def bounds_here(seconds: float | None = None) -> Bounds:
    """What the assignment in force settles for a look, which begins now.

    Args:
        seconds: the time limit, where it is another than the assignment's.
    """
    there = in_force().limits
    allowed = limits.Allowed(
        processes=there.processes,
        memory=there.memory * limits.MEBIBYTE,
        file_size=there.file_size * limits.MEBIBYTE,
        descriptors=there.descriptors,
    )
    return Bounds(there.seconds if seconds is None else seconds, allowed, in_force().delay)


def references_of(looked: Looked) -> dict[str, Reference]:
    """The reference's recordings, as checks take them."""
    return {track: Reference(recordings) for track, recordings in looked.items()}


def grade_the_reference(tier: Tier, folder: Path = REFERENCE) -> Graded:
    """Grade the reference against itself: it proves what this machine lets us see, of the bonus as much as can be.

    Raises:
        CannotGrade: it does not earn all points.
    """
    if not folder.is_dir():
        raise CannotGrade(f"there is no reference in {folder}: a batch is graded where the whole project lies")
    if WRONG_WITH_THE_REFERENCE and folder == REFERENCE:
        raise CannotGrade(WRONG_WITH_THE_REFERENCE)
    checks = checks_here()
    full: Graded | None = None
    for _ in range(LOOKED_AT_BY_THE_REFERENCE):
        looked = look_at(Submission("reference", folder), tier, checks, bounds_here()).looked
        results = judge_all(checks, looked, references_of(looked))
        report = report_of("reference", results, sandbox=tier.name, seconds=0.0)
        lost = [result for result in results if _asked_of_the_reference(result) and not result.passed]
        if not lost:
            full = Graded(report, looked)
            if all(result.passed for result in results):
                break
    if full:
        return full
    raise CannotGrade(
        f"the reference earns {points_shown(report.score)} of {points_shown(report.points)} points on this machine, "
        f"so that no grade could be trusted: {lost[0].id}: {lost[0].message}"
    )


def _asked_of_the_reference(result: Result) -> bool:
    """The core, and what an instructor asks besides."""
    return result.hidden or not result.stretch


def key_of(submission: Submission, settings: tuple[str, ...]) -> str:
    """A hash of all that a result depends on: the submission's files, grader, reference, Python, settings."""
    digest = hashlib.sha256(own_key().encode())
    digest.update("\0".join(settings).encode())
    digest.update(repr((submission.refused, submission.notes)).encode())
    if submission.parts:
        for name, path in submission.parts:
            digest.update(os.fsencode(name) + b"\0")
            _hash_file(digest, path)
    elif submission.path.is_dir():
        _hash_folder(digest, submission.path)
    else:
        digest.update(os.fsencode(submission.path.name))
        _hash_file(digest, submission.path)
    return digest.hexdigest()[:32]


@cache
def own_key() -> str:
    """A hash of what every result depends on: grader, reference, Python."""
    digest = hashlib.sha256(python_in_the_box().encode())
    _hash_folder(digest, Path(__file__).parent, left_out="locale")  # no result depends on the words it is told in
    _hash_folder(digest, REFERENCE)
    return digest.hexdigest()


def _hash_folder(digest: hashlib._Hash, folder: Path, left_out: str = "") -> None:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not (is_left_out(name) or name == left_out))
        for path in (Path(here, name) for name in (*folders, *sorted(files)) if not is_left_out(name)):
            digest.update(os.fsencode(path.relative_to(folder)) + b"\0")
            _hash_file(digest, path)


def _hash_file(digest: hashlib._Hash, path: Path) -> None:
    """A file's kind and bytes; of one that is too large to be read, its size."""
    try:
        status = path.lstat()
        digest.update(b"%o\0" % stat.S_IFMT(status.st_mode))
        if not stat.S_ISREG(status.st_mode):
            return
        digest.update(b"%d\0" % status.st_size)
        if status.st_size <= OF_A_SUBMISSION.packed:
            with path.open("rb") as file:
                while piece := file.read(1 << 20):
                    digest.update(piece)
    except OSError as error:
        digest.update(str(error.errno).encode())


def needs_a_human(report: Report) -> bool:
    """Something of it was not proven."""
    return report.status is not Status.GRADED
