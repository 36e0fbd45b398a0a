"""Folders that a hostile program may have filled: measured and emptied, however deep and whatever their modes."""

from __future__ import annotations

import itertools
import os
from contextlib import suppress
from pathlib import Path

from grader.apparatus.sandbox.box import Kept
from grader.apparatus.sandbox.limits import FILES

_BLOCK = 512
"""Bytes of the unit of `st_blocks`, stat(2)."""


def empty(folder: Path) -> None:
    """Remove all that lies in a folder; nothing is followed, and no depth of folders is too much.

    What lies in a folder within it is moved up before that one is removed: no path grows long, and nothing recurs.
    """
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    names = itertools.count()
    try:
        while entries := os.listdir(here):
            for name in entries:
                try:
                    os.unlink(name, dir_fd=here)
                except (IsADirectoryError, PermissionError):  # POSIX has EPERM for a folder, Linux EISDIR
                    _move_up(here, name, names)
    finally:
        os.close(here)


def _move_up(here: int, name: str, names: itertools.count[int]) -> None:
    """Remove a folder; what lies in it is then in the folder above."""
    os.chmod(name, 0o700, dir_fd=here)
    below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
    try:
        for entry in os.listdir(below):
            try:
                os.unlink(entry, dir_fd=below)
            except (IsADirectoryError, PermissionError):
                os.chmod(entry, 0o700, dir_fd=below)  # a folder that moves must be writable: its `..` changes
                os.rename(entry, _free_name(here, names), src_dir_fd=below, dst_dir_fd=here)
    finally:
        os.close(below)
    os.rmdir(name, dir_fd=here)


def _free_name(here: int, names: itertools.count[int]) -> str:
    taken = set(os.listdir(here))
    return next(name for number in names if (name := f"moved-{number}") not in taken)


def kept_in(*paths: Path) -> Kept:
    """Files and folders at and beneath some paths, and their bytes on the disk; counting stops above the limit."""
    todo = list(paths)
    files = used = 0
    while todo and files <= FILES:
        with suppress(OSError):  # it went while we looked, or it is no folder
            status = os.lstat(todo[-1])
            used += status.st_blocks * _BLOCK
            files += 1
        path = todo.pop()
        with suppress(OSError), os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    todo.append(Path(entry.path))
                    continue
                files += 1
                used += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
    return Kept(files, used)
