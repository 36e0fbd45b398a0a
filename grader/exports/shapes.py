"""What goes into an export and what comes out of it. Frozen, without I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple

from grader.assignment import THE_LAB
from grader.model import Report
from grader.people import Person


class DoesNotFit(Exception):
    """The platform's own file, or what was asked for, can't be filled; the message is a sentence for the instructor."""


class OwnFile(Enum):
    """Whether a format fills a file that the platform gave out."""

    NONE = "takes none"
    OPTIONAL = "may be given one"
    NEEDED = "can't do without one"


class Graded(NamedTuple):
    """All that an export is made of.

    Args:
        reports: as their students may see them.
        assignment: its title on the platform; "" if nobody said.
        own: the platform's own file, to be filled.
        pages: by submission, its `report.html`.
        made: when, as `YYYY-MM-DDTHH:MM:SSZ`.
        environment: variables that the platform sets.
        missing: those of the roster who handed nothing in.
    """

    reports: tuple[Report, ...]
    assignment: str = ""
    own: bytes | None = None
    pages: Mapping[str, bytes] = {}
    made: str = ""
    environment: Mapping[str, str] = {}
    missing: tuple[Person, ...] = ()

    @property
    def title(self) -> str:
        """The assignment's title: as it was said, as its file says, or the lab's."""
        return self.assignment or next((one.assignment for one in self.reports if one.assignment), THE_LAB)


class Export(NamedTuple):
    """What a format makes of them.

    Args:
        data: the file.
        left_out: submissions that are not in it, since the platform's student is not known.
        notes: sentences for the instructor.
        printed: lines that the platform reads from standard output.
    """

    data: bytes
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()


class Format(NamedTuple):
    """One platform's way of taking grades.

    Args:
        told: one sentence for the command's help.
        file: what the file is called where the platform or we look for it.
        write: a pure function.
        one_each: the platform takes a file for each submission; `write` is given one at a time.
        with_pages: it hands the students' pages on.
        who: what helps where a submission is left out.
    """

    name: str
    told: str
    file: str
    write: Callable[[Graded], Export]
    own: OwnFile = OwnFile.NONE
    one_each: bool = False
    with_pages: bool = False
    who: str = "Name the folders as the platform's bulk download does"
