"""What this machine can and can't do, and the command that mends it."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import NamedTuple

import psutil

from grader import ports
from grader.apparatus.sandbox import seccomp
from grader.apparatus.sandbox.choosing import BOXES, NoBox, choose, why_unfit
from grader.apparatus.sandbox.uids import can_look_into_another_users_processes
from grader.model import TRACKS

ENOUGH_MEMORY = 1 << 30
CONTAINS = {
    "bubblewrap": "files, processes, network, IPC and users of its own; limits on memory, processes, files and output",
    "landlock": "the submission's files alone, no connection or signal out, the same limits; ports are shared, so one "
    "submission at a time (what it can't hold: docs/sandbox.md)",
}
"""What a tier keeps in, by its name."""


class Finding(NamedTuple):
    """One thing that was looked at.

    Args:
        needed: without it nothing can be graded here.
        mend: a command that changes it; "" where there is nothing to mend or no command.
    """

    about: str
    good: bool
    needed: bool
    told: str
    mend: str = ""


def examine() -> list[Finding]:
    """Look at everything that grading needs."""
    return [
        *(_system(), _python(), _proc(), *map(_tier, BOXES), _box(), _filter(), _memory(), _load()),
        *map(_port, (track.port for track in TRACKS)),
    ]


def _system() -> Finding:
    told = f"{platform.system()} {platform.release()} on {platform.machine()}"
    return Finding("system", platform.system() == "Linux", True, told)


def _python() -> Finding:
    return Finding("Python", sys.version_info >= (3, 11), True, platform.python_version())


def _proc() -> Finding:
    """proc(5): a thread's system call can be read by its tracer-to-be only."""
    scope = Path("/proc/sys/kernel/yama/ptrace_scope")
    value = scope.read_text().strip() if scope.exists() else "0"
    good = value in ("0", "1") or os.geteuid() == 0
    mend = "" if good else "sudo sysctl -w kernel.yama.ptrace_scope=1"
    return Finding("looking into processes", good, True, f"ptrace_scope is {value}", mend)


def _tier(name: str) -> Finding:
    about = f"{name} box"
    try:
        unfit = why_unfit(name)
    except NoBox as error:
        return Finding(about, False, False, str(error))
    if unfit:
        return Finding(about, False, False, unfit.why, unfit.mend)
    whom = "users of their own" if _runs_as_another(name) else "the user who grades, without capabilities"
    told = f"{CONTAINS[name]}; programs run as {whom}; a canary in it could do nothing that it must not"
    return Finding(about, True, False, told)


def _runs_as_another(name: str) -> bool:
    return os.geteuid() == 0 if name == "bubblewrap" else can_look_into_another_users_processes()


def _box() -> Finding:
    try:
        tier = choose("auto")
    except NoBox as error:
        return Finding("sandbox", False, False, str(error))
    if tier.holds_others_code:
        return Finding("sandbox", True, False, f"{tier.name} is what --sandbox auto takes")
    told = "none to be had: other people's programs are refused unless --sandbox none is said; one's own run as oneself"
    return Finding("sandbox", False, False, told)


def _filter() -> Finding:
    known = bool(seccomp.deny_list())
    told = "filtered" if known else f"no filter is known for {platform.machine()}; the namespaces hold all the same"
    return Finding("system calls", known, False, told)


def _memory() -> Finding:
    free = psutil.virtual_memory().available
    return Finding("memory", free >= ENOUGH_MEMORY, False, f"{free >> 20} MB free for {os.cpu_count()} cores")


def _load() -> Finding:
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    told = f"{load:.1f} on {cores} cores" + ("; grading is slower, and as true" if load > cores else "")
    return Finding("load", True, False, told)


def _port(port: int) -> Finding:
    """Only a run without a box shares the machine's ports."""
    holder = ports.holder_of(port)
    if not holder:
        return Finding(f"port {port}", True, False, "free")
    return Finding(f"port {port}", False, False, f"in use by {holder}; a run without bubblewrap needs it")
