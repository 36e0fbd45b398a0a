"""The batch as its user runs it: real processes, real kills."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from grader import grading, store
from tests.language.chinese import english_on, ours_of
from tests.leaks import leaks_in, secrets_of, what_a_student_reads

T = TypeVar("T")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    command = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, check=False)


def scores(out: Path) -> dict[str, float]:
    """What is filed, by submission."""
    return {path.parent.name: json.loads(path.read_text())["score"] for path in out.glob("*/result.json")}


def test_the_samples_get_their_scores_and_pages(tmp_path: Path, scores_of_the_samples: dict[str, float]) -> None:
    """Each score is the one that the mistakes cost, what an instructor opens is there, and no student's page leaks."""
    done = run("grade", str(grading.SAMPLES), "--out", str(tmp_path))
    assert (done.returncode, scores(tmp_path)) == (0, scores_of_the_samples), done.stdout + done.stderr
    assert (tmp_path / "index.html").stat().st_size > 0
    assert len((tmp_path / "grades.csv").read_text().splitlines()) == 1 + len(scores_of_the_samples)
    for name in scores_of_the_samples:
        page = (tmp_path / name / "report.html").read_text()
        assert len(page) < 150_000
        report, recorded = store.result_in(tmp_path / name), store.recordings_in(tmp_path / name)
        assert report
        secrets = secrets_of(report, recorded, grading.SAMPLES / name, others=scores_of_the_samples)
        assert (
            leaks_in(what_a_student_reads(report, page), {**secrets, "the results": frozenset({str(tmp_path)})}) == []
        )
        instructors = (tmp_path / name / store.INSTRUCTORS).read_text()
        assert "forking/answers_strangers" in instructors
        assert str(grading.SAMPLES / name) in instructors
    assert run("rejudge", str(tmp_path), "--lang", "zh").returncode == 0
    assert scores(tmp_path) == scores_of_the_samples
    for name in scores_of_the_samples:  # and told in Chinese no page has a word of English left
        assert english_on(ours_of((tmp_path / name / "report.html").read_text()), name) == []


def test_what_is_graded_is_not_graded_again(tmp_path: Path, few_checks: Path) -> None:
    """A second run finds nothing to do, and a changed submission is graded anew."""
    mine = tmp_path / "class"
    shutil.copytree(grading.SAMPLES / "chen", mine / "chen")
    out = tmp_path / "out"
    arguments = ("grade", str(mine), "--out", str(out), "--assignment", str(few_checks))
    assert "1 to grade" in run(*arguments).stdout
    assert "0 to grade" in run(*arguments).stdout
    shutil.copy(grading.SAMPLES / "ada" / "blocking_server.py", mine / "chen")
    assert "1 to grade" in run(*arguments).stdout
    assert scores(out) == {"chen": 50}
    assert '<td class="fl-num">0<td class="fl-num">50' in (out / "index.html").read_text()
    assert "<td>0 of 100</td><td>50 of 100</td>" in (out / "chen" / store.INSTRUCTORS).read_text()


CLASS = ("ada", "chen", "hana")


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder with a class in it, and a folder of its own for temporary files."""
    for name in CLASS:
        shutil.copytree(grading.SAMPLES / name, tmp_path / "class" / name)
    (tmp_path / "tmp").mkdir()
    return tmp_path


def begin(room: Path, *options: str) -> subprocess.Popen[str]:
    """Start grading the class, as a shell does: Ctrl-C reaches it."""
    command = [sys.executable, "-c", WITH_CTRL_C, "grade", str(room / "class"), "--out", str(room / "out"), *options]
    return subprocess.Popen(
        command,
        cwd=grading.PROJECT,
        env={**os.environ, "TMPDIR": str(room / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


WITH_CTRL_C = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("grader", run_name="__main__", alter_sys=True)
"""
"""A shell starts background jobs with SIGINT ignored, and the tests may be one of them."""


def wait_until(batch: subprocess.Popen[str], happens: Callable[[], T | None]) -> T:
    """Wait until something is there, while the batch runs."""
    while not (there := happens()):
        assert batch.poll() is None, batch.communicate()
        time.sleep(0.005)
    return there


def everything_below(batch: subprocess.Popen[str]) -> list[psutil.Process]:
    """Its helpers, workers, boxes and servers."""
    return psutil.Process(batch.pid).children(recursive=True)


def assert_that_all_end(processes: list[psutil.Process]) -> None:
    """None of them outlives the batch; a minute is for a machine under load."""
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert alive == []


def left_behind(room: Path) -> list[str]:
    """Temporary files, and torn ones among the results.

    The numbers of the uids in use are kept on purpose; the socket of a forkserver that was killed is Python's own to
    leave.
    """
    temporary = [path for path in (room / "tmp").iterdir() if not path.name.startswith(("forklab-uids", "pymp-"))]
    return [str(path) for path in (*temporary, *room.glob(f"out/**/*{store.TORN}"))]


def filed(room: Path) -> dict[str, int]:
    """When each result was filed, in nanoseconds."""
    return {path.parent.name: path.stat().st_mtime_ns for path in room.glob("out/*/result.json")}


@pytest.mark.parametrize("time_of_all", [1.5, 6.0])
def test_a_batch_that_is_killed_goes_on_where_it_was(
    room: Path, time_of_all: float, scores_of_the_samples: dict[str, float]
) -> None:
    """kill -9 at a random moment: no process is left, and the next run grades the rest, and that alone."""
    batch = begin(room, "--jobs", "2")
    moment = random.uniform(0, time_of_all)
    print(f"killed after {moment:.4f} s")
    with contextlib.suppress(subprocess.TimeoutExpired):
        batch.communicate(timeout=moment)
    below = everything_below(batch) if batch.poll() is None else []
    before = filed(room)
    batch.kill()
    batch.communicate()
    assert_that_all_end(below)
    again = begin(room, "--jobs", "2")
    told, _ = again.communicate()
    after = filed(room)
    assert (again.returncode, scores(room / "out")) == (0, {name: scores_of_the_samples[name] for name in CLASS})
    assert {name: at for name, at in after.items() if name in before} == before
    assert f"{len(CLASS) - len(before)} to grade" in told
    assert left_behind(room) == []


def test_a_worker_that_is_killed_is_tried_again(room: Path, scores_of_the_samples: dict[str, float]) -> None:
    """kill -9 of a worker in the middle of a submission costs nobody anything."""
    batch = begin(room, "--jobs", "1")

    def worker_at_work() -> psutil.Process | None:
        for process in everything_below(batch):
            with contextlib.suppress(psutil.NoSuchProcess):
                above = process.parent()
                if above and above.ppid() == batch.pid and process.children():
                    return process
        return None

    wait_until(batch, lambda: filed(room))
    worker = wait_until(batch, worker_at_work)
    boxes = worker.children(recursive=True)
    worker.kill()
    batch.communicate()
    assert_that_all_end(boxes)
    assert (batch.returncode, scores(room / "out")) == (0, {name: scores_of_the_samples[name] for name in CLASS})
    assert left_behind(room) == []


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=["SIGTERM", "Ctrl-C", "closed terminal"]
)
def test_a_batch_that_is_told_to_end_does_so_in_order(room: Path, number: signal.Signals) -> None:
    """It says how to go on, keeps what is graded, and leaves neither a process nor a temporary file."""
    batch = begin(room, "--jobs", "2")
    wait_until(batch, lambda: filed(room))
    below = everything_below(batch)
    os.killpg(batch.pid, number)
    _, told = batch.communicate()
    assert batch.returncode == 1
    assert told.splitlines()[-1] == (
        "forklab: stopped; what is graded is filed, run the same command again for the rest"
    )
    assert "Traceback" not in told
    assert_that_all_end(below)
    assert left_behind(room) == []
    assert filed(room)


def test_a_batch_under_nohup_goes_on_without_its_terminal(room: Path, few_checks: Path) -> None:
    """SIGHUP that whoever started us has us ignore ends nothing."""
    ignoring = f"import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n{WITH_CTRL_C}"
    arguments = ("grade", str(room / "class" / "chen"), "--out", str(room / "out"), "--assignment", str(few_checks))
    command = [sys.executable, "-c", ignoring, *arguments]
    batch = subprocess.Popen(command, cwd=grading.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(batch, lambda: psutil.Process(batch.pid).children())
    batch.send_signal(signal.SIGHUP)
    told = batch.communicate()
    assert (batch.returncode, set(scores(room / "out"))) == (0, {"chen"}), told


UNDER_TOX = """
import subprocess, sys
sys.exit(subprocess.call([sys.executable, "-m", "grader", *sys.argv[1:]]))
"""


def test_a_batch_ends_with_its_tox(room: Path) -> None:
    """kill -9 of tox tells nobody but the kernel: no process is left, and the next run grades the rest."""
    arguments = ("grade", str(room / "class"), "--out", str(room / "out"))
    with subprocess.Popen(
        [sys.executable, "-c", UNDER_TOX, *arguments],
        cwd=grading.PROJECT,
        env={**os.environ, "TOX_ENV_NAME": "grade", "TMPDIR": str(room / "tmp")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as tox:
        wait_until(tox, lambda: filed(room))
        below = everything_below(tox)
        tox.kill()
    assert_that_all_end(below)
    assert left_behind(room) == []
    before = filed(room)
    assert run(*arguments).returncode == 0
    assert {name: at for name, at in filed(room).items() if name in before} == before


def test_nobody_reads_what_the_batch_prints(room: Path) -> None:
    """A pipe that its reader has closed ends the batch as Ctrl-C does, in order."""
    command = [sys.executable, "-m", "grader", "grade", str(room / "class" / "chen"), "--out", str(room / "out")]
    with subprocess.Popen(
        command, cwd=grading.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as batch:
        assert batch.stdout
        assert batch.stderr
        assert "1 to grade" in batch.stdout.readline()
        batch.stdout.close()
        told = batch.stderr.read()
    assert batch.returncode == 1
    assert "forklab: stopped; what is graded is filed" in told
    assert "Traceback" not in told


FULL = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
runpy.run_module("grader", run_name="__main__", alter_sys=True)
"""
"""A disk with room for small files alone: whoever writes more gets EFBIG, as ENOSPC comes from a full one."""


def test_a_disk_that_is_full_stops_the_batch_with_a_sentence(room: Path, few_checks: Path) -> None:
    """Nothing is torn, and when there is room again the next run grades the rest."""
    out, few = room / "out", ("--assignment", str(few_checks))
    graded = ("grade", str(room / "class"), "--out", str(out), *few)
    assert run("grade", str(room / "class" / "ada"), "--out", str(out), *few).returncode == 0
    recordings = (out / ".reference" / store.RECORDINGS).stat().st_size
    room_for = max(recordings, *(path.stat().st_size for path in out.glob("ada/recordings*"))) + 8192
    assert (out / "ada" / store.PAGE).stat().st_size > room_for
    command = [sys.executable, "-c", FULL, str(room_for), *graded]
    done = subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, check=False)
    assert done.returncode == 2
    assert "can't be filed in" in done.stderr
    assert "File too large" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert (set(scores(out)), left_behind(room)) == ({"ada"}, [])
    assert run(*graded).returncode == 0
    assert set(scores(out)) == set(CLASS)


def test_graded_again_shows_both_scores(room: Path, few_checks: Path) -> None:
    """What was filed stands beside what came of it now."""
    chen = ("grade", str(room / "class" / "chen"), "--out", str(room / "out"), "--assignment", str(few_checks))
    assert run(*chen).returncode == 0
    assert "0 -> 0 of 100" in run(*chen, "--again").stdout


def test_progress_in_a_log_is_plain_lines(room: Path, few_checks: Path) -> None:
    """Count, rate, time left and names, without a terminal's signs, and the last line tells that all is done."""
    batch = begin(room, "--jobs", "2", "--assignment", str(few_checks))
    _, log = batch.communicate()
    lines = log.splitlines()
    assert re.fullmatch(r"0/3 graded, 0\.0 per second: ada", lines[0])
    assert re.fullmatch(r"3/3 graded, \d+\.\d per second, 0 s left", lines[-1])
    assert "\x1b" not in log
    assert "\r" not in log


@pytest.mark.parametrize("columns", [0, 36, 80])
def test_progress_on_a_terminal_is_one_line(room: Path, few_checks: Path, columns: int) -> None:
    """It is written over, never wider than the terminal, and names what is being graded; 0 is a width not known."""
    shutil.rmtree(room / "class" / "hana")
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    arguments = ("grade", str(room / "class"), "--out", str(room / "out"), "--assignment", str(few_checks))
    batch = subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments], cwd=grading.PROJECT, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # EIO: the terminal's other side is closed
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    assert batch.wait() == 0
    drawn = shown.decode().split("\r\x1b[K")
    assert any("ada" in line for line in drawn)
    assert re.fullmatch(
        r"2/2 graded, [\d.]+ per second, 0 s left" if columns != 36 else r"2/2 graded, .{23}", drawn[-1].rstrip()
    )
    assert max(len(line.rstrip()) for line in drawn) < (columns or 80)
