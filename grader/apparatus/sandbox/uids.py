"""Users that own nothing, one for each box of a root's run."""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
from pathlib import Path

FIRST = 2_000_000_000
"""Above the ranges that systemd and container managers hand out (systemd, UIDS-GIDS.md), below 2**31."""
UIDS = 512
CAP_SETGID, CAP_SETUID, CAP_SYS_PTRACE = 6, 7, 19


class PooledUid:
    """A uid that no other box uses now: RLIMIT_NPROC counts by uid. The lock goes with its owner's life."""

    def __init__(self) -> None:
        """Take one.

        Raises:
            OSError: none is free.
        """
        folder = Path(tempfile.gettempdir(), "forklab-uids")
        folder.mkdir(mode=0o700, exist_ok=True)
        for index in range(UIDS):
            self._lock = os.open(folder / str(index), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(self._lock)
                continue
            self.number = FIRST + index
            return
        raise OSError(f"all {UIDS} uids of the pool are in use: {folder}")

    def give_back(self) -> None:
        """Let the next box have it."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def can_look_into_another_users_processes() -> bool:
    """We are root, may take another user, and may read all of its /proc/PID: capabilities(7).

    A container's root often may not: Docker gives no CAP_SYS_PTRACE.
    """
    if os.geteuid() != 0:
        return False
    found = re.search(r"^CapEff:\s*([0-9a-f]+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    held = int(found[1], 16) if found else 0
    return all(held >> capability & 1 for capability in (CAP_SETGID, CAP_SETUID, CAP_SYS_PTRACE))
