"""Measures batches: how they grow with submissions and workers, what the whole tree holds, and what attacks cost others.

python -m benchmarks.batches [--sizes N ...] [--workers N ...] [--copies N] [--attacks N] [--sample PATH] [--to FOLDER]

sizes      so many copies of one sample, by two workers          one submission's cost must not grow with the class
workers    the same copies by 1, 2 and 4 workers                 two workers on two cores should take half the time
hostile    three innocents alone, then amid all of tests/hostile  they keep their points, in no more than twice the time

Everything is printed, filed as batches.json and drawn as batches.svg. Each batch is a command of its own, whole: with
the interpreter's start, the reference's grade, pages and fsync.
"""

from __future__ import annotations

import argparse
import ctypes
import html
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.compare import PR_SET_CHILD_SUBREAPER, PROJECT, Measured, Spent, machine, watched
from grader import store
from grader.commands import GRADED, NOT_ALL_GRADED
from tests.attacks import Attack, attacks, canaries, submission_of

EVERY = 0.25
"""Seconds between two samples of a batch's memory: it lasts for minutes, and to sample costs a core some milliseconds."""
WORKERS = 2
INNOCENTS = ("g_innocent", "m_innocent", "s_innocent")
"""Submissions are graded by name: these come amid the attacks, whose names begin with letters from a to w."""
TIMES_ALONE = 2.0
"""An innocent takes no more amid attacks than so many times its time alone."""


class Batch(NamedTuple):
    """A batch that was measured.

    Args:
        spent: seconds and core-seconds of the whole command.
        tree: bytes that all its processes held at once.
    """

    name: str
    submissions: int
    workers: int
    spent: Spent
    tree: int

    @property
    def each(self) -> float:
        """Seconds for one submission, the command's start included."""
        return self.spent.seconds / self.submissions

    def as_json(self) -> dict[str, object]:
        """All figures of it."""
        return {
            "submissions": self.submissions,
            "workers": self.workers,
            "seconds": self.spent.seconds,
            "core_seconds": self.spent.core_seconds,
            "seconds_each": round(self.each, 4),
            "largest_process_mb": round(self.spent.largest / 2**20, 1),
            "whole_tree_mb": round(self.tree / 2**20, 1),
        }


class Innocent(NamedTuple):
    """A right submission, alone with its like and amid attacks: seconds and score of each."""

    name: str
    alone: float
    amid: float
    score_alone: float
    score_amid: float

    @property
    def is_as_well_off(self) -> bool:
        """The points are kept, and the time is not more than doubled."""
        return self.score_amid == self.score_alone and self.amid <= TIMES_ALONE * self.alone


# ------------------------------------------------------------------ the classes


def class_of(copies: int, sample: Path, room: Path) -> Path:
    """A folder of so many copies of one submission."""
    folder = room / f"class-of-{copies}"
    for index in range(copies):
        copy = folder / f"copy-{index:04}"
        if not copy.exists():
            shutil.copytree(sample, copy, ignore=shutil.ignore_patterns("__pycache__", "checks", "*.json"))
    return folder


def innocents_in(folder: Path, sample: Path) -> Path:
    """The innocents, put into a folder."""
    for name in INNOCENTS:
        shutil.copytree(sample, folder / name, ignore=shutil.ignore_patterns("__pycache__", "checks", "*.json"))
    return folder


# ------------------------------------------------------------------ measuring


def grading_of(folder: Path, count: int, workers: int, keep: Path | None = None) -> Measured:
    """The command that grades a folder; its results are kept, or go with it."""

    def words(out: Path) -> Sequence[str | Path]:
        results = keep or out / "results"
        return [sys.executable, "-m", "grader", "grade", folder, "--out", results, "--jobs", str(workers)]

    return Measured(f"{count} by {workers}", words, count, (GRADED, NOT_ALL_GRADED))  # an attack may need a human


def measured(folder: Path, count: int, workers: int, room: Path, keep: Path | None = None) -> Batch:
    """Grade a folder, and watch what it costs."""
    command = grading_of(folder, count, workers, keep)
    spent, tree = watched(command, room, EVERY)
    batch = Batch(f"{count} by {workers} worker" + ("s" if workers > 1 else ""), count, workers, spent, tree)
    print(row(batch), flush=True)
    return batch


def in_hostile_company(chosen: Sequence[Attack], sample: Path, room: Path) -> tuple[list[Innocent], list[str]]:
    """The innocents alone and amid attacks, and the harm that was done outside of the boxes."""
    alone, amid = innocents_in(room / "alone", sample), innocents_in(room / "amid", sample)
    with canaries() as aimed_at:
        for attack in chosen:
            with submission_of(attack, aimed_at) as submission:
                shutil.copytree(submission.path, amid / attack.name, symlinks=True)
        for folder in (alone, amid):
            measured(folder, len(list(folder.iterdir())), WORKERS, room, room / f"results-{folder.name}")
        harm = aimed_at.harmed()
    return [_innocent(name, room) for name in INNOCENTS], harm


def _innocent(name: str, room: Path) -> Innocent:
    reports = [store.result_in(room / f"results-{company}" / name) for company in ("alone", "amid")]
    if None in reports:
        raise SystemExit(f"{name} has no result: it was lost among the attacks")
    one, other = (report for report in reports if report)
    return Innocent(name, one.seconds, other.seconds, one.score, other.score)


# ------------------------------------------------------------------ telling


HEAD = f"{'':22}{'wall s':>9}{'core s':>9}{'s each':>8}{'largest MB':>12}{'tree MB':>9}"


def row(batch: Batch) -> str:
    """One line of the table."""
    spent = batch.spent
    return (
        f"{batch.name:22}{spent.seconds:9.2f}{spent.core_seconds:9.2f}{batch.each:8.2f}"
        f"{spent.largest / 2**20:12.0f}{batch.tree / 2**20:9.0f}"
    )


def ratios(batches: Sequence[Batch], of: Callable[[Batch], float]) -> list[float]:
    """Each to the first."""
    return [round(of(batch) / of(batches[0]), 3) for batch in batches]


def told(sizes: Sequence[Batch], workers: Sequence[Batch], innocents: Sequence[Innocent], harm: list[str]) -> list[str]:
    """The ratios, in sentences."""
    lines = [
        f"{batch.name}: {time:.2f} of the time for each, {memory:.2f} of the memory, compared with {sizes[0].name}"
        for batch, time, memory in zip(
            sizes[1:],
            ratios(sizes, lambda batch: batch.each)[1:],
            ratios(sizes, lambda batch: batch.tree)[1:],
            strict=True,
        )
    ]
    lines += [
        f"{batch.name}: {time:.2f} of the time of {workers[0].name}"
        for batch, time in zip(workers[1:], ratios(workers, lambda batch: batch.spent.seconds)[1:], strict=True)
    ]
    lines += [
        f"{one.name}: {one.amid / one.alone:.2f} times its time alone, {one.score_amid:g} points, alone {one.score_alone:g}"
        + ("" if one.is_as_well_off else ": WORSE OFF")
        for one in innocents
    ]
    return [*lines, *(f"HARM: {what}" for what in harm)]


_ROW, _LEFT, _BAR, _WIDTH = 26, 190, 380, 720


def chart(rows: Iterable[tuple[str, list[tuple[str, float, str]]]]) -> str:
    """Bars in groups, each group with a scale of its own: a title, then label, length and what is written beside it."""
    parts, y = [], 8
    for title, bars in rows:
        y += _ROW
        parts.append(f'<text x="8" y="{y}" font-weight="bold">{html.escape(title)}</text>')
        longest = max((length for _, length, _ in bars), default=0) or 1
        for label, length, beside in bars:
            y += _ROW
            width = _BAR * length / longest
            parts += [
                f'<text x="{_LEFT - 8}" y="{y}" text-anchor="end">{html.escape(label)}</text>',
                f'<rect x="{_LEFT}" y="{y - 13}" width="{width:.1f}" height="16" fill="#2a6f97"/>',
                f'<text x="{_LEFT + width + 6:.1f}" y="{y}">{html.escape(beside)}</text>',
            ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y + 16}" role="img" font-family="sans-serif" '
        f'font-size="13"><title>Batches</title><rect width="{_WIDTH}" height="{y + 16}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def groups(
    sizes: Sequence[Batch], workers: Sequence[Batch], innocents: Sequence[Innocent]
) -> list[tuple[str, list[tuple[str, float, str]]]]:
    """What is drawn."""
    by_size = [(one.name, one.each, f"{one.each:.2f} s") for one in sizes]
    memory = [(one.name, float(one.tree), f"{one.tree / 2**20:.0f} MB") for one in sizes]
    by_workers = [(one.name, one.spent.seconds, f"{one.spent.seconds:.1f} s") for one in workers]
    company = [
        (f"{one.name}, {where}", seconds, f"{seconds:.2f} s, {score:g} points")
        for one in innocents
        for where, seconds, score in (("alone", one.alone, one.score_alone), ("amid attacks", one.amid, one.score_amid))
    ]
    named = {
        "Seconds for one submission": by_size,
        "Memory of the whole tree": memory,
        "Seconds for the batch": by_workers,
        "Innocents among attacks": company,
    }
    return [(title, bars) for title, bars in named.items() if bars]


# ------------------------------------------------------------------ the command


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, file; 1 if an innocent is worse off, or something outside was harmed."""
    options = _options(arguments)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    described = machine()
    innocents: list[Innocent] = []
    harm: list[str] = []
    with tempfile.TemporaryDirectory(prefix="forklab-batches-") as name:
        room = Path(name)
        room.chmod(0o755)
        print(HEAD)
        sizes = [measured(class_of(n, options.sample, room), n, WORKERS, room) for n in options.sizes]
        copies = options.copies
        folder = class_of(copies, options.sample, room)
        workers = [measured(folder, copies, n, room) for n in options.workers]
        if chosen := attacks()[: options.attacks]:
            innocents, harm = in_hostile_company(chosen, options.sample, room)
    print("\n" + "\n".join(told(sizes, workers, innocents, harm)))
    figures = {
        "machine": described,
        "sizes": {batch.name: batch.as_json() for batch in sizes},
        "workers": {batch.name: batch.as_json() for batch in workers},
        "time_for_each_to_the_smallest": ratios(sizes, lambda batch: batch.each),
        "time_to_one_worker": ratios(workers, lambda batch: batch.spent.seconds),
        "innocents": {one.name: {**one._asdict(), "ratio": round(one.amid / one.alone, 3)} for one in innocents},
        "harm": harm,
    }
    options.to.mkdir(parents=True, exist_ok=True)
    (options.to / "batches.json").write_text(json.dumps(figures, indent=1) + "\n")
    (options.to / "batches.svg").write_text(chart(groups(sizes, workers, innocents)))
    return int(bool(harm) or not all(one.is_as_well_off for one in innocents))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.batches", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 100, 1000], metavar="N", help="copies of a batch")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4], metavar="N", help="workers of a batch")
    parser.add_argument("--copies", type=int, default=20, metavar="N", help="copies for those (default: 20)")
    parser.add_argument(
        "--attacks", type=int, default=None, metavar="N", help="the first N alone; 0: none (default: all)"
    )
    parser.add_argument("--sample", type=Path, default=PROJECT / "examples" / "submissions" / "ada", metavar="PATH")
    parser.add_argument(
        "--to", type=Path, default=PROJECT / "benchmarks", metavar="FOLDER", help="for figures and chart"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
