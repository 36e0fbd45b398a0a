"""Many submissions: workers side by side, each result filed before the next begins, nothing lost at any kill."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader import grading, index, ports, scratch, store
from grader.apparatus.sandbox.choosing import Tier, choose
from grader.assignment import Assignment, put_in_force
from grader.comparing import remembering
from grader.explaining import error_of_ours
from grader.hidden import draw_from
from grader.judging import lost
from grader.languages import LANGUAGES, language_of, spoken
from grader.looking import Looked
from grader.model import Report, Status, folder_name, report_of
from grader.overview import Standing
from grader.replaying import WRITES_PAGES, Pages, commit_told, pages_of
from grader.report.class_page import class_page
from grader.submission import OF_RESULTS, Submission
from grader.wording import language, say, speak, speaking
from grader.workers import TRIES, Crew, Progress, Task, work_off

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""A disk is full, or nobody may write to it any more: errno(3)."""
GRACE = 60.0
"""Seconds beyond the time limit after which a worker that has not come back is ended."""
REFERENCE_FOLDER = OF_RESULTS
LANGUAGE = "language"
"""File of the reference's folder: whoever goes on with a batch tells it in the same one."""
SEED = "seed"
"""File of the reference's folder: whoever goes on with a batch draws the same requests."""
ASSIGNMENT = "assignment"
"""File of the reference's folder: where the assignment's file lies that was named to `grade`."""
INDEX, GRADES = "index.html", "grades.csv"


class Settings(NamedTuple):
    """What holds for a whole batch.

    Args:
        tier: name of the box, chosen once.
        time_limit: seconds for one submission.
        count_bonus: points of the stretch are part of the score.
        seed: what the requests of hidden checks are drawn from.
        language: that results are told in; no result depends on it.
        notes: what is to be said of the sandbox, for the instructor.
        assignment: points, limits and the rest, for every worker.
    """

    out: Path
    tier: str
    jobs: int
    time_limit: float
    count_bonus: bool = False
    seed: int = 0
    language: str = "en"
    notes: tuple[str, ...] = ()
    assignment: Assignment = Assignment()

    @property
    def of_a_result(self) -> tuple[str, ...]:
        """Those that a result depends on."""
        bonus = ["the bonus counts"] if self.count_bonus else []
        theirs = [self.assignment.fingerprint] if self.assignment.fingerprint else []
        return (self.tier, f"{self.time_limit:g}", str(self.seed), *bonus, *theirs)


class Done(NamedTuple):
    """News of one submission: what it came to."""

    name: str
    status: Status
    score: float
    points: float
    seconds: float


class Unfiled(NamedTuple):
    """News of one submission: it was graded, and its result could not be written."""

    name: str
    why: str


class Busy(Exception):
    """Another batch writes into the same results folder."""


class Unwritable(Exception):
    """Nothing can be filed in the results folder; the message says why."""


@contextlib.contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """Hold a results folder; the lock goes with the process, however it ends.

    Raises:
        Busy: another batch holds it.
        Unwritable: it can't be made, or not be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / ".lock").open("a")
    except OSError as error:
        raise Unwritable(f"the results folder {str(out)!r} (--out) can't be written: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise Busy(f"another batch is writing into {out}: wait for it, or give this one --out elsewhere") from held
        except OSError as error:  # ENOLCK: a network file system without locks, flock(2)
            raise Unwritable(
                f"the results folder {str(out)!r} (--out) can't be locked: {error.strerror}; give one on a local disk"
            ) from error
        yield


def todo(submissions: Sequence[Submission], settings: Settings, *, again: bool) -> list[tuple[Submission, str]]:
    """The submissions whose grade is not filed yet, with their keys."""
    keyed = [(submission, grading.key_of(submission, settings.of_a_result)) for submission in submissions]
    return [
        (submission, key)
        for submission, key in keyed
        if again or not store.is_up_to_date(folder_of(settings.out, submission.name), key)
    ]


def folder_of(out: Path, name: str) -> Path:
    """Where a submission's results are filed."""
    return out / folder_name(name)


def has_a_seed(out: Path) -> bool:
    """A batch has been here, and filed what it drew from."""
    return (out / REFERENCE_FOLDER / SEED).exists()


def seed_of(out: Path, wanted: int | None) -> int:
    """The seed of a results folder: the one that is wanted, else the one that is filed, else a new one, filed."""
    path = out / REFERENCE_FOLDER / SEED
    if wanted is None and has_a_seed(out):
        filed = path.read_bytes().strip()
        if not filed.isdigit():
            raise store.Unreadable(f"{path} holds no seed: remove it, or say which with --seed")
        return int(filed)
    seed = secrets.randbelow(1 << 32) if wanted is None else wanted
    path.parent.mkdir(parents=True, exist_ok=True)
    store.commit(path, b"%d\n" % seed)
    return seed


def language_in(out: Path, wanted: str, environment: Mapping[str, str]) -> str:
    """The language of a results folder: the one that is wanted, else the one that is filed, else the environment's."""
    path = out / REFERENCE_FOLDER / LANGUAGE
    filed = path.read_text("utf-8", "replace").strip() if path.exists() else ""
    return wanted or (filed if filed in LANGUAGES else language_of(environment))


def file_the_language(out: Path, language: str) -> None:
    """Have those who go on with a results folder tell it in this language, if it is one."""
    folder = out / REFERENCE_FOLDER
    if language:
        folder.mkdir(parents=True, exist_ok=True)
        store.commit(folder / LANGUAGE, f"{language}\n".encode())


def file_the_assignment(out: Path, file: Path | None) -> None:
    """Note in a results folder which file its assignment was read from: who judges its results anew reads that again."""
    path = out / REFERENCE_FOLDER / ASSIGNMENT
    path.parent.mkdir(parents=True, exist_ok=True)
    if file is None:
        path.unlink(missing_ok=True)
    else:
        store.commit(path, os.fsencode(file.resolve()))


def assignment_of(out: Path) -> Path | None:
    """The file that the results of a folder were graded by; None where none was named."""
    try:
        return Path(os.fsdecode((out / REFERENCE_FOLDER / ASSIGNMENT).read_bytes()))
    except FileNotFoundError:
        return None


def file_the_reference(tier: Tier, out: Path, seed: int) -> None:
    """Grade the reference on this machine, and file what it did for the workers.

    Raises:
        CannotGrade: it does not earn all points here.
    """
    draw_from(seed)
    graded = grading.grade_the_reference(tier)
    folder = out / REFERENCE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    store.commit(folder / store.RECORDINGS, store.packed(graded.looked))


def run(
    work: Sequence[tuple[Submission, str]], settings: Settings, progress: Callable[[Progress[Done | Unfiled]], None]
) -> list[Done | Unfiled]:
    """Grade them all; each result is filed when this tells of it.

    Raises:
        KeyboardInterrupt: somebody wants it to end; what is under way is dropped, the next run grades it.
        Unwritable: a result could not be filed; neither could the others.
    """

    def told(at: Progress[Done | Unfiled]) -> None:
        if isinstance(at.news, Unfiled):
            raise Unwritable(
                f"the result of {at.news.name!r} can't be filed in {settings.out}: {at.news.why}. What is filed is "
                "kept; when that is mended, run the same command again for the rest"
            )
        progress(at)

    tasks = [Task(submission.name, (submission, key)) for submission, key in work]
    crew = Crew(partial(_prepare, settings), (__name__, WRITES_PAGES), settings.jobs, settings.time_limit * 1.5 + GRACE)
    return work_off(tasks, crew, partial(_file_the_lost, settings), told)


def _prepare(settings: Settings) -> Callable[[tuple[Submission, str]], Done | Unfiled]:
    """Once in each worker: the box, and the reference's recordings."""
    draw_from(settings.seed)
    speak(spoken(settings.language))
    put_in_force(settings.assignment)
    tier = choose(settings.tier, with_canary=False)
    recorded = store.recordings_in(settings.out / REFERENCE_FOLDER)
    references = grading.references_of(recorded)

    def graded(work: tuple[Submission, str]) -> Done | Unfiled:
        submission, key = work
        try:
            graded = grading.grade(
                submission,
                tier,
                references,
                bounds=grading.bounds_here(settings.time_limit),
                key=key,
                bonus_counts=settings.count_bonus,
                seed=settings.seed,
                notes=settings.notes,
            )
            report = _remembering(settings.out, graded.report)
            pages = pages_of(report, graded.looked, recorded)
        except ports.Taken as taken:  # since the batch began: no server is to blame
            return _file_an_error(submission, key, settings, str(taken))
        except Exception as error:  # ours: it costs nobody points, and stops the batch only where all would meet it
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                return Unfiled(submission.name, f"{error.strerror}, in {scratch.place()}")
            return _file_an_error(submission, key, settings, say("the grader failed: {why}", why=error_of_ours(error)))
        return _filed(settings.out, report, pages, graded.looked)

    return graded


def now() -> str:
    """The time of day, as pages show it."""
    return time.strftime("%Y-%m-%d %H:%M")


def _remembering(out: Path, report: Report) -> Report:
    """A result that knows what it takes the place of: `--again`, a file handed in anew, another grader."""
    return remembering(report, store.result_in(folder_of(out, report.submission)), by="grade", made=now())


def _filed(out: Path, report: Report, pages: Pages, looked: Looked) -> Done | Unfiled:
    """File a result, and tell of it."""
    try:
        folder = folder_of(out, report.submission)
        store.commit_result(folder, report, pages.student, looked, pages.instructor)
    except OSError as error:
        return Unfiled(report.submission, error.strerror or str(error))
    return Done(report.submission, report.status, report.score, report.points, report.seconds)


def _file_the_lost(settings: Settings, task: Task) -> Done | Unfiled:
    """Three workers died over it: that is our fault, whatever did it."""
    submission, key = task.what
    with speaking(spoken(settings.language)):
        why = say("the grader's worker died {number} times over this submission", number=TRIES)
        return _file_an_error(submission, key, settings, why)


def _file_an_error(submission: Submission, key: str, settings: Settings, why: str) -> Done | Unfiled:
    """It could not be graded, which is our fault: file that, for a human to look at."""
    results = tuple(lost(check, submission.without_names(why)) for check in grading.checks_here())
    report = report_of(
        submission.name,
        results,
        sandbox=settings.tier,
        seconds=0.0,
        key=key,
        bonus_counts=settings.count_bonus,
        seed=settings.seed,
        language=language(),
        student=submission.student,
        path=submission.path_to_tell,
        sandbox_notes=settings.notes,
    )
    report = _remembering(settings.out, grading.settled(report))
    return _filed(settings.out, report, pages_of(report, {}), {})


def tell_whose(submissions: Sequence[Submission], settings: Settings) -> None:
    """Whose a submission is may be known better, or it may be late, since it was graded: then that is filed."""
    for one in submissions:
        folder = folder_of(settings.out, one.name)
        report = store.result_in(folder)
        if report is not None and report.student != one.student:
            report = grading.settled(msgspec.structs.replace(report, student=one.student))
            recorded, reference = (recorded_or_nothing(place) for place in (folder, settings.out / REFERENCE_FOLDER))
            commit_told(folder, report, recorded, reference)


def recorded_or_nothing(folder: Path) -> store.Recorded:
    """What was recorded; a page can do without its pictures."""
    try:
        return store.recordings_in(folder)
    except store.Unreadable:
        return {}


def file_the_class(out: Path, *, title: str, made: str) -> Sequence[Standing]:
    """Write `index.html` and `grades.csv` from what is filed; how everybody stands.

    Args:
        made: when, as the page shows it.
    """
    overview = index.overview_in(out)
    store.commit(out / GRADES, store.gradebook(overview.standings, overview.missing))
    store.commit(out / INDEX, class_page(overview, title=title, made=made).encode("utf-8", "backslashreplace"))
    return overview.standings
