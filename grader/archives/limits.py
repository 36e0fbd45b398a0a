"""What an archive may cost, and how it is said that it costs more."""

from __future__ import annotations

from typing import NamedTuple

MB = 1 << 20
MOST_NESTED = 3
"""Archives within archives, each the only thing in the other, or without programs beside it."""


class NotUnpacked(Exception):
    """An archive that is refused as a whole; the message is the end of a sentence that begins with its name."""


class Refused(Exception):
    """One entry that is refused, the others go on; the message is the end of a sentence that begins with its name."""


class Limits(NamedTuple):
    """How much of an archive is read and written.

    Args:
        packed: bytes of the archive itself.
        entries: files and folders, those that are left out or refused too.
        read: bytes of a tar archive that are read, unpacked: what is left out of it has to be read over.
        unpacked: bytes of all files that are written.
        file: bytes of one file.
        depth: folders within folders.
        ratio: how many times its packed size anything may grow to, beyond a few MB that are free.
        twins: names that differ in upper and lower case only may lie side by side. In a class they are two students.
    """

    packed: int
    entries: int
    read: int
    unpacked: int
    file: int
    depth: int = 16
    ratio: int = 200
    twins: bool = False


def in_mb(size: int) -> str:
    """A size as people say it: `64 MB`, `1.5 MB`."""
    return f"{size / MB:,.1f}".removesuffix(".0") + " MB"


def shown(name: str, most: int = 120) -> str:
    """A name from an archive, quoted and escaped, and not for ever."""
    return repr(name if len(name) <= most else name[: most - 1] + "…")
