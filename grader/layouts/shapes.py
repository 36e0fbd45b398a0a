"""What a layout looks at, and what it makes of it. Frozen, without I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from grader.people import Student


class Unclear(Exception):
    """It can't be told whose an entry is; the message is a sentence for whoever named the folder."""


class Entry(NamedTuple):
    """One thing in a class's folder.

    Args:
        counts: by itself it may be a submission: a folder, an archive or a Python program. Other files lie about.
    """

    name: str
    is_folder: bool
    counts: bool


class Listing(NamedTuple):
    """A class's folder.

    Args:
        container: what it, or the archive, is called.
        texts: by name, what those of its files hold that tell of submissions.
    """

    container: str
    entries: tuple[Entry, ...]
    texts: Mapping[str, bytes] = {}

    @property
    def folders(self) -> list[str]:
        """Names of the folders."""
        return [entry.name for entry in self.entries if entry.is_folder]


class Part(NamedTuple):
    """A piece of a submission.

    Args:
        file: what the student called it; "" where the entry is a folder, which then is all that there is.
    """

    entry: str
    file: str = ""


class Handed(NamedTuple):
    """What one student, or one group, handed in.

    Args:
        name: the same in every download, and nobody else's.
        notes: sentences for the student's page.
        beside: entries that are theirs too, and are not graded.
    """

    name: str
    student: Student
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class Read(NamedTuple):
    """What a layout made of a listing.

    Args:
        notices: sentences for the instructor.
    """

    handed: tuple[Handed, ...]
    notices: tuple[str, ...] = ()


class Layout(NamedTuple):
    """One platform's way of naming.

    Args:
        told: what names of this kind are, for a sentence.
        fits: the entries that are named so.
        read: what those mean; may raise Unclear.
        texts: files whose content is needed.
    """

    name: str
    told: str
    fits: Callable[[Listing], frozenset[str]]
    read: Callable[[Listing], Read]
    texts: frozenset[str] = frozenset()


def moment(text: str) -> datetime | None:
    """A moment as platforms write it, as in 2026-11-26 11:36:04.123456789 -08:00; None where it is none, or has no offset.

    Fractions of a second are left out: Ruby writes nine digits of them, and no deadline needs any.
    """
    plain = (
        re.sub(r"\.\d+", "", text.strip()).replace(" UTC", "Z").replace(" Z", "Z").replace(" +", "+").replace(" -", "-")
    )
    try:
        found = datetime.fromisoformat(plain)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
