"""The entries of a tar archive, in order, from a stream (POSIX.1-2017 pax; GNU tar's manual, "Basic Tar Format").

Not by `tarfile`: of an archive that lies, it reads a header of any size into memory, seeks on behind the end, and takes
a broken header for the end; in Python 3.11.7 it searches a header in quadratic time too (CVE-2024-6232).

    header, 512 bytes: name 0-100, size 124-136, checksum 148-156, kind 156, magic 257-265, prefix 345-500
    contents, filled up to 512 bytes;  two headers of zeros are the end
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from grader.archives.entries import Content, Entry, mode_of_a_file
from grader.archives.limits import Limits, NotUnpacked, in_mb, shown
from grader.archives.streams import Stream
from grader.wording import filed

BLOCK = 512
_LENGTH, _SIZE = re.compile(rb"([0-9]{1,8}) "), re.compile(rb"[0-9]{1,19}")
_FOR_AN_EXTENSION = 2 * BLOCK
"""Bytes of extended headers for each entry that there may be, taken together."""
_MOST_OF_AN_EXTENSION = 1 << 20
"""Bytes of one: a path, and attributes of macOS, which may hold an icon."""
_FILES, _FOLDERS = b"\x000", b"5D"
_WITHOUT_CONTENTS = b"123456"
"""Kinds whose size, if they tell one, is not that of anything that follows."""
_SPARSE = b"S"
_ODD = {
    b"1": filed("is a hard link"),
    b"2": filed("is a symbolic link"),
    b"3": filed("is a device"),
    b"4": filed("is a device"),
    b"6": filed("is a FIFO"),
    b"7": filed("is a contiguous file"),
    _SPARSE: filed("is a sparse file"),
    b"M": filed("goes on in another volume"),
}
_PAX, _LONG_NAME = b"x", b"L"
_EXTENSIONS = b"xgLKV"
"""Pax for one entry and for all, GNU's long names of an entry and of what it links to, the name of a volume."""


class _Header(NamedTuple):
    """One header, as it stands there."""

    kind: bytes
    name: str
    size: int
    mode: int


class _Extension(NamedTuple):
    """What extended headers say of the entry after them; what they don't is None."""

    name: str | None = None
    size: int | None = None
    is_sparse: bool = False


def is_a_header(block: bytes) -> bool:
    """The first block of a tar archive: its checksum is right, or it is the end at once."""
    return len(block) == BLOCK and (not any(block) or _checksum_is_right(block))


def entries_of_tar(stream: Stream, limits: Limits) -> Iterator[tuple[Entry, Content]]:
    """Each entry with its contents, to be read before the next entry is asked for.

    Raises:
        NotUnpacked: it is broken, cut off or goes over a limit.
    """
    budget = limits.entries * _FOR_AN_EXTENSION
    extension = _Extension()
    while header := _next_header(stream):
        if header.kind in _EXTENSIONS:
            budget -= BLOCK + header.size
            if header.size > _MOST_OF_AN_EXTENSION or budget < 0:
                raise NotUnpacked(filed("is broken: it has too many or too large extended headers"))
            extension = _extended(stream, header, extension)
            continue
        entry, size = _entry(header, extension)
        if size > stream.left:
            raise NotUnpacked(filed("holds {name}, which is {size} large", name=shown(entry.name), size=in_mb(size)))
        contents = stream.through(size)
        yield entry, contents
        for _ in contents:  # whatever of it was not wanted
            pass
        stream.exactly(-size % BLOCK)
        extension = _Extension()
    stream.drain()


def _entry(header: _Header, extension: _Extension) -> tuple[Entry, int]:
    """An entry, and how many bytes follow its header, whoever wants them."""
    name = header.name if extension.name is None else extension.name
    size = header.size if extension.size is None else extension.size
    if header.kind in _FOLDERS or (header.kind in _FILES and name.endswith("/")):
        entry = Entry(name, is_folder=True)
    elif extension.is_sparse:
        entry = Entry(name, odd=_ODD[_SPARSE])
    elif header.kind in _FILES:
        entry = Entry(name, size, odd=mode_of_a_file(header.mode))
    else:
        entry = Entry(name, odd=_ODD.get(header.kind, filed("is no regular file")))
    return entry, 0 if header.kind in _WITHOUT_CONTENTS else size


def _next_header(stream: Stream) -> _Header | None:
    """The next header; None at the end, which some programs write and some don't."""
    block = stream.read(BLOCK)
    if not block:
        return None
    block += stream.exactly(BLOCK - len(block))
    if not any(block):
        return None
    if not _checksum_is_right(block):
        raise NotUnpacked(filed("is broken: what should be a header of tar is none"))
    if block[156:157] == _SPARSE:
        _read_over_its_map(stream, block)
    name = _text(block[:100])
    if block[257:263] == b"ustar\0" and block[345]:
        name = f"{_text(block[345:500])}/{name}"
    return _Header(block[156:157], name, _number(block[124:136]), _number(block[100:108]) & 0o7777)


def _read_over_its_map(stream: Stream, block: bytes) -> None:
    """A sparse file of old GNU tar has blocks more to its header, which its size does not count."""
    more = block[482]
    while more:
        more = stream.exactly(BLOCK)[504]


def _checksum_is_right(block: bytes) -> bool:
    """The sum of all bytes, those of the sum itself taken for blanks; some old programs take bytes as signed."""
    blanked = block[:148] + b" " * 8 + block[156:]
    unsigned = sum(blanked)
    signed = unsigned - 256 * sum(byte > 127 for byte in blanked)
    try:
        return _number(block[148:156]) in (unsigned, signed)
    except NotUnpacked:
        return False


def _number(field: bytes) -> int:
    """A number: octal digits, or for large ones the bytes themselves after a mark (GNU)."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    if not re.fullmatch(rb"[0-7]*", digits):
        raise NotUnpacked(filed("is broken: a header has a number that is none"))
    return int(digits or b"0", 8)


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _extended(stream: Stream, header: _Header, known: _Extension) -> _Extension:
    """What is known of the next entry, with what this header adds."""
    said = stream.exactly(header.size)
    stream.exactly(-header.size % BLOCK)
    if header.kind == _LONG_NAME:
        return known._replace(name=_text(said))
    return _with_records(said, known) if header.kind == _PAX else known


def _with_records(said: bytes, known: _Extension) -> _Extension:
    """What is known, with records of pax: `LENGTH KEY=VALUE\\n`, the length in bytes being that of all of it."""
    at = 0
    while at < len(said):
        length = _LENGTH.match(said, at)
        end = at + int(length[1]) if length else 0
        if length is None or not length.end() < end <= len(said):
            raise NotUnpacked(filed("is broken: an extended header has a record without a length"))
        key, _, value = said[length.end() : end - 1].partition(b"=")
        at = end
        if key == b"path":
            known = known._replace(name=value.decode("utf-8", "surrogateescape"))
        elif key == b"size" and _SIZE.fullmatch(value):
            known = known._replace(size=int(value))
        elif key.startswith(b"GNU.sparse."):
            known = known._replace(is_sparse=True)
    return known
