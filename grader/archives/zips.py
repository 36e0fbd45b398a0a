"""The entries of a zip archive (PKWARE's APPNOTE.TXT), by `zipfile`, which is given no more than it may have."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from grader.archives.entries import Content, Entry, mode_of_a_file
from grader.archives.limits import Limits, NotUnpacked, Refused
from grader.archives.streams import PIECE
from grader.wording import filed

_FOR_A_NAME = 256
"""Bytes of the directory of a zip archive that an entry takes, with a long name."""
_LEAST_OF_A_DIRECTORY = 1 << 17
"""Bytes: the comment at the end, which is sought in as many, may be long."""
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The others are unpacked by Python without a limit on memory, and nobody's desktop writes them."""
_ODD = {
    stat.S_IFLNK: filed("is a symbolic link"),
    stat.S_IFIFO: filed("is a FIFO"),
    stat.S_IFCHR: filed("is a device"),
    stat.S_IFBLK: filed("is a device"),
    stat.S_IFSOCK: filed("is a socket"),
}


class _Sparing(io.BufferedIOBase):
    """A file that hands out at most so much at once: a directory that is larger is refused before it is read."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._most = file, most

    def read(self, size: int | None = -1) -> bytes:
        """As any file's."""
        wanted = self._most + 1 if size is None or size < 0 else size
        if wanted > self._most + 1 or len(there := self._file.read(wanted)) > self._most:
            raise NotUnpacked(filed("holds too many entries, or says so"))
        return there

    def seek(self, offset: int, whence: int = 0) -> int:
        """As any file's."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As any file's."""
        return self._file.tell()

    def seekable(self) -> bool:
        """As any file's."""
        return True


def entries_of_zip(file: BinaryIO, limits: Limits) -> Iterator[tuple[Entry, Content]]:
    """Each entry with its contents, of which reading raises Refused where they are damaged.

    Raises:
        NotUnpacked: it is broken, or holds far too many entries.
    """
    try:
        archive = zipfile.ZipFile(_Sparing(file, max(limits.entries * _FOR_A_NAME, _LEAST_OF_A_DIRECTORY)))
    except NotUnpacked:
        raise
    except Exception as error:  # on hostile bytes it raises whatever it happens to meet
        raise NotUnpacked(filed("is broken: {error}", error=error)) from error
    with archive:
        for one in archive.infolist():
            yield _entry(one), _contents(archive, one)


def _entry(one: zipfile.ZipInfo) -> Entry:
    """An entry; `filename` would end at a NUL, and backslashes come from Windows."""
    name = one.orig_filename.replace("\\", "/")
    mode = one.external_attr >> 16
    if name.endswith("/") or stat.S_IFMT(mode) == stat.S_IFDIR:
        return Entry(name, is_folder=True)
    return Entry(name, one.file_size, packed=one.compress_size, odd=_odd(one, mode))


def _odd(one: zipfile.ZipInfo, mode: int) -> str:
    if stat.S_IFMT(mode) in _ODD:
        return _ODD[stat.S_IFMT(mode)]
    if one.flag_bits & _ENCRYPTED:
        return filed("is encrypted")
    if one.compress_type not in _METHODS:
        return filed(
            "is compressed by a method other than deflate: number {number} of APPNOTE.TXT", number=one.compress_type
        )
    return mode_of_a_file(mode)


def _contents(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> Content:
    """Its bytes: as many as the directory says at most, for `zipfile` stops there.

    Raises:
        Refused: they are damaged.
    """
    try:
        with archive.open(one) as file:
            while piece := file.read(PIECE):
                yield piece
    except NotUnpacked:
        raise
    except Exception as error:  # as above
        raise Refused(filed("is damaged: {error}", error=error)) from error
