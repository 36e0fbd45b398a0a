"""Workers that die cost the try of their own task and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from grader.workers import TRIES, Crew, Progress, Task, work_off


def crew(prepare: Callable[[], Callable[[str], str]], size: int = 2, patience: float = 60.0) -> Crew[str]:
    """A crew of these tests' own."""
    return Crew(prepare, ("grader.workers",), size, patience)


def lost(task: Task) -> str:
    """What comes of a task that nobody could do."""
    return f"{task.name} is lost"


def unheard(progress: Progress[str]) -> None:
    """Nobody listens."""


def shouting() -> Callable[[str], str]:
    """Does its work."""
    return str.upper


def dying(folder: Path, times: int, what: str) -> str:
    """Dies at the first tries at a word that says so."""
    if what.startswith("die"):
        tries = len(list(folder.iterdir()))
        if tries < times:
            (folder / f"try {tries}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return what.upper()


def dies(folder: Path, times: int) -> Callable[[str], str]:
    """A worker that dies so often over one word."""
    return partial(dying, folder, times)


def stuck() -> Callable[[str], str]:
    """A worker that never comes back."""

    def waits(what: str) -> str:
        signal.pause()
        return what

    return waits


def tasks(*words: str) -> list[Task]:
    """A task for each word."""
    return [Task(word, word) for word in words]


def python_programs_of_its_children() -> list[psutil.Process]:
    """What forked the workers has them for children; a browser of other tests in this process has its own."""
    me = psutil.Process()
    grandchildren = [one for one in me.children(recursive=True) if one.ppid() != me.pid]
    return [one for one in grandchildren if one.exe() == me.exe()]


def test_every_task_is_done_once() -> None:
    """In whatever order, by more workers than tasks or fewer."""
    for size in (1, 2, 5):
        assert sorted(work_off(tasks("a", "b", "c"), crew(shouting, size), lost, unheard)) == ["A", "B", "C"]


def test_no_task_is_no_work() -> None:
    """Nothing is told."""
    assert work_off([], crew(shouting), lost, unheard) == []


@pytest.mark.parametrize(("times", "came"), [(1, "DIE"), (TRIES - 1, "DIE"), (TRIES, "die is lost")])
def test_a_task_whose_worker_dies_is_tried_again(tmp_path: Path, times: int, came: str) -> None:
    """Until TRIES workers died over it; the others' work is done all the same."""
    done = work_off(tasks("a", "die", "b"), crew(partial(dies, tmp_path, times)), lost, unheard)
    assert sorted(done) == sorted(["A", came, "B"])


def test_a_worker_that_does_not_come_back_is_ended() -> None:
    """And counts as one that died."""
    assert work_off(tasks("a"), crew(stuck, patience=0.05), lost, unheard) == ["a is lost"]


def test_beginnings_and_endings_are_told() -> None:
    """With counts, names, and the time that is left by the rate so far."""
    told: list[Progress[str]] = []
    work_off(tasks("a", "b"), crew(shouting, 1), lost, told.append)
    assert [(at.news, at.finished, at.total) for at in told] == [(None, 0, 2), ("A", 1, 2), (None, 1, 2), ("B", 2, 2)]
    assert told[0].under_way == ("a",)
    assert (told[0].seconds_left, told[-1].seconds_left) == (None, 0.0)
    assert Progress(None, 2, 6, (), 4.0).seconds_left == 8.0
    assert Progress(None, 2, 6, (), 4.0).rate == 0.5


def test_no_worker_is_left_when_somebody_stops_the_run() -> None:
    """Ctrl-C comes as an exception in the middle of it; what forked the workers stays, and has no child."""

    def stop(progress: Progress[str]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_off(tasks("a", "b"), crew(stuck), lost, stop)
    assert python_programs_of_its_children() == []


def test_temporary_files_may_lie_anywhere(tmp_path: Path) -> None:
    """The name of a socket has room for 107 bytes, that of a folder for many more; none is left in it."""
    far = tmp_path / ("x" * 150)
    far.mkdir()
    subprocess.run(
        [sys.executable, "-c", DONE],
        check=True,
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "TMPDIR": str(far)},
    )
    assert list(far.iterdir()) == []


DONE = """
from tests.test_workers import crew, lost, shouting, tasks, unheard
from grader.workers import work_off
if __name__ == "__main__":
    assert work_off(tasks("a"), crew(shouting), lost, unheard) == ["A"]
"""
MAIN = """
import sys
from tests.test_workers import crew, lost, stuck, tasks
from grader.workers import work_off
def told(progress):
    print("begun", flush=True)
if __name__ == "__main__":
    work_off(tasks("a", "b"), crew(stuck), lost, told)
"""


def test_workers_end_with_the_main_process_however_it_ends() -> None:
    """By kill -9: nobody tells them, they see the end of their lifeline."""
    main = subprocess.Popen(
        [sys.executable, "-c", MAIN], stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent, text=True
    )
    with main:
        assert main.stdout is not None
        assert main.stdout.readline() == main.stdout.readline() == "begun\n"
        below = psutil.Process(main.pid).children(recursive=True)
        main.kill()
    _, alive = psutil.wait_procs(below, timeout=60)
    assert (len(below) >= 2, alive) == (True, [])
