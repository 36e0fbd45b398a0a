"""Measures what a grade costs, beside what others need for one trivial check: in one run, turn by turn.

round 1:  ours  theirs  ours  …      seconds by the wall clock, to the end of the command
round 2:  …     ours  theirs  ours   core-seconds and largest process, by wait4(2), orphans included
once more, not timed                 memory of the whole tree, sampled

python benchmarks/compare.py [--runs N] [--copies N] [--json FILE]
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil

PROJECT = Path(__file__).resolve().parents[1]
TRIVIAL = Path(__file__).resolve().parent / "trivial"
THEIRS = PROJECT / "build" / "theirs"
"""An environment of its own, made at the first run: check50, pytest and pytest-html, and no plugin of ours."""
PR_SET_CHILD_SUBREAPER = 36
"""prctl(2): whoever is orphaned below us becomes our child, so that nobody's core-seconds are lost."""
EVERY = 0.01
"""Seconds between two samples of the tree's memory."""
PLAIN = ("-p", "no:cacheprovider")
CHECK50_TRIVIAL, HTML_TRIVIAL = "check50, one trivial check", "pytest --html, one trivial test"


class Spent(NamedTuple):
    """What one run of a command cost.

    Args:
        seconds: by the wall clock, until the command ended.
        core_seconds: user and system time of all its processes.
        largest: bytes, the most that one of its processes held (ru_maxrss).
    """

    seconds: float
    core_seconds: float
    largest: int


class Measured(NamedTuple):
    """A command that is measured.

    Args:
        words: makes the command, given an empty folder to write to.
        grades: how many submissions it grades.
        right: exit statuses with which it has done its work.
    """

    name: str
    words: Callable[[Path], Sequence[str | Path]]
    grades: int = 1
    right: tuple[int, ...] = (0,)


# ------------------------------------------------------------------ the commands


def commands(copies: int, scratch: Path) -> list[Measured]:
    """All that are measured; the folders that they read are made here."""
    folders = {number: _class_of(number, scratch) for number in (1, copies, 2 * copies)}

    def graded(number: int, jobs: int) -> Callable[[Path], Sequence[str | Path]]:
        return lambda out: [
            *_python("grader"), "grade", folders[number], "--out", out / "results", "--jobs", str(jobs)
        ]  # fmt: skip

    one = folders[1] / "copy-1"
    html = "--self-contained-html"
    return [
        Measured("grade, one submission", graded(1, 1)),
        Measured(
            "pytest, one submission",
            lambda out: [*_python("pytest"), *PLAIN, f"--html={out}/report.html", "--submission", one],
        ),
        Measured(CHECK50_TRIVIAL, lambda out: [THEIRS / "bin" / "check50", "--dev", "checks"]),
        Measured(HTML_TRIVIAL, lambda out: [THEIRS / "bin" / "pytest", *PLAIN, html, f"--html={out}/report.html"]),
        Measured(f"grade, {copies} submissions, 1 worker", graded(copies, 1), copies),
        Measured(f"grade, {copies} submissions, 2 workers", graded(copies, 2), copies),
        Measured(f"grade, {2 * copies} submissions, 1 worker", graded(2 * copies, 1), 2 * copies),
        Measured(f"grade, {2 * copies} submissions, 2 workers", graded(2 * copies, 2), 2 * copies),
    ]


def _class_of(number: int, scratch: Path) -> Path:
    """A folder of so many right submissions: every scene is played to its end."""
    folder = scratch / f"class-of-{number}"
    for index in range(1, number + 1):
        shutil.copytree(PROJECT / "reference", folder / f"copy-{index}", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def install_theirs() -> None:
    """Make the environment of the others, if it is not there; this needs the network, running them does not."""
    if (THEIRS / "bin" / "check50").exists():
        return
    venv.create(THEIRS, with_pip=True, clear=True)
    ours = [f"{name}=={version(name)}" for name in ("pytest", "pytest-html")]
    subprocess.run([THEIRS / "bin" / "pip", "install", "--quiet", *ours, "check50"], check=True)


# ------------------------------------------------------------------ measuring


def spent_on(measured: Measured, scratch: Path) -> Spent:
    """Run a command to its end, and everything that it started."""
    with tempfile.TemporaryDirectory(dir=scratch) as out:
        not_its_own = _children()
        began = time.perf_counter()
        process = _started(measured, Path(out))
        used = [_waited_for(process, measured.right)]
        seconds = time.perf_counter() - began
        while orphans := _children() - not_its_own:
            used.append(os.wait4(orphans.pop(), 0)[2])
    return Spent(
        round(seconds, 4),
        round(sum(usage.ru_utime + usage.ru_stime for usage in used), 4),
        max(usage.ru_maxrss for usage in used) << 10,
    )


def _started(measured: Measured, out: Path) -> subprocess.Popen[bytes]:
    """Start a command: ours in the project, theirs in a folder where nothing of ours is found."""
    trivial = measured.name in (CHECK50_TRIVIAL, HTML_TRIVIAL)
    if trivial:
        shutil.copytree(TRIVIAL, out, dirs_exist_ok=True)
    return subprocess.Popen(
        list(map(str, measured.words(out))),
        cwd=out if trivial else PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=(out / "stdout").open("wb"),
        stderr=(out / "stderr").open("wb"),
        env={**os.environ, "TMPDIR": str(out)} if trivial else None,
    )


def _waited_for(process: subprocess.Popen[bytes], right: Sequence[int]) -> os.struct_rusage:  # type: ignore[name-defined]
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in right:
        raise SystemExit(f"{process.args!r} ended with {process.returncode}: what it was to do was not done")
    return usage


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def watched(measured: Measured, scratch: Path, every: float = EVERY) -> tuple[Spent, int]:
    """What a run cost, and the bytes that the command and all below it held at once.

    Shared pages are counted once (PSS). It is sampled, so a lower bound, and the sampling itself takes time.
    """
    ended = threading.Event()
    peak = [0]

    def sample() -> None:
        while not ended.wait(every):
            peak[0] = max(peak[0], sum(map(_bytes_of, psutil.Process().children(recursive=True))))

    sampling = threading.Thread(target=sample)
    sampling.start()
    try:
        spent = spent_on(measured, scratch)
    finally:
        ended.set()
        sampling.join()
    return spent, peak[0]


def _bytes_of(process: psutil.Process) -> int:
    """Its proportional set size: proc(5), smaps_rollup."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


# ------------------------------------------------------------------ telling


def slope(few: Sequence[Spent], many: Sequence[Spent], copies: int) -> dict[str, float]:
    """What one more submission costs: twice as many cost so much more, start and reference left behind on both sides."""
    return {
        "seconds": median((b.seconds - a.seconds) / copies for a, b in zip(few, many, strict=True)),
        "core_seconds": median((b.core_seconds - a.core_seconds) / copies for a, b in zip(few, many, strict=True)),
    }


def ratio(ours: Sequence[Spent], theirs: Sequence[Spent]) -> dict[str, float]:
    """Ours to theirs, round by round."""
    pairs = list(zip(ours, theirs, strict=True))
    return {
        "seconds": median(a.seconds / b.seconds for a, b in pairs),
        "core_seconds": median(a.core_seconds / b.core_seconds for a, b in pairs),
        "largest": median(a.largest / b.largest for a, b in pairs),
    }


def machine() -> dict[str, object]:
    """What was measured on."""
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": model[0].partition(": ")[2] if model else platform.machine(),
        "memory_mb": psutil.virtual_memory().total >> 20,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "bubblewrap": shutil.which("bwrap") is not None,
        "load_before": round(os.getloadavg()[0], 2),
        **{name: version(name) for name in ("pytest", "pytest-html", "psutil", "msgspec")},
    }


def _version_of_check50() -> str:
    told = subprocess.run([THEIRS / "bin" / "check50", "--version"], capture_output=True, text=True, check=True)
    return told.stdout.split()[-1]


def summed_up(rounds: dict[str, list[Spent]], peaks: dict[str, int], measured: Sequence[Measured]) -> dict[str, object]:
    """All figures: every round, medians, ratios and slopes."""
    copies = measured[4].grades
    names = [one.name for one in measured]
    by_workers = {1: (names[4], names[6]), 2: (names[5], names[7])}
    grade, ours = names[0], names[1]
    return {
        "commands": {
            name: {
                "seconds": median(one.seconds for one in rounds[name]),
                "core_seconds": median(one.core_seconds for one in rounds[name]),
                "largest_process_mb": median(one.largest for one in rounds[name]) / 2**20,
                "whole_tree_mb": peaks[name] / 2**20,
                "submissions": one_of.grades,
                "rounds": [one._asdict() for one in rounds[name]],
            }
            for name, one_of in zip(names, measured, strict=True)
        },
        "one_more_submission": {
            f"{workers} workers": slope(rounds[few], rounds[many], copies)
            for workers, (few, many) in by_workers.items()
        },
        "two_workers_to_one": ratio(rounds[names[5]], rounds[names[4]]),
        "ours_to_theirs": {
            f"{us} / {them}": ratio(rounds[us], rounds[them])
            for us in (grade, ours)
            for them in (CHECK50_TRIVIAL, HTML_TRIVIAL)
        },
        "one_more_submission_to_check50": {
            f"{workers} workers": median(
                (b.seconds - a.seconds) / copies / them.seconds
                for a, b, them in zip(rounds[few], rounds[many], rounds[CHECK50_TRIVIAL], strict=True)
            )
            for workers, (few, many) in by_workers.items()
        },
    }


def table(figures: dict[str, object]) -> list[str]:
    """The figures, to read."""
    rows: dict[str, dict[str, float]] = figures["commands"]  # type: ignore[assignment]
    lines = [f"{'':36} {'wall s':>8} {'core s':>8} {'s each':>8} {'largest MB':>11} {'tree MB':>8}"]
    for name, row in rows.items():
        each = row["seconds"] / row["submissions"]
        lines.append(
            f"{name:36} {row['seconds']:8.2f} {row['core_seconds']:8.2f} {each:8.2f} "
            f"{row['largest_process_mb']:11.0f} {row['whole_tree_mb']:8.0f}"
        )
    lines.append("")
    for workers, cost in figures["one_more_submission"].items():  # type: ignore[attr-defined]
        lines.append(
            f"one more submission, {workers}: {cost['seconds']:.2f} s, {cost['core_seconds']:.2f} core-seconds"
        )
    two: dict[str, float] = figures["two_workers_to_one"]  # type: ignore[assignment]
    lines.append(f"2 workers to 1: {two['seconds']:.2f} of the time, {two['core_seconds']:.2f} of the core-seconds")
    lines.append("")
    for pair, times in figures["ours_to_theirs"].items():  # type: ignore[attr-defined]
        lines.append(
            f"{pair}: {times['seconds']:.1f} times the time, {times['core_seconds']:.1f} the core-seconds, "
            f"{times['largest']:.1f} the largest process"
        )
    for workers, times in figures["one_more_submission_to_check50"].items():  # type: ignore[attr-defined]
        lines.append(f"one more submission, {workers} / {CHECK50_TRIVIAL}: {times:.1f} times the time")
    return lines


def _counted(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def main() -> None:
    """Measure, print, file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=_counted, default=5, help="rounds (default: 5)")
    parser.add_argument("--copies", type=_counted, default=20, help="submissions of a batch (default: 20)")
    parser.add_argument("--json", type=Path, default=Path(__file__).with_name("latest.json"), help="file for figures")
    options = parser.parse_args()
    install_theirs()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    described = {**machine(), "check50": _version_of_check50()}
    with tempfile.TemporaryDirectory(prefix="forklab-benchmark-") as folder:
        scratch = Path(folder)
        scratch.chmod(0o755)
        measured = commands(options.copies, scratch)
        for one in measured[:4]:  # bytecode, page cache
            spent_on(one, scratch)
        rounds: dict[str, list[Spent]] = {one.name: [] for one in measured}
        for turn in range(options.runs):
            for one in measured[turn % len(measured) :] + measured[: turn % len(measured)]:
                rounds[one.name].append(spent_on(one, scratch))
                print(f"round {turn + 1}/{options.runs}: {one.name}: {rounds[one.name][-1].seconds:.2f} s", flush=True)
        peaks = {one.name: watched(one, scratch)[1] for one in measured}
    figures = summed_up(rounds, peaks, measured)
    print("\n" + "\n".join(table(figures)))
    options.json.write_text(json.dumps({"machine": described, "runs": options.runs, **figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
