"""A class's folder as a platform's download: what is in it is read by the layout that its names are of."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader.archives.kinds import opened
from grader.archives.limits import MB, NotUnpacked
from grader.layouts import LAYOUTS, TEXTS
from grader.layouts.choosing import layout_of
from grader.layouts.moodle import MOODLE
from grader.layouts.shapes import Entry, Handed, Layout, Listing, Unclear
from grader.levels import Level
from grader.submission import Submission, as_text, is_a_folder, is_an_archive, is_hidden, programs_in

MOST_OF_A_TEXT = 64 * MB
"""Gradescope's metadata hold what every autograder said."""
MOST_FOLDERS = 4
"""Around a download: an archive's own, one that a file manager added."""


class Download(NamedTuple):
    """What a platform's download holds.

    Args:
        lost: what was not unpacked and is no student's: "'name' why".
        passed_over: names that are no student's.
        notices: sentences for the instructor.
    """

    submissions: list[Submission]
    lost: list[str]
    passed_over: list[str]
    notices: list[str]


def in_a_download(level: Level, wanted: str) -> Download | None:
    """What a folder holds, or the single folders in it; None where no platform named it.

    Args:
        wanted: the layout that was asked for, by name; "" where names are to tell.

    Raises:
        Unclear: names are of more than one kind, or it can't be told whose something is.
    """
    level = _where_names_are_told(level)
    listing = _listing(level)
    layout = layout_of(listing, wanted)
    return _read(level, listing, layout) if layout else None


def is_a_download(level: Level) -> bool:
    """Some platform names things so, in the folder or the single folders in it."""
    return _tells(_where_names_are_told(level))


def of_a_download(path: Path) -> Submission | None:
    """One submission of a download that was named by itself; None where its name tells nobody."""
    if path.is_dir() and not (programs_in(path) or MOODLE.fits(_alone(path))):
        return None
    for layout in LAYOUTS:
        listing = _alone(path)
        if layout.fits(listing):
            (one,) = layout.read(listing).handed
            return _submission(one, Level(path.parent, path.parent.name, {}, {}), {path.name: path.name}, {})
    return None


def _alone(path: Path) -> Listing:
    return Listing(path.parent.name, (Entry(as_text(path.name), path.is_dir(), True),))


def _where_names_are_told(level: Level) -> Level:
    """The folder, or the first of the single folders in it, that a platform named; else the folder itself."""
    inner = level
    for _ in range(MOST_FOLDERS):
        if _tells(inner):
            return inner
        entries = [entry for entry in inner.folder.iterdir() if not is_hidden(entry.name)]
        if len(entries) != 1 or not is_a_folder(entries[0]) or programs_in(entries[0]):
            break
        inner = inner.within(entries[0].name)
    return level


def _tells(level: Level) -> bool:
    listing = _listing(level)
    return any(layout.fits(listing) for layout in LAYOUTS)


def _listing(level: Level) -> Listing:
    there = {entry.name: entry for entry in sorted(level.folder.iterdir()) if not is_hidden(entry.name)}
    entries = [Entry(as_text(name), is_a_folder(path), _counts(path)) for name, path in there.items()]
    gone: dict[str, bool] = {}
    for name in level.refused:
        first, _, rest = name.partition("/")
        if first and first not in there and not is_hidden(first):
            gone[first] = gone.get(first, False) or bool(rest)
    entries += [Entry(as_text(name), is_folder, True) for name, is_folder in gone.items()]
    return Listing(as_text(level.called), tuple(entries), dict(_texts_in(level.folder)))


def _counts(path: Path) -> bool:
    return is_a_folder(path) or is_an_archive(path) or (path.suffix.lower() == ".py" and path.is_file())


def _texts_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What files of the class's folder tell of submissions.

    Raises:
        Unclear: one is too large.
    """
    for name in sorted(TEXTS):
        with contextlib.suppress(NotUnpacked), opened(folder / name) as file:  # there is none, or no regular one
            text = file.read(MOST_OF_A_TEXT + 1)
            if len(text) > MOST_OF_A_TEXT:
                raise Unclear(f"{name} is larger than {MOST_OF_A_TEXT // MB} MB")
            yield name, text


def _read(level: Level, listing: Listing, layout: Layout) -> Download:
    """Every submission that the layout tells, and what else lies there."""
    read = layout.read(listing)
    names = {as_text(entry.name): entry.name for entry in level.folder.iterdir()}
    taken = {name for one in read.handed for name in (*(part.entry for part in one.parts), *one.beside)}
    refused: dict[str, dict[str, str]] = {}
    lost = dict(level.elsewhere)
    for name, why in level.refused.items():
        first, _, rest = name.partition("/")
        if as_text(first) in taken:
            refused.setdefault(as_text(first), {})[rest] = why
        else:
            lost[name] = why
    others = [entry.name for entry in listing.entries if entry.name not in taken | layout.texts | TEXTS]
    return Download(
        [_submission(one, level, names, refused) for one in read.handed],
        [f"{name!r} {why}" for name, why in lost.items()],
        others,
        list(read.notices),
    )


def _submission(one: Handed, level: Level, names: dict[str, str], refused: dict[str, dict[str, str]]) -> Submission:
    """A submission as it is graded: a folder, or files by what their student called them."""
    first = one.parts[0]
    path = level.folder / names.get(first.entry, first.entry)
    whole = Submission(
        one.name,
        path,
        tuple(refused.get(first.entry, {}).items()),
        student=one.student,
        notes=one.notes,
        taken=tuple(part.entry for part in one.parts),
    )
    if not first.file:
        return whole
    parts = tuple((part.file, level.folder / names.get(part.entry, part.entry)) for part in one.parts)
    gone = tuple((part.file, why) for part in one.parts for why in refused.get(part.entry, {}).values())
    return whole._replace(refused=gone, parts=parts)
