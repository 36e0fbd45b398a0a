"""A server that is forked off a seed finds what one finds that was started for itself, and nobody sees the seed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from grader import scratch
from grader.apparatus.sandbox.box import Box
from tests.apparatus import boxes

pytestmark = pytest.mark.usefixtures("room")
TELLS_ALL = """
import sys
loaded = sorted(sys.modules)
import gc, json, os, resource, signal, threading
def of_signals():
    return {number.name: str(signal.getsignal(number)) for number in signal.valid_signals() if hasattr(number, "name")}
def of_proc(name, read):
    try:
        return read("/proc/self/" + name)
    except OSError:  # Landlock
        return ""
def text(path):
    with open(path) as file:
        return file.read()
status = dict(line.split(":\\t", 1) for line in of_proc("status", text).splitlines() if ":\\t" in line)
told = {
    "flags": str(sys.flags), "argv": sys.argv, "orig_argv": sys.orig_argv, "path": sys.path, "executable": sys.executable,
    "names": sorted(globals().keys() - {"loaded", "of_signals", "of_proc", "text", "status", "told"}), "file": __file__,
    "frames": sys._getframe().f_back is None, "hooks": str((sys.excepthook, sys.displayhook)),
    "environment": dict(os.environ),
    "descriptors": sorted(of_proc("fd", os.listdir)), "next": os.open(".", os.O_RDONLY), "folder": os.getcwd(), "mask": os.umask(0o22),
    "session": os.getsid(0) == os.getpid(), "group": os.getpgrp() == os.getpid(), "child_of": os.getppid(),
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")},
    "signals": of_signals(), "wakeup": signal.set_wakeup_fd(-1),
    "kernel": {name: status.get(name) for name in ("Name", "Uid", "Gid", "Groups", "SigBlk", "SigIgn", "SigCgt", "ShdPnd", "CapInh",
               "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Threads")},
    "command": of_proc("cmdline", text), "threads": len(threading.enumerate()), "frozen": gc.get_freeze_count(),
    "streams": [[stream.encoding, stream.errors, stream.line_buffering, stream.write_through, stream.isatty(),
                 stream.mode, stream.name] for stream in (sys.stdin, sys.stdout, sys.stderr)],
}
print(json.dumps([told, loaded]), flush=True)
import helper
print(helper.__file__, sys.argv)
def falls():
    raise SystemExit(open("nowhere"))
falls()
"""


@pytest.fixture
def programs() -> Iterator[Path]:
    """A submission that tells all that it finds, and one that waits."""
    with scratch.folder() as folder:
        (folder / "tells.py").write_text(TELLS_ALL)
        (folder / "helper.py").write_text("")
        (folder / "waits.py").write_text("import time\nprint('here', flush=True)\ntime.sleep(600)\n")
        yield folder


def said_by(
    box: Box, program: str, *, seeded: bool, more: Mapping[str, str] = MappingProxyType({}), **options: Any
) -> tuple[int, str, str]:
    """A program's pid and what it writes to both streams until it closes them or, where it stays, has said a line."""
    out, err = os.pipe(), os.pipe()
    environment = {"PORT": "8888", "DELAY": "0.25", **more}
    pid = box.start(program, environment=environment, outputs=(out[1], err[1]), seeded=seeded, **options)
    os.close(out[1])
    os.close(err[1])
    with os.fdopen(out[0]) as said, os.fdopen(err[0]) as complained:
        if program == "waits.py":
            return pid, said.readline(), ""
        return pid, said.read(), complained.read()


@pytest.mark.parametrize("make", boxes.EVERY)
def test_a_server_finds_what_it_would_find(make: Callable[[Path], Box], programs: Path) -> None:
    """Flags, arguments, path, environment, descriptors, limits, signals, user, streams, traceback: all the same."""
    with make(programs) as box:
        said_by(box, "tells.py", seeded=True)
        _, said, complained = said_by(box, "tells.py", seeded=True, descriptors=40)
        _, expected, complaint = said_by(box, "tells.py", seeded=False, descriptors=40)
    (told, loaded), rest = json.loads(said.splitlines()[0]), said.splitlines()[1:]
    (wanted, wanted_loaded), wanted_rest = json.loads(expected.splitlines()[0]), expected.splitlines()[1:]
    assert told == wanted
    assert (rest, complained) == (wanted_rest, complaint)
    assert "FileNotFoundError" in complaint
    assert {name.partition(".")[0] for name in set(loaded) - set(wanted_loaded)} & {
        "seed",
        "json",
        "threading",
    } == set()
    assert set(wanted_loaded) <= set(loaded)


@pytest.mark.parametrize("make", boxes.EVERY)
def test_one_seed_serves_every_start(make: Callable[[Path], Box], programs: Path) -> None:
    """It outlives the end of all servers, and is none of the box's processes."""
    with make(programs) as box:
        seen: list[int] = []
        for _ in range(3):
            pid, *_ = said_by(box, "waits.py", seeded=True)
            assert box.pids() == [pid]
            box.clear()
            assert box.pids() == []
            seen += box._seeds
    assert [*map(seen[0].__eq__, seen)] == [True] * 3


@pytest.mark.parametrize("make", boxes.EVERY)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_a_seed_may_be_ended_or_stopped(make: Callable[[Path], Box], number: signal.Signals, programs: Path) -> None:
    """A program may signal whomever it sees: the next one is started all the same."""
    with make(programs) as box:
        said_by(box, "waits.py", seeded=True)
        for seed in {*box._seeds}:
            box.signal(seed, number)
        box.clear()
        pid, said, _ = said_by(box, "waits.py", seeded=True)
        assert (said, box.pids()) == ("here\n", [pid])


@pytest.mark.parametrize("make", boxes.EVERY)
def test_a_module_of_the_programs_own_comes_first(make: Callable[[Path], Box], programs: Path) -> None:
    """A file that is called like something that the seed has loaded: the program is started anew, and finds its own."""
    (programs / "selectors.py").write_text("from select import *\nprint('mine')\nclass DefaultSelector: pass\n")
    (programs / "imports.py").write_text("import selectors\n")
    with make(programs) as box:
        assert [said_by(box, "imports.py", seeded=True)[1] for _ in range(2)] == ["mine\n", "mine\n"]


@pytest.mark.parametrize("make", boxes.EVERY)
@pytest.mark.parametrize("own", ["helper.py", "resource.py"])
def test_accept_is_interrupted_all_the_same(make: Callable[[Path], Box], own: str, programs: Path) -> None:
    """Off a seed, and where the program is started anew for a module of its own: the check hangs on it."""
    (programs / own).write_text("")
    (programs / "accepts.py").write_text(
        "import socket\nwith socket.create_server(('127.0.0.1', 0)) as server:\n server.settimeout(5)\n"
        " try: server.accept()\n except InterruptedError as error: print(error.args)\n"
    )
    with make(programs) as box:
        _, said, _ = said_by(box, "accepts.py", seeded=True, shimmed=True, more={"FORKLAB_EINTR": "1"})
    assert said == "(4, 'Interrupted system call')\n"
