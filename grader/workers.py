"""Processes that work side by side; one that dies costs the try of its own task and nothing else.

main process                     workers (forkserver, the grader preloaded)
  a task              ->           work
                      <-           what came of it
  dies                             each sees the end of its lifeline, and ends its boxes with itself
  tries again         <-           a worker died: twice at most, then the task is lost
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.util import get_temp_dir
from typing import Any, Generic, NamedTuple, TypeVar

TRIES = 3
"""How often a task is begun whose worker dies: the first time and twice again."""

News = TypeVar("News")
Work = Callable[[Any], News]


class Task(NamedTuple):
    """One piece of work.

    Args:
        name: for people.
        what: handed to the worker; it can be pickled.
    """

    name: str
    what: Any


class Crew(NamedTuple, Generic[News]):
    """The workers of a run.

    Args:
        prepare: called once in each worker, gives what does the work; it can be pickled.
        preload: the modules that each worker has imported when it begins.
        patience: seconds for one task, after which a worker that has not come back is ended.
    """

    prepare: Callable[[], Work[News]]
    preload: tuple[str, ...]
    size: int
    patience: float


class Progress(NamedTuple, Generic[News]):
    """Where a run is.

    Args:
        news: what has just ended; None where something has begun.
        under_way: names of the tasks that are being worked at.
        elapsed: seconds since the first one began.
    """

    news: News | None
    finished: int
    total: int
    under_way: tuple[str, ...]
    elapsed: float

    @property
    def rate(self) -> float:
        """Tasks per second so far."""
        return self.finished / self.elapsed if self.elapsed else 0.0

    @property
    def seconds_left(self) -> float | None:
        """By the rate so far; None before the first has ended."""
        return (self.total - self.finished) / self.rate if self.finished and self.rate else None


def work_off(
    tasks: Sequence[Task], crew: Crew[News], lost: Callable[[Task], News], progress: Callable[[Progress[News]], None]
) -> list[News]:
    """Do them all, in whatever order they end.

    Args:
        lost: what comes of a task over which TRIES workers died.
        progress: told of each beginning and end.

    Raises:
        KeyboardInterrupt: somebody wants it to end; what is under way is dropped, and no process is left.
    """
    queue = deque((task, 1) for task in tasks)
    began = time.monotonic()
    ended: list[News] = []
    workers = [Worker(crew) for _ in range(max(1, min(crew.size, len(tasks))))]

    def tell(news: News | None) -> None:
        names = tuple(worker.task[0].name for worker in workers if worker.task)
        progress(Progress(news, len(ended), len(tasks), names, time.monotonic() - began))

    def finish(news: News) -> None:
        ended.append(news)
        tell(news)

    try:
        while queue or any(worker.task for worker in workers):
            for worker in workers:
                if queue and not worker.task:
                    worker.give(*queue.popleft())
                    tell(None)
            for worker in _ready(workers):
                came = worker.take()
                if isinstance(came, Died):
                    if came.tries < TRIES:
                        queue.appendleft((came.task, came.tries + 1))
                    else:
                        finish(lost(came.task))
                else:
                    finish(came)
    finally:
        for worker in workers:
            worker.end()
    return ended


class Died(NamedTuple):
    """The worker died over this task, which was begun so often."""

    task: Task
    tries: int


class Worker(Generic[News]):
    """A process that does one task after the other; this is the main process's side of it."""

    def __init__(self, crew: Crew[News]) -> None:
        """Start the process."""
        self._crew = crew
        self.task: tuple[Task, int] | None = None
        self._start()

    def _start(self) -> None:
        context = forkserver(self._crew.preload)
        self._here, there = context.Pipe()
        lifeline, self._lifeline = context.Pipe(duplex=False)
        self._process: ForkServerProcess = context.Process(
            target=_live, args=(there, lifeline, self._crew.prepare), name="forklab worker"
        )
        self._process.start()
        there.close()
        lifeline.close()

    def give(self, task: Task, tries: int) -> None:
        """Hand it a task."""
        if not self._process.is_alive():
            self.end()
            self._start()
        self.task = task, tries
        self._overdue = time.monotonic() + self._crew.patience
        with contextlib.suppress(OSError):  # it has just died: `take` will say so
            self._here.send(task.what)

    @property
    def sources(self) -> list[Connection | int]:
        """What to wait on."""
        return [self._here, self._process.sentinel]

    @property
    def is_overdue(self) -> bool:
        """It has not come back long after it should."""
        return self.task is not None and time.monotonic() > self._overdue

    def take(self) -> News | Died:
        """What came of its task."""
        assert self.task is not None
        task, self.task = self.task, None
        try:
            if self._here.poll():
                news: News = self._here.recv()
                return news
        except (EOFError, OSError):
            pass
        self.end()
        self._start()
        return Died(*task)

    def end(self) -> None:
        """End the process, and with it its boxes."""
        self._process.kill()
        self._process.join()
        self._here.close()
        self._lifeline.close()


def _ready(workers: Sequence[Worker[News]]) -> list[Worker[News]]:
    """Wait until some worker has something to say, has died, or is overdue."""
    busy = [worker for worker in workers if worker.task]
    by_source = {source: worker for worker in busy for source in worker.sources}
    ready = {id(by_source[source]): by_source[source] for source in wait(list(by_source), timeout=1.0)}  # type: ignore[index]
    ready.update({id(worker): worker for worker in busy if worker.is_overdue})
    return list(ready.values())


def forkserver(preload: tuple[str, ...]) -> ForkServerContext:
    """What starts processes of ours, each with these modules imported."""
    _have_short_names_for_sockets()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*preload])
    return context


@functools.cache
def _have_short_names_for_sockets() -> None:
    """Reach TMPDIR by a descriptor that stays open, since it may be long: a socket's name has room for 107 bytes, unix(7).

    The forkserver's socket lies in a folder that multiprocessing makes there once (python/cpython#132124).
    """
    folder = tempfile.gettempdir()
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    tempfile.tempdir = f"/proc/{os.getpid()}/fd/{descriptor}"
    try:
        get_temp_dir()
    finally:
        tempfile.tempdir = folder


def _live(tasks: Connection, lifeline: Connection, prepare: Callable[[], Work[Any]]) -> None:
    """A worker's life: it ends with the main process, whatever it is doing."""
    leave_ending_to_the_main_process(lifeline)
    work = prepare()
    while True:
        try:
            what = tasks.recv()
        except (EOFError, OSError):
            return
        tasks.send(work(what))


def leave_ending_to_the_main_process(lifeline: Connection) -> None:
    """Neither Ctrl-C nor anything else ends this process before the other end of its lifeline is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    """The main process holds the other end and never writes: the end of it is the end of us, and of our boxes."""
    with contextlib.suppress(EOFError, OSError):
        lifeline.recv_bytes()
    os._exit(1)
