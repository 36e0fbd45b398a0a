"""Many submissions: workers side by side, each result filed before the next begins, nothing lost at any kill.

main process                     workers (forkserver, the grader preloaded)
  a submission        ->           copy, look, judge, page, commit
                      <-           how it went
  dies                             each sees the end of its lifeline, and ends its boxes with itself
  tries again         <-           a worker died: twice at most, then ERROR
"""

from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import NamedTuple

from grader import grading, store
from grader.apparatus.sandbox.choosing import Tier, choose
from grader.apparatus.scene import Bounds
from grader.model import Check, Outcome, Report, Result, Status, folder_name, report_of
from grader.replaying import page_of
from grader.report.class_page import class_page
from grader.rubric import rubric
from grader.submission import Submission

TRIES = 3
"""How often a submission is begun whose worker dies: the first time and twice again."""
GRACE = 60.0
"""Seconds beyond the time limit after which a worker that has not come back is ended."""
REFERENCE_FOLDER = ".reference"
INDEX, GRADES = "index.html", "grades.csv"


class Settings(NamedTuple):
    """What holds for a whole batch.

    Args:
        tier: name of the box, chosen once.
        time_limit: seconds for one submission.
        count_bonus: points of the stretch are part of the score.
    """

    out: Path
    tier: str
    jobs: int
    time_limit: float
    count_bonus: bool = False

    @property
    def of_a_result(self) -> tuple[str, ...]:
        """Those that a result depends on."""
        return (self.tier, f"{self.time_limit:g}", *(["the bonus counts"] if self.count_bonus else []))


class Done(NamedTuple):
    """News of one submission: what it came to."""

    name: str
    status: Status
    score: float
    points: float
    seconds: float


class Progress(NamedTuple):
    """Where a batch is.

    Args:
        news: what has just ended; None where something has begun.
        under_way: names of the submissions that are being graded.
        elapsed: seconds since the first one began.
    """

    news: Done | None
    finished: int
    total: int
    under_way: tuple[str, ...]
    elapsed: float

    @property
    def seconds_left(self) -> float | None:
        """By the rate so far; None before the first has ended."""
        if not self.finished:
            return None
        return self.elapsed / self.finished * (self.total - self.finished)


class Busy(Exception):
    """Another batch writes into the same results folder."""


@contextlib.contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """Hold a results folder; the lock goes with the process, however it ends.

    Raises:
        Busy: another batch holds it.
    """
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("a") as lock:
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


def file_the_reference(tier: Tier, out: Path) -> None:
    """Grade the reference on this machine, and file what it did for the workers.

    Raises:
        CannotGrade: it does not earn all points here.
    """
    graded = grading.grade_the_reference(tier)
    folder = out / REFERENCE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    store.commit(folder / store.RECORDINGS, store.packed(graded.looked))


def run(work: Sequence[tuple[Submission, str]], settings: Settings, progress: Callable[[Progress], None]) -> list[Done]:
    """Grade them all; each result is filed when this tells of it.

    Raises:
        KeyboardInterrupt: somebody wants it to end; what is under way is dropped, the next run grades it.
    """
    queue = deque((submission, key, 1) for submission, key in work)
    began = time.monotonic()
    finished: list[Done] = []
    workers = [Worker(settings) for _ in range(max(1, min(settings.jobs, len(work))))]

    def tell(news: Done | None) -> None:
        names = tuple(worker.task[0].name for worker in workers if worker.task)
        progress(Progress(news, len(finished), len(work), names, time.monotonic() - began))

    try:
        while queue or any(worker.task for worker in workers):
            for worker in workers:
                if queue and not worker.task:
                    worker.give(queue.popleft())
                    tell(None)
            for worker in _ready(workers):
                ended = worker.take()
                if isinstance(ended, Done):
                    finished.append(ended)
                    tell(ended)
                    continue
                submission, key, tries = ended
                if tries < TRIES:
                    queue.appendleft((submission, key, tries + 1))
                else:
                    finished.append(_file_an_error(submission, key, settings))
                    tell(finished[-1])
    finally:
        for worker in workers:
            worker.end()
    return finished


Task = tuple[Submission, str, int]
"""A submission, its key, and how often it was begun."""


class Worker:
    """A process that grades one submission after the other; this is the main process's side of it."""

    def __init__(self, settings: Settings) -> None:
        """Start the process."""
        self._settings = settings
        self.task: Task | None = None
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["grader.batch"])
        self._here, there = context.Pipe()
        lifeline, self._lifeline = context.Pipe(duplex=False)
        self._process: ForkServerProcess = context.Process(
            target=_work, args=(there, lifeline, self._settings), name="forklab worker"
        )
        self._process.start()
        there.close()
        lifeline.close()

    def give(self, task: Task) -> None:
        """Hand it a submission."""
        if not self._process.is_alive():
            self.end()
            self._start()
        self.task = task
        self._overdue = time.monotonic() + self._settings.time_limit * 1.5 + GRACE
        with contextlib.suppress(OSError):  # it has just died: `take` will say so
            self._here.send((task[0], task[1]))

    @property
    def sources(self) -> list[Connection | int]:
        """What to wait on."""
        return [self._here, self._process.sentinel]

    @property
    def is_overdue(self) -> bool:
        """It has not come back long after it should."""
        return self.task is not None and time.monotonic() > self._overdue

    def take(self) -> Done | Task:
        """What came of its task: news, or the task itself where the process died."""
        assert self.task is not None
        task, self.task = self.task, None
        try:
            if self._here.poll():
                told: Done = self._here.recv()
                return told
        except (EOFError, OSError):
            pass
        self.end()
        self._start()
        return task

    def end(self) -> None:
        """End the process, and with it its boxes."""
        self._process.kill()
        self._process.join()
        self._here.close()
        self._lifeline.close()


def _ready(workers: Sequence[Worker]) -> list[Worker]:
    """Wait until some worker has something to say, has died, or is overdue."""
    busy = [worker for worker in workers if worker.task]
    by_source = {source: worker for worker in busy for source in worker.sources}
    ready = {id(by_source[source]): by_source[source] for source in wait(list(by_source), timeout=1.0)}  # type: ignore[index]
    ready.update({id(worker): worker for worker in busy if worker.is_overdue})
    return list(ready.values())


def _work(tasks: Connection, lifeline: Connection, settings: Settings) -> None:
    """A worker's life: it ends with the main process, whatever it is doing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's to handle
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    tier = choose(settings.tier, with_canary=False)
    recorded = store.recordings_in(settings.out / REFERENCE_FOLDER)
    references = grading.references_of(recorded)
    while True:
        try:
            submission, key = tasks.recv()
        except (EOFError, OSError):
            return
        graded = grading.grade(
            submission,
            tier,
            references,
            bounds=Bounds(settings.time_limit),
            key=key,
            bonus_counts=settings.count_bonus,
        )
        folder = folder_of(settings.out, submission.name)
        page = page_of(graded.report, graded.looked, recorded)
        store.commit_result(folder, graded.report, page, graded.looked)
        tasks.send(_news(graded.report))


def _end_with(lifeline: Connection) -> None:
    """The main process holds the other end and never writes: the end of it is the end of us, and of our boxes."""
    with contextlib.suppress(EOFError, OSError):
        lifeline.recv_bytes()
    os._exit(1)


def _news(report: Report) -> Done:
    return Done(report.submission, report.status, report.score, report.points, report.seconds)


def _file_an_error(submission: Submission, key: str, settings: Settings) -> Done:
    """Three workers died over it: file that, for a human to look at."""
    why = f"the grader's worker died {TRIES} times over this submission"
    results = tuple(_lost(check, why) for check in rubric())
    report = report_of(
        submission.name, results, sandbox=settings.tier, seconds=0.0, key=key, bonus_counts=settings.count_bonus
    )
    store.commit_result(folder_of(settings.out, submission.name), report, page_of(report, {}), {})
    return _news(report)


def _lost(check: Check, why: str) -> Result:
    return Result(check.id, Outcome.ERROR, check.points, 0.0, check.stretch, check.requirement, why)


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
