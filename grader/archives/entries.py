"""What is known of an entry before anything of it is written."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from typing import NamedTuple

from grader.wording import filed

Content = Iterator[bytes]
"""An entry's bytes, piece by piece, `Entry.size` of them at most."""


class Entry(NamedTuple):
    """A file or a folder of an archive, as the archive tells it.

    Args:
        name: as it stands there: any text.
        size: bytes of its contents.
        packed: bytes that they take in the archive; None where entries are not packed one by one.
        odd: why it is refused, wherever it is to lie; "" for what may be written.
    """

    name: str
    size: int = 0
    packed: int | None = None
    is_folder: bool = False
    odd: str = ""


def mode_of_a_file(mode: int) -> str:
    """What is odd about a regular file's mode; "" if nothing is."""
    if mode & stat.S_ISUID:
        return filed("has the setuid bit")
    return filed("has the setgid bit") if mode & stat.S_ISGID else ""
