"""Many submissions: workers side by side, each result filed before the next begins, nothing lost at any kill."""

from __future__ import annotations

import contextlib
import fcntl
import secrets
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from grader import grading, ports, store
from grader.apparatus.sandbox.choosing import Tier, choose
from grader.apparatus.scene import Bounds
from grader.hidden import draw_from
from grader.judging import lost
from grader.model import Report, Status, folder_name, report_of
from grader.replaying import page_of
from grader.report.class_page import class_page
from grader.submission import OF_RESULTS, Submission
from grader.workers import TRIES, Crew, Progress, Task, work_off

GRACE = 60.0
"""Seconds beyond the time limit after which a worker that has not come back is ended."""
REFERENCE_FOLDER = OF_RESULTS
SEED = "seed"
"""File of the reference's folder: whoever goes on with a batch draws the same requests."""
INDEX, GRADES = "index.html", "grades.csv"


class Settings(NamedTuple):
    """What holds for a whole batch.

    Args:
        tier: name of the box, chosen once.
        time_limit: seconds for one submission.
        count_bonus: points of the stretch are part of the score.
        seed: what the requests of hidden checks are drawn from.
    """

    out: Path
    tier: str
    jobs: int
    time_limit: float
    count_bonus: bool = False
    seed: int = 0

    @property
    def of_a_result(self) -> tuple[str, ...]:
        """Those that a result depends on."""
        bonus = ["the bonus counts"] if self.count_bonus else []
        return (self.tier, f"{self.time_limit:g}", str(self.seed), *bonus)


class Done(NamedTuple):
    """News of one submission: what it came to."""

    name: str
    status: Status
    score: float
    points: float
    seconds: float


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


def seed_of(out: Path, wanted: int | None) -> int:
    """The seed of a results folder: the one that is wanted, else the one that is filed, else a new one, filed."""
    path = out / REFERENCE_FOLDER / SEED
    if wanted is None and path.exists():
        filed = path.read_bytes().strip()
        if not filed.isdigit():
            raise store.Unreadable(f"{path} holds no seed: remove it, or say which with --seed")
        return int(filed)
    seed = secrets.randbelow(1 << 32) if wanted is None else wanted
    path.parent.mkdir(parents=True, exist_ok=True)
    store.commit(path, b"%d\n" % seed)
    return seed


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
    work: Sequence[tuple[Submission, str]], settings: Settings, progress: Callable[[Progress[Done]], None]
) -> list[Done]:
    """Grade them all; each result is filed when this tells of it.

    Raises:
        KeyboardInterrupt: somebody wants it to end; what is under way is dropped, the next run grades it.
    """
    tasks = [Task(submission.name, (submission, key)) for submission, key in work]
    crew = Crew(partial(_prepare, settings), __name__, settings.jobs, settings.time_limit * 1.5 + GRACE)
    return work_off(tasks, crew, partial(_file_the_lost, settings), progress)


def _prepare(settings: Settings) -> Callable[[tuple[Submission, str]], Done]:
    """Once in each worker: the box, and the reference's recordings."""
    draw_from(settings.seed)
    tier = choose(settings.tier, with_canary=False)
    recorded = store.recordings_in(settings.out / REFERENCE_FOLDER)
    references = grading.references_of(recorded)

    def graded(work: tuple[Submission, str]) -> Done:
        submission, key = work
        try:
            graded = grading.grade(
                submission,
                tier,
                references,
                bounds=Bounds(settings.time_limit),
                key=key,
                bonus_counts=settings.count_bonus,
                seed=settings.seed,
            )
        except ports.Taken as taken:  # since the batch began: no server is to blame
            return _file_an_error(submission, key, settings, str(taken))
        page = page_of(graded.report, graded.looked, recorded)
        store.commit_result(folder_of(settings.out, submission.name), graded.report, page, graded.looked)
        return _news(graded.report)

    return graded


def _news(report: Report) -> Done:
    return Done(report.submission, report.status, report.score, report.points, report.seconds)


def _file_the_lost(settings: Settings, task: Task) -> Done:
    """Three workers died over it: that is our fault, whatever did it."""
    submission, key = task.what
    return _file_an_error(submission, key, settings, f"the grader's worker died {TRIES} times over this submission")


def _file_an_error(submission: Submission, key: str, settings: Settings, why: str) -> Done:
    """It could not be graded, which is our fault: file that, for a human to look at."""
    results = tuple(lost(check, why) for check in grading.checks_here())
    report = report_of(
        submission.name,
        results,
        sandbox=settings.tier,
        seconds=0.0,
        key=key,
        bonus_counts=settings.count_bonus,
        seed=settings.seed,
    )
    store.commit_result(folder_of(settings.out, submission.name), report, page_of(report, {}), {})
    return _news(report)


def reports_in(out: Path) -> list[Report]:
    """Every result that is filed, by name."""
    folders = sorted(path.parent for path in out.glob(f"*/{store.RESULT}"))
    return [report for folder in folders if (report := store.result_in(folder))]


def file_the_class(out: Path, *, title: str, made: str) -> list[Report]:
    """Write `index.html` and `grades.csv` from what is filed.

    Args:
        made: when, as the page shows it.
    """
    reports = reports_in(out)
    store.commit(out / GRADES, store.gradebook(reports))
    store.commit(out / INDEX, class_page(reports, title=title, made=made).encode("utf-8", "backslashreplace"))
    return reports
