"""A machine put under strain on purpose: endless loops beside the run, or a share of one core for all of it.

A share is a control group of ours with a quota: `cpu.max` of the unified hierarchy, `cpu.cfs_quota_us` of the old
one. The workers put themselves into it, and their boxes are born there; the busy loops stay outside.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from grader.workers import forkserver, leave_ending_to_the_main_process

PERIOD = 100_000
"""Microseconds in which a quota is to be had, the kernel's own default (sched-bwc)."""
LEAST_SHARE = 0.01
"""Of a core: the kernel takes no quota under a millisecond in such a period."""
OURS = "forklab-verify-"
PATIENCE_WITH_THE_KERNEL = 30.0
"""Seconds for processes that were killed to be gone, at a small share of a core."""


class NoShare(Exception):
    """This machine lets us limit nobody's processor time; the message says why and what mends it."""


@contextlib.contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """So many processes that do nothing but use a core; they end with this process, however it ends."""
    context = forkserver((__name__,))
    lifelines = [context.Pipe(duplex=False) for _ in range(count)]
    loops = [context.Process(target=_spin, args=(theirs,), name="forklab loop") for theirs, _ in lifelines]
    for loop in loops:
        loop.start()
    for theirs, _ in lifelines:
        theirs.close()
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.join()


def _spin(lifeline: Connection) -> None:
    leave_ending_to_the_main_process(lifeline)
    while True:
        pass


class Group(NamedTuple):
    """A control group that can be limited.

    Args:
        home: where this process is now.
        folder: in which ours is made.
        limit: its file, and what is written there for a quota of so many microseconds.
    """

    home: Path
    folder: Path
    limit: str
    words: str

    def quota(self, share: float) -> str:
        """What is written into the limit's file."""
        return self.words.format(quota=int(share * PERIOD), period=PERIOD)


def groups(mounts: str, own: str) -> Iterator[Group]:
    """Where a group of ours may be made, the nearest first.

    Args:
        mounts: /proc/self/mounts, proc(5).
        own: /proc/self/cgroup, cgroups(7).
    """
    paths = {controllers: path for _, controllers, path in (line.split(":", 2) for line in own.splitlines())}
    for _, where, kind, options, *_ in (line.split(" ") for line in mounts.splitlines()):
        if kind == "cgroup2" and "" in paths:
            inner = Path(where, paths[""].lstrip("/"))
            for folder in (inner, *inner.parents):
                if folder.is_relative_to(where) and _hands_on_the_processor(folder):
                    yield Group(inner, folder, "cpu.max", "{quota} {period}")
        if kind == "cgroup" and "cpu" in options.split(","):
            path = next((path for controllers, path in paths.items() if "cpu" in controllers.split(",")), "/")
            inner = Path(where, path.lstrip("/"))
            yield Group(inner, inner, "cpu.cfs_quota_us", "{quota}")


def _hands_on_the_processor(folder: Path) -> bool:
    """Groups within this one can be limited."""
    try:
        return "cpu" in (folder / "cgroup.subtree_control").read_text().split()
    except OSError:
        return False


@contextlib.contextmanager
def share_of_a_core(share: float | None) -> Iterator[Path | None]:
    """A control group whose processes get that share of one core, all together; see `enter`.

    Raises:
        NoShare: there is none to be had.
    """
    if share is None:
        yield None
        return
    group = _made(share)
    try:
        yield group
    finally:
        _remove(group)


def _made(share: float) -> Path:
    refused = "the kernel has no cpu controller here"
    for there in groups(Path("/proc/self/mounts").read_text(), Path("/proc/self/cgroup").read_text()):
        for left in there.folder.glob(f"{OURS}*"):  # of a run that was killed; what is in use stays
            with contextlib.suppress(OSError):
                left.rmdir()
        ours = there.folder / f"{OURS}{os.getpid()}"
        try:
            ours.mkdir()
            (ours / there.limit).write_text(there.quota(share))
            enter(ours)
            enter(there.home)
        except OSError as error:
            refused = f"{there.folder}: {error.strerror}"
            with contextlib.suppress(OSError):
                ours.rmdir()
            continue
        return ours
    raise NoShare(
        f"--cpu-share needs a control group that limits the processor ({refused}): run it as root, or leave --cpu-share "
        "away and put the whole run under: systemd-run --user --scope -p CPUQuota=10%"
    )


def enter(group: Path) -> None:
    """Put this process, with all its threads, into a control group."""
    (group / "cgroup.procs").write_text(str(os.getpid()))


def _remove(group: Path) -> None:
    """Wait for what was killed in it, and remove it."""
    until = time.monotonic() + PATIENCE_WITH_THE_KERNEL
    while True:
        try:
            return group.rmdir()
        except OSError:  # EBUSY: something in it has not ended yet
            if time.monotonic() > until:
                return None
            time.sleep(0.01)
