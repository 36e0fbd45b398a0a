"""What is compressed, piece by piece: neither a bomb, a lying header nor a huge dictionary costs memory or time."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from grader.archives.limits import MB, Limits, NotUnpacked, in_mb
from grader.wording import filed

PIECE = 1 << 16
FREE = 16 * MB
"""Bytes that a stream may unpack to at any ratio: an archive of little but padding is no bomb."""
_MOST_OF_XZ = 80 * MB
"""Memory for xz: its highest preset, -9, takes 65 MB to unpack (xz(1), the table of presets)."""
_GZIP = 16 + zlib.MAX_WBITS
"""`wbits` of zlib that reads a gzip header and checks the checksum at the end."""


class Stream:
    """Bytes in order, at most so many: what a tar archive is read from."""

    def __init__(self, file: BinaryIO, pieces: Iterator[bytes], limits: Limits) -> None:
        """Nothing is read yet.

        Args:
            file: where the pieces come from; how far it is read is what they cost.
        """
        self._file, self._pieces, self._limits = file, pieces, limits
        self._there, self._taken = b"", 0
        self._came = 0

    @property
    def left(self) -> int:
        """Bytes that may still be asked for."""
        return self._limits.read - self._came + len(self._there) - self._taken

    def read(self, most: int) -> bytes:
        """The next bytes, one at least, `most` of them at most; none at the end.

        Raises:
            NotUnpacked: it is broken, goes over a limit, or is a bomb.
        """
        if self._taken == len(self._there):
            self._there, self._taken = self._next(), 0
        piece = self._there[self._taken : self._taken + most]
        self._taken += len(piece)
        return piece

    def exactly(self, size: int) -> bytes:
        """The next bytes, just so many.

        Raises:
            NotUnpacked: as `read`, or it ends before.
        """
        return b"".join(self.through(size))

    def through(self, size: int) -> Iterator[bytes]:
        """The next bytes, just so many, piece by piece.

        Raises:
            NotUnpacked: as `read`, or it ends before.
        """
        while size:
            taken = self.read(min(size, PIECE))
            if not taken:
                raise NotUnpacked(filed("is cut off: it ends in the middle of an entry"))
            size -= len(taken)
            yield taken

    def drain(self) -> None:
        """Read it to its end, where the checksum is.

        Raises:
            NotUnpacked: as `read`.
        """
        while self.read(PIECE):
            pass

    def _next(self) -> bytes:
        try:
            piece = next(self._pieces, b"")
        except (zlib.error, lzma.LZMAError, EOFError, OSError) as error:
            raise NotUnpacked(filed("is broken: {error}", error=error)) from error
        self._came += len(piece)
        if self._came > self._limits.read:
            raise NotUnpacked(filed("unpacks to more than {most}", most=in_mb(self._limits.read)))
        if self._came > FREE + self._limits.ratio * self._file.tell():
            raise NotUnpacked(
                filed("is a bomb: it unpacks to more than {most} times its size", most=self._limits.ratio)
            )
        return piece


def plain(file: BinaryIO) -> Iterator[bytes]:
    """The pieces of a file that is not compressed."""
    while piece := file.read(PIECE):
        yield piece


def from_gzip(file: BinaryIO) -> Iterator[bytes]:
    """The pieces of a file that gzip compressed (RFC 1952), the first member of it.

    Raises:
        zlib.error: it is no gzip, or its checksum is wrong.
        EOFError: it ends too early.
    """
    inflating = zlib.decompressobj(_GZIP)
    while not inflating.eof:
        packed = inflating.unconsumed_tail or file.read(PIECE)
        piece = inflating.decompress(packed, PIECE)
        if piece:
            yield piece
        elif not packed and not inflating.eof:
            raise EOFError("it ends too early")


def from_xz(file: BinaryIO) -> Iterator[bytes]:
    """The pieces of a file that xz compressed, the first stream of it.

    Raises:
        lzma.LZMAError: it is no xz, its checksum is wrong, or it takes more than 80 MB to unpack.
        EOFError: it ends too early.
    """
    inflating = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_OF_XZ)
    while not inflating.eof:
        packed = file.read(PIECE) if inflating.needs_input else b""
        if inflating.needs_input and not packed:
            raise EOFError("it ends too early")
        if piece := inflating.decompress(packed, PIECE):
            yield piece
