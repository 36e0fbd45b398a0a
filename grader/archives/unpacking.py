"""Writes what an archive holds: regular files and folders, each new, with modes of our own. Alone in writing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from grader.archives.entries import Content, Entry
from grader.archives.gate import Gate
from grader.archives.kinds import WHAT_IS_READ, Kind, kind_of, opened
from grader.archives.limits import Limits, NotUnpacked, Refused, in_mb
from grader.archives.streams import Stream, from_gzip, from_xz, plain
from grader.archives.tars import entries_of_tar
from grader.archives.zips import entries_of_zip
from grader.wording import filed

_PIECES = {Kind.TAR: plain, Kind.TAR_GZ: from_gzip, Kind.TAR_XZ: from_xz}


def unpack(
    archive: Path, destination: Path, limits: Limits, is_left_out: Callable[[str], bool] = lambda name: False
) -> dict[str, str]:
    """Write an archive's regular files and folders into an empty folder of ours; nothing is followed or overwritten.

    Args:
        is_left_out: of a file's or a folder's name, whether it is dropped without a word.

    Returns:
        By path, why an entry is refused: the end of a sentence that begins with the path.

    Raises:
        NotUnpacked: the archive is none, is broken, empty, a bomb, or goes over a limit; what it left is to be removed.
        OSError: the destination can't be written.
    """
    with opened(archive) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limits.packed:
            raise NotUnpacked(
                filed(
                    "is {size} large, and the limit for an archive is {most}",
                    size=in_mb(size),
                    most=in_mb(limits.packed),
                )
            )
        gate = Gate(limits, is_left_out)
        is_empty = True
        for entry, content in _entries_of(file, size, limits):
            parts = gate.admit(entry)
            is_empty = False
            if parts is not None and not entry.is_folder:
                _make_folders(destination, gate)
                try:
                    _write(destination.joinpath(*parts), content)
                except Refused as why:
                    gate.refuse(parts, str(why))
        _make_folders(destination, gate)
    if is_empty:
        raise NotUnpacked(filed("is empty"))
    return gate.refused


def _entries_of(file: BinaryIO, size: int, limits: Limits) -> Iterator[tuple[Entry, Content]]:
    kind = kind_of(file)
    if kind is None:
        raise NotUnpacked(filed("is no archive: {wanted}", wanted=WHAT_IS_READ) if size else filed("is empty"))
    if kind is Kind.ZIP:
        return entries_of_zip(file, limits)
    return entries_of_tar(Stream(file, _PIECES[kind](file), limits), limits)


def _make_folders(destination: Path, gate: Gate) -> None:
    """Those that are new; of a refused file too, so that whose it was is seen."""
    for parts in gate.folders:
        destination.joinpath(*parts).mkdir(mode=0o700)
    gate.folders.clear()


def _write(path: Path, content: Content) -> None:
    """Write a file that is not there yet; one that is damaged is not left.

    Raises:
        Refused: it is damaged.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        try:
            for piece in content:
                file.write(piece)
        except Refused:
            path.unlink()
            raise
