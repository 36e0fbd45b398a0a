"""Moodle: Assignment, Download all submissions.

Full name_NUMBER_assignsubmission_file/<folders of the student>/file        ("download submissions in folders")
Full name_NUMBER_assignsubmission_file_file                                 (flat)
Participant_NUMBER_...     blind marking        Group name_NUMBER_...     the group's number, not a participant's
Default group_assignsubmission_file             those without a group

NUMBER is that of "Participant NUMBER" in the grading worksheet. "_" of a name is a space there, so that no name can
pass for another's. Older folders end in "_file_".
Source: moodle/moodle, mod/assign/classes/downloader.php (before 4.1: locallib.php, download_submissions).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.layouts.shapes import Handed, Layout, Listing, Part, Read
from grader.people import Student

_NAMED = re.compile(
    r"(?P<name>[^_]*)(?:_(?P<id>\d+))?_assignsubmission_(?P<plugin>[a-z0-9]+)(?:_(?P<file>.*))?", re.DOTALL
)
FILE = "file"
"""The plugin by which files are handed in; others take text and links."""
Found = tuple[str, "re.Match[str]"]


def fits(listing: Listing) -> frozenset[str]:
    """Names with `_assignsubmission_`."""
    return frozenset(name for name, _ in _found(listing))


def _found(listing: Listing) -> list[Found]:
    return [
        (entry.name, found)
        for entry in listing.entries
        if (found := _NAMED.fullmatch(entry.name)) and (entry.is_folder or found["file"])
    ]


def read(listing: Listing) -> Read:
    """A submission for each participant or group."""
    of: dict[tuple[str, str], list[Found]] = {}
    for name, found in _found(listing):
        of.setdefault((found["name"], found["id"] or ""), []).append((name, found))
    folders = frozenset(listing.folders)
    blind = len(of) > 1 and len({name for name, _ in of}) == 1
    return Read(tuple(_handed(who, number, found, folders, blind=blind) for (who, number), found in of.items()))


def _handed(who: str, number: str, found: Sequence[Found], folders: frozenset[str], *, blind: bool) -> Handed:
    files = [one for one in found if one[1]["plugin"] == FILE]
    parts = [Part(name) for name, _ in files if name in folders] or [Part(name, one["file"]) for name, one in files]
    if not parts:  # all there is was written online: the page says that no program is there
        name, one = found[0]
        parts = [Part(name, "" if name in folders else one["file"])]
    beside = {name: one["plugin"] for name, one in found if name not in {part.entry for part in parts}}
    notes = tuple(
        f"what was handed in as {plugin} is not graded: only files are"
        for plugin in sorted({*beside.values()} - {FILE})
    )
    student = Student(
        layout=MOODLE.name, id=number, name=f"{who} {number}" if blind else who, group="" if number else who
    )
    return Handed(f"{who}_{number}" if number else who, student, tuple(parts), notes, tuple(beside))


MOODLE = Layout("moodle", "as Moodle's download names them (…_123_assignsubmission_file)", fits, read)
