"""Kills a batch at random moments, again and again, until all is graded: is anything lost, torn, done twice or left?

python benchmarks/kills.py [--kills N] [--submissions N] [--seed N] [--json FILE]

Whom it kills, by SIGKILL, is drawn anew each time: the batch, one of its workers, a box, or a tox around it. The batch is
started again whenever it has ended, as an instructor would, and its folder begun anew when all of it is graded. Exit 1
if anything is not as it should be.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from grader import grading, store

TOX = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-m', 'grader', *sys.argv[1:]]))"
"""What tox does for us: it starts the command and waits."""
VICTIMS = ("the batch", "a worker", "a box", "tox")
LONGEST = 8.0
"""Seconds of a batch's life in which the kill falls."""
PATIENCE = 120.0
"""Seconds for everything to be gone after a kill; a second is enough on an idle machine."""
SLOW = 6
"""Every so many submissions is a whole one; the others end at once, so that kills meet all stages of the work."""


class Wrong(NamedTuple):
    """Something that should not be."""

    kind: str
    what: str


def make_the_class(folder: Path, number: int) -> None:
    """So many submissions: right ones, and templates that are graded in a moment."""
    for index in range(number):
        source = grading.REFERENCE if index % SLOW == 0 else grading.TEMPLATE
        destination = folder / f"student-{index:03}"
        destination.mkdir(parents=True)
        for program in source.glob("*_server.py"):
            shutil.copyfile(program, destination / program.name)


def filed_in(out: Path) -> dict[str, tuple[int, int]]:
    """Each result: which file it is, and since when."""
    results = {path.parent.name: path.stat() for path in out.glob("*/result.json")}
    return {name: (status.st_ino, status.st_mtime_ns) for name, status in results.items()}


def what_is_wrong(before: dict[str, tuple[int, int]], out: Path, temporary: Path) -> Iterator[Wrong]:
    """Of the results folder and the temporary one, when nobody is at work."""
    after = filed_in(out)
    yield from (Wrong("lost", name) for name in before.keys() - after.keys())
    yield from (Wrong("graded twice", name) for name in before.keys() & after.keys() if before[name] != after[name])
    yield from (Wrong("torn", name) for name in after if store.result_in(out / name) is None)
    mounts = Path("/proc/self/mounts").read_text()
    yield from (Wrong("mount left", line) for line in mounts.splitlines() if str(temporary) in line)


def what_is_left(out: Path, temporary: Path) -> Iterator[Wrong]:
    """Files that a batch which ran to its end should have swept."""
    ours = [path for path in temporary.iterdir() if not path.name.startswith(("forklab-uids", "pymp-"))]
    yield from (Wrong("file left", str(path)) for path in (*ours, *out.glob(f"**/.*{store.TORN}")))


class Batch:
    """A batch that is under way."""

    def __init__(self, folder: Path, out: Path, temporary: Path, under_tox: bool) -> None:
        """Start it."""
        start = ["-c", TOX] if under_tox else ["-m", "grader"]
        environment = {**os.environ, "TMPDIR": str(temporary), **({"TOX_ENV_NAME": "grade"} if under_tox else {})}
        self.process = subprocess.Popen(
            [sys.executable, *start, "grade", str(folder), "--out", str(out), "--jobs", "2"],
            cwd=grading.PROJECT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.under_tox = under_tox

    def below(self) -> list[psutil.Process]:
        """Everything that it has started."""
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def victim(self, kind: str) -> psutil.Process | None:
        """A process of that kind; None where there is none at this moment."""
        if kind in ("the batch", "tox"):
            return psutil.Process(self.process.pid)
        named = [process for process in self.below() if _is_called("bwrap", process)]
        if kind == "a worker":
            named = [above for process in named if (above := _parent_of(process))]
        return random.choice(named) if named else None


def _is_called(name: str, process: psutil.Process) -> bool:
    try:
        return bool(process.name() == name)
    except psutil.NoSuchProcess:
        return False


def _parent_of(process: psutil.Process) -> psutil.Process | None:
    try:
        return process.parent()
    except psutil.NoSuchProcess:
        return None


def kill_once(folder: Path, out: Path, temporary: Path) -> tuple[str, bool, list[Wrong]]:
    """Start the batch, kill somebody, wait until all have gone; whom, whether all is graded now, and what was wrong."""
    kind = random.choice(VICTIMS)
    before = filed_in(out)
    batch = Batch(folder, out, temporary, under_tox=kind == "tox")
    try:
        batch.process.wait(timeout=random.uniform(0, LONGEST))
    except subprocess.TimeoutExpired:
        below = batch.below()
        victim = batch.victim(kind)
        if victim is None:
            kind, victim = "the batch", psutil.Process(batch.process.pid)
        victim.kill()
        if kind in ("a worker", "a box"):  # the batch must go on as if nothing had been
            batch.process.wait()
    else:
        kind, below = "nobody: it had ended", []
    _, told = batch.process.communicate()
    _, alive = psutil.wait_procs(below, timeout=PATIENCE)
    wrong = [Wrong("process left", str(process)) for process in alive]
    wrong += what_is_wrong(before, out, temporary)
    if "Traceback" in told:
        wrong.append(Wrong("traceback", told[-500:]))
    return kind, batch.process.returncode == 0, wrong


def main() -> int:
    """Kill, count, tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100, help="how many (default: 100)")
    parser.add_argument("--submissions", type=int, default=60, help="of the batch (default: 60)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of whom and when (default: the time)")
    parser.add_argument("--json", type=Path, help="file for figures")
    options = parser.parse_args()
    random.seed(options.seed)
    killed: collections.Counter[str] = collections.Counter()
    wrong: list[Wrong] = []
    wholes = 0
    with tempfile.TemporaryDirectory(prefix="k") as room:
        folder, out, temporary = (Path(room) / name for name in ("class", "out", "tmp"))
        temporary.mkdir()
        Path(room).chmod(0o755)
        make_the_class(folder, options.submissions)
        while (kills := sum(count for kind, count in killed.items() if kind in VICTIMS)) < options.kills:
            kind, whole, found = kill_once(folder, out, temporary)
            killed[kind] += 1
            wrong += found
            print(f"{kills + 1}/{options.kills}: {kind}; {len(filed_in(out))} graded", *found, flush=True)
            if whole:
                wholes += 1
                wrong += what_is_left(out, temporary)
                if len(filed_in(out)) != options.submissions:
                    wrong.append(
                        Wrong("lost", f"{options.submissions - len(filed_in(out))} of a batch that ended with 0")
                    )
                shutil.rmtree(out)
    counted = {kind: sum(one.kind == kind for one in wrong) for kind in dict.fromkeys(one.kind for one in wrong)}
    print(f"seed {options.seed}; killed: {dict(killed)}; batches graded whole: {wholes}; wrong: {counted or 0}")
    if options.json:
        figures = {"seed": options.seed, "killed": killed, "wholes": wholes, "wrong": wrong}
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
