"""Gradescope: Export Submissions.

assignment_9100_export/submission_metadata.yml     submission_123:
                                                     :submitters:
                                                     - :name: Ada Lovelace
                                                       :sid: '0012'
                                                       :email: ada@x.edu
                                                     :created_at: 2026-11-26 11:36:04.123456789 Z
                       submission_123/<files>

The metadata are what Ruby writes, with all that Gradescope knows: results, histories. They are read as a stream of
events, of which only those of the submitters are kept: no object is made of a tag, nothing is unfolded from an alias
but a scalar, and no depth is recursed into.
Source: public readers of such exports (ucbds-infra/otter-grader; hazelgrove/hazel).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.layouts.shapes import Handed, Layout, Listing, Part, Read, Unclear, moment
from grader.people import Person, Student

METADATA = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_\w+", re.ASCII)
_PATH = 4
"""Submission, ":submitters", which of them, ":name"."""
_FIELDS = {"name": "name", "sid": "id", "email": "email"}
Path = tuple[str, ...]


def fits(listing: Listing) -> frozenset[str]:
    """Folders called submission_…, where the metadata are beside them."""
    there = METADATA in listing.texts
    return frozenset(name for name in listing.folders if there and _FOLDER.fullmatch(name))


def read(listing: Listing) -> Read:
    """A submission for each folder, of everybody who is said to have submitted it.

    Raises:
        Unclear: there are no metadata, or they can't be read; two folders are of one student.
    """
    if METADATA not in listing.texts:
        raise Unclear(f"{listing.container!r} holds no {METADATA}, which tells whose Gradescope's folders are")
    submitters, times = _told_by(listing.texts[METADATA])
    folders = sorted(fits(listing))
    handed = tuple(_handed(folder, submitters.get(folder, ()), times.get(folder, "")) for folder in folders)
    _assert_nobody_is_there_twice(handed)
    unknown = [f"{METADATA} does not tell whose {folder!r} is" for folder in folders if not submitters.get(folder)]
    gone = [f"{METADATA} tells of {name!r}, which is not there" for name in sorted(submitters) if name not in folders]
    return Read(handed, (*unknown, *gone))


def _handed(folder: str, people: tuple[Person, ...], time: str) -> Handed:
    """Named by the students, for the folder is another whenever they submit again."""
    first, *others = people or (Person(),)
    told = {name: getattr(first, name) for name in ("id", "name", "email")}
    student = Student(layout=GRADESCOPE.name, members=people if others else (), submitted_at=moment(time), **told)
    name = "+".join(sorted(one.id or one.email or one.name for one in people))
    return Handed(name or folder, student, (Part(folder),))


def _assert_nobody_is_there_twice(handed: tuple[Handed, ...]) -> None:
    seen: dict[str, str] = {}
    for one in handed:
        folder = one.parts[0].entry
        for person in one.student.people:
            who = person.id or person.email or person.name
            if who and seen.setdefault(who, folder) != folder:
                raise Unclear(f"{METADATA} gives {who!r} two submissions, {seen[who]!r} and {folder!r}: leave one of them out")  # fmt: skip


def _told_by(text: bytes) -> tuple[dict[str, tuple[Person, ...]], dict[str, str]]:
    """By submission, who they are, and when they handed in; a submission without submitters has nobody.

    Raises:
        Unclear: that is no YAML.
    """
    people: dict[str, dict[str, dict[str, str]]] = {}
    times: dict[str, str] = {}
    for path, value in _scalars(text):
        people.setdefault(path[0], {})
        if len(path) == _PATH and _plain(path[1]) == "submitters" and _plain(path[3]) in _FIELDS:
            people[path[0]].setdefault(path[2], {})[_FIELDS[_plain(path[3])]] = value.strip()
        elif len(path) == 2 and _plain(path[1]) == "created_at":
            times[path[0]] = value
    return {name: tuple(Person(**told) for told in those.values()) for name, those in people.items()}, times


def _plain(key: str) -> str:
    """A Ruby symbol's name."""
    return key.removeprefix(":")


def _scalars(text: bytes) -> Iterator[tuple[Path, str]]:
    """Each scalar that is no key, with the keys that lead to it; what lies deeper than submitters do is passed over."""
    import yaml  # costs 20 ms, and only these exports need it

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    known: dict[str, str] = {}
    path: list[str | None] = []
    counts: list[int | None] = []
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                path.pop()
                counts.pop()
                _value_ends(path, counts)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                path.append(None)
                counts.append(0 if isinstance(event, yaml.SequenceStartEvent) else None)
            elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                value = event.value if isinstance(event, yaml.ScalarEvent) else known.get(event.anchor or "", "")
                if isinstance(event, yaml.ScalarEvent) and event.anchor:
                    known[event.anchor] = value
                if path and counts[-1] is None and path[-1] is None:
                    path[-1] = value
                    continue
                if 0 < len(path) <= _PATH:
                    yield _keys(path, counts), value
                _value_ends(path, counts)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise Unclear(f"{METADATA} can't be read{line}: export the submissions again") from error


def _keys(path: list[str | None], counts: list[int | None]) -> Path:
    """The way to where we are: keys of mappings, places in sequences."""
    return tuple(str(count) if count is not None else key or "" for key, count in zip(path, counts, strict=True))


def _value_ends(path: list[str | None], counts: list[int | None]) -> None:
    """A key has its value, or a sequence one more."""
    if path:
        count = counts[-1]
        counts[-1] = None if count is None else count + 1
        path[-1] = None


GRADESCOPE = Layout(
    "gradescope", f"as Gradescope's export is ({METADATA} and submission_123)", fits, read, frozenset({METADATA})
)  # fmt: skip
