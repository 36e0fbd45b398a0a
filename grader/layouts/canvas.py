"""Canvas: Assignment, Download Submissions; a flat archive.

lovelaceada_1234_98765_server.py             name without what is no word, user's ID, attachment's ID, file
lovelaceada_LATE_1234_98765_server-1.py      handed in late; "-1" since a file of that name was there before
anon_aB3dE_98765_server.py                   anonymous grading, LATE_anon_... if late
lovelaceada_1234_text.html  ..._link.html    what was written online

Of a group there are the files of one, under the group's name and one member's ID.
Source: instructure/canvas-lms, lib/content_zipper.rb (names), app/models/attachment.rb (make_unique_filename).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.layouts.shapes import Handed, Layout, Listing, Part, Read
from grader.listing import listed
from grader.people import Student

_END = r"_(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<online>text|link)\.html)"
_ANONYMOUS = re.compile(rf"(?P<late>LATE_)?anon_(?P<id>[A-Za-z0-9]{{5}}){_END}", re.DOTALL)
_ANOTHER = re.compile(r"(?P<stem>.+)-\d+(?P<suffix>\.py)", re.DOTALL | re.IGNORECASE)
"""A Python file that got a number; of others it may be the student's own, and a program may look for it."""
MOST_NAMED = 5


class _Named(NamedTuple):
    """What the name of an entry says.

    Args:
        ids: of the user, the likeliest first, as Canvas itself reads it; a name that ends in a number, or a file that
            begins with two, can be read in another way, too.
    """

    entry: str
    who: str
    ids: tuple[str, ...]
    late: bool
    file: str


def fits(listing: Listing) -> frozenset[str]:
    """Files with a user's and an attachment's number."""
    return frozenset(one.entry for one in _found(listing))


def _found(listing: Listing) -> Iterator[_Named]:
    for entry in listing.entries:
        named = None if entry.is_folder else _read_name(entry.name)
        if named:
            yield named


def _read_name(name: str) -> _Named | None:
    anonymous = _ANONYMOUS.fullmatch(name)
    if anonymous:
        return _Named(name, f"anon_{anonymous['id']}", (), bool(anonymous["late"]), _file(anonymous))
    readings = [one for one in _readings(name) if _is_a_word(one["who"])]
    if not readings:
        return None
    first = readings[0]
    ids = tuple(dict.fromkeys(one["id"] for one in readings))
    return _Named(name, first["who"], ids, bool(first["late"]), _file(first))


def _readings(name: str) -> Iterator[re.Match[str]]:
    """The ways in which a name can be read: Canvas leaves no number between two "_" in a user's name."""
    start = 0
    while found := re.compile(rf"(?P<who>.{{{start},}}?)_(?P<late>LATE_)?(?P<id>\d+){_END}", re.DOTALL).fullmatch(name):
        if re.search(r"_\d+_", found["who"]):
            return
        yield found
        start = len(found["who"]) + 1


def _file(found: re.Match[str]) -> str:
    return found["file"] or f"{found['online']}.html"


def _is_a_word(who: str) -> bool:
    """Nothing but what Ruby's [[:word:]] has: letters, marks, digits and the low line."""
    return all(c == "_" or unicodedata.category(c)[0] in "LMN" or unicodedata.category(c) == "Pc" for c in who)


def read(listing: Listing) -> Read:
    """A submission for each user, of all attachments of theirs.

    What can be read in two ways is not put to the files of somebody who is certain: names are of a user's own making.
    """
    of: dict[tuple[str, str, bool], list[_Named]] = {}
    for one in _found(listing):
        of.setdefault((one.who, one.ids[0] if one.ids else "", len(one.ids) > 1), []).append(one)
    handed = []
    for (who, number, is_unclear), found in of.items():
        beside = is_unclear and (who, number, False) in of
        handed.append(_handed(f"{who}_{number}" if number else who, who, found, beside=beside))
    return Read(tuple(handed), _told([one for one in handed if one.student.perhaps or not one.student.id]))


def _told(unclear: Sequence[Handed]) -> tuple[str, ...]:
    names = [repr(part.entry) for one in unclear for part in one.parts if not _ANONYMOUS.fullmatch(part.entry)]
    if not names:
        return ()
    return (
        f"whose ID is meant can be read in two ways: {listed(names, MOST_NAMED)}; a roster or, when grades are exported, a gradebook tells",
    )


def _handed(name: str, who: str, found: Sequence[_Named], *, beside: bool) -> Handed:
    """One user's.

    Args:
        beside: there are files of the same name and number of which it is certain: these are nobody's.
    """
    ids = [one for one in found[0].ids if all(one in named.ids for named in found)]
    student = Student(
        layout=CANVAS.name,
        id="".join(ids) if len(ids) == 1 else "",
        perhaps=tuple(ids) if len(ids) > 1 and not beside else (),
        name=who,
        late=any(one.late for one in found),
    )
    return Handed(f"{name} or {' '.join(found[0].ids[1:])}" if beside else name, student, _parts(found))


def _parts(found: Sequence[_Named]) -> tuple[Part, ...]:
    """Each file as its student called it: where the name without a number is free, that one is meant."""
    taken = {one.file for one in found}
    parts: dict[str, str] = {}
    for one in found:
        another = _ANOTHER.fullmatch(one.file)
        file = f"{another['stem']}{another['suffix']}" if another else one.file
        if another and (file in taken or file in parts.values()):
            file = one.file
        parts[one.entry] = file
    return tuple(Part(entry, file) for entry, file in parts.items())


CANVAS = Layout("canvas", "as Canvas' download names them (doejane_1234_98765_…)", fits, read)
