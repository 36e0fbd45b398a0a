"""Temporary folders that a kill does not leave for ever.

TMPDIR/forklab-XXXX/             a run's room: locked while the run lives, swept by the next run if it was killed
TMPDIR/forklab-XXXX/forklab-YYYY/    whatever its workers need, wherever they die
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

PREFIX = "forklab-"
ROOM = "FORKLAB_ROOM"
"""Variable of the environment that tells a run's workers where its room is."""


def place() -> str:
    """Where temporary folders are made: TMPDIR, or what stands for it."""
    return os.environ.get(ROOM) or tempfile.gettempdir()


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """An empty folder that every user may pass through: in the run's room, if it has one; it goes at the end."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=os.environ.get(ROOM)))
        with contextlib.suppress(OSError):
            lock = _locked(path)
            break  # else a sweep was quicker than the lock, and has removed it
    try:
        path.chmod(0o755)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def _locked(path: Path) -> int:
    """A descriptor that holds a folder until it is closed, or its process ends: flock(2).

    Raises:
        OSError: somebody else holds it, or it is gone.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.stat(path)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def sweep() -> None:
    """Remove the folders of this user whose owners were killed."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}????????"):
        with contextlib.suppress(OSError):  # it is in use, or another sweep is at it
            if path.lstat().st_uid == os.geteuid():
                lock = _locked(path)
                shutil.rmtree(path, ignore_errors=True)
                os.close(lock)


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that a run makes once: in its room, else until this process ends.

    Args:
        make: fills an empty folder that every user may pass through; it may be called by two processes at once, and what
            the first of them made stays.
    """
    above = Path(os.environ.get(ROOM) or _until_we_end())
    path = above / name
    while not path.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=above))
        fresh.chmod(0o755)
        make(fresh)
        with contextlib.suppress(OSError):  # another one was faster
            fresh.rename(path)
    return path


def _until_we_end() -> Path:
    """A folder of this very process, and not of one that was forked from it."""
    if os.getpid() not in _OURS:
        until_we_end = contextlib.ExitStack()
        _OURS[os.getpid()] = until_we_end.enter_context(folder())
        owner = os.getpid()
        atexit.register(lambda: until_we_end.close() if os.getpid() == owner else None)
    return _OURS[os.getpid()]


_OURS: dict[int, Path] = {}


@contextlib.contextmanager
def room() -> Iterator[Path]:
    """A run's room: folders that are made while it lasts are made in it, by other processes of the run too."""
    sweep()
    try:
        with folder() as path:
            before = os.environ.get(ROOM)
            os.environ[ROOM] = str(path)
            try:
                yield path
            finally:
                del os.environ[ROOM]
                if before is not None:
                    os.environ[ROOM] = before
    finally:
        sweep()
