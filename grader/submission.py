"""Finds submissions, and copies one's files to where a box may show them: regular files only, within limits."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from grader.model import TRACKS

MOST_FILES = 200
MOST_BYTES = 8 << 20
MOST_DEPTH = 6
LEFT_OUT = frozenset({"__MACOSX", ".DS_Store", "__pycache__", ".git", ".venv", "venv", ".tox"})


class NotASubmission(Exception):
    """A path that can't be graded; the message is a sentence for whoever named it."""


class Submission(NamedTuple):
    """A student's folder, under the name that results are filed under."""

    name: str
    folder: Path


class Copied(NamedTuple):
    """What became of a submission's files.

    Args:
        refused: by relative path, why a file was not copied.
    """

    refused: dict[str, str]


def programs_in(folder: Path) -> list[str]:
    """The programs of the lab that lie in a folder."""
    return [track.program for track in TRACKS if os.path.lexists(folder / track.program)]


def find(paths: Sequence[Path]) -> list[Submission]:
    """The submissions that these paths mean: each is one, or a folder of them.

    Raises:
        NotASubmission: a path is missing or no folder, holds no submission, or two have one name.
    """
    found: dict[str, Submission] = {}
    for path in paths:
        for submission in _within(path):
            if submission.name in found:
                raise NotASubmission(
                    f"two submissions are called {submission.name!r}: {found[submission.name].folder} and "
                    f"{submission.folder}; grade them into two results folders, or rename one"
                )
            found[submission.name] = submission
    return list(found.values())


def _within(path: Path) -> Iterator[Submission]:
    if not path.exists():
        raise NotASubmission(f"there is no file or folder {str(path)!r}")
    if not path.is_dir():
        raise NotASubmission(f"{str(path)!r} is no folder: unpack archives first, one folder for each submission")
    if programs_in(path):
        yield Submission(path.resolve().name, path)
        return
    folders = sorted(entry for entry in path.iterdir() if _is_a_submission_folder(entry))
    if not folders:
        wanted = " nor ".join(track.program for track in TRACKS)
        raise NotASubmission(f"{str(path)!r} holds no submission: neither {wanted}, nor folders with them")
    for folder in folders:
        yield Submission(folder.name, folder)


def _is_a_submission_folder(entry: Path) -> bool:
    return entry.is_dir() and not entry.is_symlink() and entry.name not in LEFT_OUT and entry.name[0] != "."


def copy(submission: Path, destination: Path) -> Copied:
    """Copy a submission's regular files, readable for every user; nothing is followed, nothing is run.

    Links, devices, FIFOs and what goes over a limit are refused, each with its reason.
    """
    refused: dict[str, str] = {}
    left = [MOST_FILES, MOST_BYTES]
    destination.mkdir(mode=0o755, parents=True, exist_ok=True)
    destination.chmod(0o755)
    _copy_folder(submission, destination, Path(), refused, left)
    return Copied(refused)


def _copy_folder(source: Path, destination: Path, below: Path, refused: dict[str, str], left: list[int]) -> None:
    try:
        entries = sorted(os.scandir(source / below), key=lambda entry: entry.name)
    except OSError as error:
        refused[str(below)] = f"can't be read: {error.strerror}"
        return
    for entry in entries:
        path = below / entry.name
        if entry.name in LEFT_OUT:
            continue
        if entry.is_dir(follow_symlinks=False):
            if len(path.parts) > MOST_DEPTH:
                refused[str(path)] = f"lies deeper than {MOST_DEPTH} folders"
                continue
            (destination / path).mkdir(mode=0o755)
            (destination / path).chmod(0o755)
            _copy_folder(source, destination, path, refused, left)
        else:
            why = _copy_file(source / path, destination / path, left)
            if why:
                refused[str(path)] = why


def _copy_file(source: Path, destination: Path, left: list[int]) -> str:
    """Copy one regular file; why not, or ""."""
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        link = source.is_symlink()
        return "is a symbolic link" if link else f"can't be read: {error.strerror}"
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return "is no regular file"
        if left[0] < 1 or status.st_size > left[1]:
            return f"goes over the limit of {MOST_FILES} files and {MOST_BYTES >> 20} MB for a submission"
        left[0] -= 1
        left[1] -= status.st_size
        with destination.open("wb") as copied:
            shutil.copyfileobj(file, copied)
    destination.chmod(0o644)
    return ""
