"""Attacks on the grader, what they are aimed at, and what is looked at from outside when they are over.

    # tries: reads a file outside
    # holds: bubblewrap landlock          the tiers that claim to hold it
    # gap: landlock: one sentence         why a tier does not
    # checks: blocking/listens            whose scenes are played besides
    # seconds: 3                          the submission's time limit, where that must end it
    # told: more than 100 processes       what the student's page must say of it, as a pattern

heads a file of `hostile/`, or the program of a folder in it. What an attack gets it prints: `got: ...`.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from grader import grading, scratch
from grader.submission import Submission

FOLDER = Path(__file__).parent / "hostile"
PROGRAM = "blocking_server.py"
TIERS = ("bubblewrap", "landlock")
_HEADER = re.compile(r"^# (tries|holds|told|gap|seconds|checks): (.*)$", re.MULTILINE)
_LIBC = ctypes.CDLL(None, use_errno=True)
_IPC_CREAT, _IPC_RMID = 0o1000, 0
MOST_MEMORY = 4 << 30
"""Bytes of the machine that may be used more than before: a gigabyte is the limit, and other tests run beside."""
MOST_DISK = 1 << 30


class Attack(NamedTuple):
    """One hostile submission.

    Args:
        holds: the tiers that claim to hold it.
        gaps: by tier, why it does not.
        told: what the student's page says of it; "" where it need not.
        seconds: time limit of the submission.
        checks: ids of checks whose scenes are played besides.
    """

    path: Path
    tries: str
    holds: tuple[str, ...]
    gaps: dict[str, str]
    told: str
    seconds: float
    checks: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of its file or folder."""
        return self.path.stem


def attacks() -> list[Attack]:
    """All there are, by name."""
    paths = sorted(path for path in FOLDER.iterdir() if path.suffix == ".py" or (path / PROGRAM).is_file())
    return [_attack(path) for path in paths]


def _attack(path: Path) -> Attack:
    found = _HEADER.findall((path if path.is_file() else path / PROGRAM).read_text("utf-8"))
    header = dict(found)
    gaps = dict(said.split(": ", 1) for kind, said in found if kind == "gap")
    return Attack(
        path,
        header["tries"],
        tuple(header["holds"].split()),
        gaps,
        header.get("told", ""),
        float(header.get("seconds", 100)),
        tuple(header.get("checks", "").split()),
    )


def table() -> str:
    """Attack by tier, as `docs/sandbox.md` has it; `python tests/attacks.py` prints it."""
    there = attacks()
    held = {tier: sum(tier in attack.holds for attack in there) for tier in TIERS}
    rows = [
        "| a submission that | " + " | ".join(TIERS) + " | none |",
        "|---|" + "---|" * (len(TIERS) + 1),
        *(f"| {one.tries} | {' | '.join(_cell(one, tier) for tier in TIERS)} | no |" for one in there),
        f"| held of {len(there)} | " + " | ".join(str(held[tier]) for tier in TIERS) + " | 0 |",
    ]
    return "\n".join(rows)


def _cell(attack: Attack, tier: str) -> str:
    if tier not in attack.holds:
        return f"not held: {attack.gaps[tier]}"
    return "held" + (f", and told: “{attack.told.split('|', maxsplit=1)[0]}”" if attack.told else "")


class Canaries:
    """What attacks are aimed at, outside of every box: whoever reaches one leaves a trace."""

    def __init__(self, folder: Path, until_the_end: ExitStack) -> None:
        """Put them up; they are there until the stack is closed."""
        self._folder = folder
        self.token = secrets.token_hex(8)
        self.mark = f"host{secrets.token_hex(4)}"
        self._secret = folder / "secret"
        self._secret.write_text(self.token)
        self._kept = folder / "outside" / "kept"
        self._kept.parent.mkdir()
        self._kept.write_text("kept")
        folder.chmod(0o755)
        self._kept.chmod(0o644)
        self._as_it_was = os.stat(self._kept)
        self._named = folder / "named"
        kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM)
        name = f"forklab-hostile-{self.token}"
        self._reached: dict[str, socket.socket] = {
            "TCP": socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True),
            "UDP": _bound(socket.AF_INET6, socket.SOCK_DGRAM, ("::", 0)),
            "a socket with a path": _bound(socket.AF_UNIX, socket.SOCK_STREAM, str(self._named)),
            **{f"abstract {kind.name}": _bound(socket.AF_UNIX, kind, f"\0{name}{int(kind)}") for kind in kinds},
        }
        self._named.chmod(0o777)
        for one in self._reached.values():
            until_the_end.callback(one.close)
            one.setblocking(False)
        self._other = subprocess.Popen(["sleep", "1000"])
        until_the_end.callback(self._other.wait)
        until_the_end.callback(self._other.kill)
        self._key = secrets.randbelow(1 << 30)
        segment = _LIBC.shmget(self._key, 4096, _IPC_CREAT | 0o666)
        until_the_end.callback(_LIBC.shmctl, segment, _IPC_RMID, None)
        self.free = _a_free_port()
        self.targets = {
            "secret": str(self._secret),
            "kept": str(self._kept),
            "planted": str(folder / "planted"),
            "project": str(grading.PROJECT),
            "pid": self._other.pid,
            "grader": os.getpid(),
            "port": self._reached["TCP"].getsockname()[1],
            "udp": self._reached["UDP"].getsockname()[1],
            "name": name,
            "named": str(self._named),
            "key": self._key,
            "free": self.free,
            "mark": self.mark,
        }

    def harmed(self) -> list[str]:
        """What an attack has done outside, in words."""
        return [
            *(f"{what} was reached" for what, one in self._reached.items() if _somebody_came(one)),
            *(["the file was changed"] if self._kept_is_changed() else []),
            *(["a file was added"] if {path.name for path in self._kept.parent.iterdir()} != {"kept"} else []),
            *(["the grader's Python ran a file of the submission"] if (self._folder / "planted").exists() else []),
            *(["a process was ended"] if self._other.poll() is not None else []),
            *(["a process was stopped"] if psutil.Process(self._other.pid).status() == psutil.STATUS_STOPPED else []),
            *(f"pid {pid} was left" for pid in self._left()),
        ]

    def _kept_is_changed(self) -> bool:
        now = os.stat(self._kept)
        return (now.st_mode, now.st_mtime_ns, now.st_uid, now.st_size) != (
            self._as_it_was.st_mode, self._as_it_was.st_mtime_ns, self._as_it_was.st_uid, self._as_it_was.st_size,
        )  # fmt: skip

    def _left(self) -> list[int]:
        return [process.pid for process in psutil.process_iter(["name"]) if process.info["name"] == self.mark]


def _bound(family: int, kind: int, address: str | tuple[str, int]) -> socket.socket:
    one = socket.socket(family, kind)
    one.bind(address)
    if kind == socket.SOCK_STREAM:
        one.listen()
    return one


def _somebody_came(one: socket.socket) -> bool:
    try:
        if one.type == socket.SOCK_STREAM:
            one.accept()[0].close()
        else:
            one.recv(1)
    except BlockingIOError:
        return False
    return True


def _a_free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def canaries() -> Iterator[Canaries]:
    """Put the canaries up for as long as that lasts."""
    with ExitStack() as until_the_end:
        yield Canaries(until_the_end.enter_context(scratch.folder()), until_the_end)


@contextmanager
def submission_of(attack: Attack, aimed_at: Canaries) -> Iterator[Submission]:
    """The attack as a submission: its program for the first track, the reference's for the other."""
    with scratch.folder() as folder:
        shutil.copyfile(grading.REFERENCE / "forking_server.py", folder / "forking_server.py")
        if attack.path.is_dir():
            shutil.copytree(attack.path, folder, dirs_exist_ok=True)
        else:
            shutil.copyfile(attack.path, folder / PROGRAM)
        (folder / "targets.json").write_text(json.dumps(aimed_at.targets))
        yield Submission(attack.name, folder)


class Gauge:
    """How much of the machine's memory and disk was used at most while it watched, and whether somebody listened."""

    def __init__(self, port: int) -> None:
        """Nothing was seen yet.

        Args:
            port: nobody should listen on it.
        """
        self.memory = self.disk = 0
        self.somebody_listened = False
        self._listens = f":{port:04X} 00000000:0000 0A"
        self._over = threading.Event()
        self._watches = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        before = psutil.virtual_memory().available, _free_on_the_disk()
        while not self._over.is_set():
            self.memory = max(self.memory, before[0] - psutil.virtual_memory().available)
            self.disk = max(self.disk, before[1] - _free_on_the_disk())
            self.somebody_listened |= self._listens in Path("/proc/net/tcp").read_text()
            time.sleep(0.002)

    def __enter__(self) -> Gauge:
        self._watches.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watches.join()


def _free_on_the_disk() -> int:
    seen = os.statvfs(os.environ.get("TMPDIR", "/tmp"))
    return seen.f_bavail * seen.f_frsize


if __name__ == "__main__":
    print(table())
