"""Measures what a class costs whose results are filed: index, class page, gradebook and a question, at thousands of submissions.

python benchmarks/many_results.py [--submissions N ...] [--results OUT] [--json FILE]

The results are the samples' own, graded once (or those of --results), filed under other names: each has a result.json of
its own, and pages and recordings are hard links. Every stage runs in a process of its own, so that the kernel tells its
largest memory; seconds are those of the stage, without the interpreter's start.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from grader import batch, grading, index, store
from grader.commands.filed import QUESTION
from grader.report.class_page import class_page


def ask(path: Path) -> list[tuple[str, int]]:
    """What `python -m grader index` gives as an example: how often each check was failed."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(QUESTION).fetchall()


STAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "index, from nothing": (index.INDEX, index.update),
    "index, nothing changed": (index.INDEX, index.update),
    "class page": (
        batch.INDEX,
        lambda out: (out / batch.INDEX).write_text(class_page(index.overview_in(out), title="Many", made="now")),
    ),
    "grades.csv": (
        batch.GRADES,
        lambda out: (out / batch.GRADES).write_bytes(store.gradebook(index.overview_in(out).standings)),
    ),
    "a question": (index.INDEX, lambda out: ask(out / index.INDEX)),
}
"""By name: the file that it makes, and what makes it."""


class Cost(NamedTuple):
    """What one stage cost.

    Args:
        seconds: by the wall clock.
        cpu: core-seconds, which a busy machine lengthens less.
        memory: the largest resident set, in bytes.
        size: of the file that it makes, in bytes.
    """

    seconds: float
    cpu: float
    memory: int
    size: int


def multiply(originals: Path, out: Path, number: int) -> None:
    """File so many submissions, whose results are in turn those of a results folder."""
    folders = sorted(path.parent for path in originals.glob(f"*/{store.RESULT}"))
    texts = [(folder / store.RESULT).read_bytes() for folder in folders]
    for n in range(number):
        folder, text = folders[n % len(folders)], texts[n % len(folders)]
        name = f"student{n:06}"
        there = out / name
        there.mkdir(parents=True)
        (there / store.RESULT).write_bytes(text.replace(json.dumps(folder.name).encode(), f'"{name}"'.encode(), 1))
        for linked in (store.PAGE, store.RECORDINGS):
            os.link(folder / linked, there / linked)


def measured(stage: str, out: Path) -> Cost:
    """Run one stage in a process of its own."""
    with subprocess.Popen([sys.executable, __file__, "--stage", stage, str(out)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        seconds, cpu = map(float, process.stdout.read().split())
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{stage} failed")
    return Cost(seconds, cpu, used.ru_maxrss << 10, (out / STAGES[stage][0]).stat().st_size)


def costs_of(originals: Path, number: int) -> Iterator[tuple[str, Cost]]:
    """Every stage, at so many submissions."""
    with tempfile.TemporaryDirectory(prefix="forklab-many-", dir=originals.parent) as room:
        out = Path(room)
        began = time.perf_counter()
        multiply(originals, out, number)
        print(f"{number:,} submissions filed in {time.perf_counter() - began:.1f} s", flush=True)
        for stage in STAGES:
            yield stage, measured(stage, out)


def row(stage: str, number: int, cost: Cost, least: Cost, of: int) -> str:
    """One line of the table; its last columns compare one submission's cost with that in the smallest class."""
    ratios = [(cost.cpu / number) / (least.cpu / of), (cost.size / number) / (least.size / of)]
    return (
        f"{stage:24}{number:9,}{cost.seconds:9.2f} s{cost.cpu:9.2f} s{cost.memory / 1e6:9.0f} MB{cost.size / 1e6:9.2f} MB"
        + "".join(f"{ratio:8.2f}" for ratio in ratios)
    )


def main() -> None:
    """Measure, print, file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--submissions", type=int, nargs="*", default=[1000, 3000, 10_000], metavar="N")
    parser.add_argument("--results", type=Path, default=Path("build/samples"), help="results folder to multiply")
    parser.add_argument("--json", type=Path, help="file for figures")
    parser.add_argument("--stage", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        began, cpu = time.perf_counter(), time.process_time()
        STAGES[options.stage[0]][1](Path(options.stage[1]))
        print(time.perf_counter() - began, time.process_time() - cpu)
        return
    originals = options.results.resolve()
    if not (originals / batch.INDEX).exists():
        command = [sys.executable, "-m", "grader", "grade", str(grading.SAMPLES), "--out", str(originals)]
        subprocess.run(command, check=True)
    words = ("wall", "cores", "memory", "file", "time", "bytes: 1 is linear")
    print(f"{'':33}" + "".join(f"{word:>{width}}" for word, width in zip(words, (11, 11, 12, 12, 8, 20), strict=True)))
    found: dict[str, dict[int, Cost]] = {}
    for number in options.submissions:
        for stage, cost in costs_of(originals, number):
            costs = found.setdefault(stage, {})
            costs[number] = cost
            of, least = next(iter(costs.items()))
            print(row(stage, number, cost, least, of), flush=True)
    if options.json:
        figures = {stage: {str(n): cost._asdict() for n, cost in costs.items()} for stage, costs in found.items()}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
