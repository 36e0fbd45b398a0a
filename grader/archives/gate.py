"""Where an entry may be written, if at all: names and limits, no file is touched."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

from grader.archives.entries import Entry
from grader.archives.limits import MB, Limits, NotUnpacked, Refused, in_mb, shown
from grader.wording import filed

Parts = tuple[str, ...]
"""A path below the destination, folder by folder."""
MOST_OF_A_PART = 255
"""Bytes of a name that file systems take: NAME_MAX of limits.h."""
_MOST_OF_A_PATH = 800
"""Characters, of at most four bytes each; with the destination's own it stays below PATH_MAX, 4096."""
_MOST_OF_A_SUFFIX = 10
"""Characters, its dot included."""
_DRIVE = re.compile("[A-Za-z]:/")
_FREE = MB
"""Bytes that a file may unpack to at any ratio."""


class _Known(NamedTuple):
    """A path that is taken."""

    parts: Parts
    is_folder: bool


class Gate:
    """Lets entries of one archive through; who comes first has a name."""

    def __init__(self, limits: Limits, is_left_out: Callable[[str], bool]) -> None:
        """Nothing has come yet.

        Args:
            is_left_out: of a file's or a folder's name, whether it is dropped without a word.
        """
        self._limits, self._is_left_out = limits, is_left_out
        self._known: dict[Parts, _Known] = {}
        self._entries = self._bytes = 0
        self.refused: dict[str, str] = {}
        self.folders: list[Parts] = []
        """Those that admitted and refused files are to lie in, outer ones first."""

    def admit(self, entry: Entry) -> Parts | None:
        """Where it may be written; None if it may not, and then `refused` says why, unless it is left out.

        Raises:
            NotUnpacked: the archive goes over a limit by it.
        """
        self._count(entry)
        parts = tuple(part for part in entry.name.split("/") if part not in ("", "."))
        if not parts or any(map(self._is_left_out, parts)):
            return None
        try:
            return self._admitted(entry, parts)
        except Refused as why:
            self.refuse(parts if entry.name[0] != "/" else (f"/{parts[0]}", *parts[1:]), str(why))
            return None

    def refuse(self, parts: Parts, why: str) -> None:
        """Note why something is not written; what is noted first stays."""
        name = "/".join(parts)
        self.refused.setdefault(name if len(name) <= _MOST_OF_A_PATH else f"{name[:100]}…", why)

    def _admitted(self, entry: Entry, parts: Parts) -> Parts:
        _assert_it_stays_within(entry.name, parts)
        if len(parts) > self._limits.depth:
            raise Refused(filed("lies deeper than {most} folders", most=self._limits.depth))
        parts = tuple(map(_short, parts))
        for depth in range(1, len(parts)):
            self._take(parts[:depth], is_folder=True)
        self._take(parts, is_folder=entry.is_folder)
        if entry.odd:
            raise Refused(entry.odd)
        if entry.size > self._limits.file:
            size, most = in_mb(entry.size), in_mb(self._limits.file)
            raise Refused(filed("is {size} large, and the limit for a file is {most}", size=size, most=most))
        if entry.packed is not None and entry.size > _FREE + self._limits.ratio * entry.packed:
            raise Refused(filed("is a bomb: it unpacks to more than {most} times its size", most=self._limits.ratio))
        self._bytes += entry.size
        if self._bytes > self._limits.unpacked:
            raise NotUnpacked(filed("unpacks to more than {most}", most=in_mb(self._limits.unpacked)))
        return parts

    def _count(self, entry: Entry) -> None:
        self._entries += 1
        if self._entries > self._limits.entries:
            raise NotUnpacked(
                filed(
                    "holds more than {most:,} entries; {name} is one too many",
                    most=self._limits.entries,
                    name=shown(entry.name),
                )
            )

    def _take(self, parts: Parts, *, is_folder: bool) -> None:
        """Take a path, or find that it is taken: only a folder may come twice."""
        key = parts if self._limits.twins else tuple(unicodedata.normalize("NFC", part).casefold() for part in parts)
        known = self._known.get(key)
        if known is None:
            self._known[key] = _Known(parts, is_folder)
            if is_folder:
                self._entries += 1
                self.folders.append(parts)
        elif known.parts != parts:
            other = shown("/".join(known.parts))
            raise Refused(filed("differs from {name} in upper and lower case only", name=other))
        elif not (known.is_folder and is_folder):
            both = filed("comes twice, as a file and as a folder")
            raise Refused(filed("comes twice") if known.is_folder == is_folder else both)


def _assert_it_stays_within(name: str, parts: Parts) -> None:
    """No name leads out of the destination, or is another one for the system than for us.

    Raises:
        Refused: this one might.
    """
    if "\0" in name:
        raise Refused(filed("has a NUL in its name"))
    if name.startswith("/") or _DRIVE.match(name):
        raise Refused(filed("has an absolute path"))
    if ".." in parts:
        raise Refused(filed("leads out of the archive"))
    if len("/".join(parts)) > _MOST_OF_A_PATH:
        raise Refused(filed("has a path of more than {most} characters", most=_MOST_OF_A_PATH))


def _short(part: str) -> str:
    """A name that file systems take; a longer one is cut, and told apart by its hash."""
    try:
        encoded = part.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise Refused(filed("has a name that is no text")) from error
    if len(encoded) <= MOST_OF_A_PART:
        return part
    end = f"~{hashlib.sha256(encoded).hexdigest()[:16]}{_suffix_of(part)}"
    kept = encoded[: MOST_OF_A_PART - len(end.encode("utf-8", "surrogateescape"))]
    return kept.decode("utf-8", "ignore" if _is_text(part) else "surrogateescape") + end


def _suffix_of(part: str) -> str:
    """What tells a file's kind; nothing where it is as long as a name."""
    suffix = PurePosixPath(part).suffix
    return suffix if len(suffix) <= _MOST_OF_A_SUFFIX else ""


def _is_text(part: str) -> bool:
    """No byte of it stands for itself, os.fsdecode()."""
    return not any("\udc80" <= character <= "\udcff" for character in part)
