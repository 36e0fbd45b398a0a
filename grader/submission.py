"""What a submission is: a folder or an archive of somebody's, and what may lie in it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from grader.archives.kinds import is_called_an_archive, kind_of, opened, without_suffix
from grader.archives.limits import NotUnpacked
from grader.model import TRACKS
from grader.people import Student

LEFT_OUT = frozenset({"__MACOSX", ".DS_Store", "__pycache__", ".git", ".venv", "venv", ".tox"})
OF_RESULTS = ".reference"
"""In a results folder, where the reference's recordings lie: by it such a folder is known, and is no submission."""
UNSAID = "…"
"""In place of a name that a text may not hold."""
PROGRAMS = frozenset(track.program for track in TRACKS)


class Submission(NamedTuple):
    """One student's work, under the name that results are filed under.

    Args:
        path: a folder or an archive.
        refused: what the class's archive held of it and was not unpacked: by path in the folder, "" for all of it, the
            reason.
        student: whose it is, and when it was handed in, where a platform's download or a roster tells.
        parts: its files, by what their student called them, where the download has them beside those of others; then
            `path` is the first of them.
        notes: sentences for the student's page.
        taken: names of the entries of a download that it was made of.
        unsaid: names that no text about it may hold, longest first.
    """

    name: str
    path: Path
    refused: tuple[tuple[str, str], ...] = ()
    student: Student | None = None
    parts: tuple[tuple[str, Path], ...] = ()
    notes: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()

    @property
    def path_to_tell(self) -> str:
        """Where it lies, unless that tells whose it is."""
        return "" if self.unsaid else str(self.path)

    def without_names(self, text: str) -> str:
        """A text that holds none of the names that may not be said."""
        return re.sub("|".join(map(re.escape, self.unsaid)), UNSAID, text, flags=re.IGNORECASE) if self.unsaid else text


def is_left_out(name: str) -> bool:
    """A file or folder that systems and tools leave behind: neither Python nor its owner wants it graded."""
    return name in LEFT_OUT or name.startswith("._")


def programs_in(folder: Path) -> list[str]:
    """The programs of the lab that lie in a folder, whatever they are."""
    return [track.program for track in TRACKS if os.path.lexists(folder / track.program)]


def submissions_in(folder: Path) -> list[Submission]:
    """The folders and archives in a folder, each under its name."""
    return [
        Submission(name_of(entry), entry)
        for entry in sorted(folder.iterdir())
        if not is_hidden(entry.name) and (is_a_folder(entry) or is_an_archive(entry))
    ]


def is_a_folder(entry: Path) -> bool:
    """A folder that may be somebody's: no link, and no results."""
    return entry.is_dir() and not entry.is_symlink() and not (entry / OF_RESULTS).is_dir()


def name_of(path: Path) -> str:
    """What a submission is called: its folder, or its archive without the suffix.

    It is text: file systems take any bytes for a name, but JSON, pages and gradebooks don't.
    """
    return as_text(path.name if path.is_dir() else without_suffix(path.name))


def as_text(name: str) -> str:
    """A file's name, of whatever bytes, as text."""
    return name.encode("utf-8", "backslashreplace").decode()


def is_hidden(name: str) -> bool:
    """No name that a submission has."""
    return name.startswith(".") or is_left_out(name)


def is_an_archive(file: Path) -> bool:
    """A regular file that is one by its name, or, where that has no suffix, by what it holds."""
    if file.is_symlink() or not file.is_file():
        return False
    return is_called_an_archive(file.name) or (not file.suffix and _holds_an_archive(file))


def _holds_an_archive(file: Path) -> bool:
    try:
        with opened(file) as there:
            return kind_of(there) is not None
    except NotUnpacked:
        return False
