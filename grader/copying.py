"""Copies a submission's files to where a box may show them: regular files only, within limits."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from grader.archives.limits import MB, in_mb
from grader.submission import PROGRAMS, is_left_out
from grader.wording import filed

MOST_FILES = 200
MOST_BYTES = 8 * MB
MOST_DEPTH = 6
_WORDS = {
    stat.S_IFLNK: filed("is a symbolic link"),
    stat.S_IFIFO: filed("is a FIFO"),
    stat.S_IFSOCK: filed("is a socket"),
    stat.S_IFCHR: filed("is a device"),
    stat.S_IFBLK: filed("is a device"),
}


def copy(submission: Path, destination: Path) -> dict[str, str]:
    """Copy a submission's regular files, readable for every user; nothing is followed, nothing is run.

    Links, devices, FIFOs and what goes over a limit are refused; the programs come first.

    Returns:
        By relative path, why a file was not copied: the end of a sentence that begins with the path.
    """
    refused: dict[str, str] = {}
    left = [MOST_FILES, MOST_BYTES]
    destination.mkdir(mode=0o755, parents=True, exist_ok=True)
    destination.chmod(0o755)
    _copy_folder(submission, destination, Path(), refused, left)
    return refused


def copy_part(source: Path, destination: Path, left: list[int], most: int) -> str:
    """Copy one regular file into a folder of ours, as it is called; why not, or "".

    Args:
        left: files and bytes that may still be copied.
        most: bytes of one file.
    """
    if destination.name in ("", "..") or os.path.lexists(destination):
        return "is there twice"
    return _copy_file(source, destination, left, most)


def _copy_folder(source: Path, destination: Path, below: Path, refused: dict[str, str], left: list[int]) -> None:
    try:
        entries = sorted(os.scandir(source / below), key=_programs_first)
    except OSError as error:
        refused[str(below)] = filed("can't be read: {error}", error=error.strerror)
        return
    for entry in entries:
        path = below / entry.name
        if is_left_out(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            if len(path.parts) > MOST_DEPTH:
                refused[str(path)] = filed("lies deeper than {most} folders", most=MOST_DEPTH)
                continue
            (destination / path).mkdir(mode=0o755)
            (destination / path).chmod(0o755)
            _copy_folder(source, destination, path, refused, left)
        else:
            why = _copy_file(source / path, destination / path, left)
            if why:
                refused[str(path)] = why


def _programs_first(entry: os.DirEntry[str]) -> tuple[bool, bool, str]:
    """Then other files, then folders: whatever lies beside the programs can't take their place within the limits."""
    return entry.name not in PROGRAMS, entry.is_dir(follow_symlinks=False), entry.name


def _copy_file(source: Path, destination: Path, left: list[int], most: int = MOST_BYTES) -> str:
    """Copy one regular file; why not, or ""."""
    try:
        kind = stat.S_IFMT(source.lstat().st_mode)
        if kind != stat.S_IFREG:
            return _WORDS.get(kind, filed("is no regular file"))
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return filed("can't be read: {error}", error=error.strerror)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return filed("is no regular file")
        if why := _goes_over(status.st_size, left, most):
            return why
        left[0] -= 1
        left[1] -= status.st_size
        with destination.open("wb") as copied:
            shutil.copyfileobj(file, copied)
    destination.chmod(0o644)
    return ""


def _goes_over(size: int, left: list[int], most: int) -> str:
    """What limit a file of that size goes over, or ""."""
    if size > most:
        return filed("is {size} large, and the limit for a submission is {most}", size=in_mb(size), most=in_mb(most))
    if size > left[1]:
        return filed("goes over the limit of {most} for a submission", most=in_mb(most))
    return "" if left[0] else filed("goes over the limit of {most} files for a submission", most=MOST_FILES)
