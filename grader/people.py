"""Who is in a class, and whose a submission is: as platform and roster tell it. Frozen, without I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, NamedTuple

import msgspec


class Whose(NamedTuple):
    """Whose a submission is, in words; of a group, all of them."""

    id: str = ""
    name: str = ""
    email: str = ""
    group: str = ""
    late: bool = False


NOBODY = Whose()
"""No more is known than the submission's name."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the class, as far as platform and roster tell; "" where they don't.

    Args:
        id: the platform's own, as the download tells it: what it numbers depends on the layout.
        sid: the roster's own.
        lms_id: the platform's own, as the roster tells it.
    """

    id: str = ""
    name: str = ""
    email: str = ""
    sid: str = ""
    lms_id: str = ""

    @property
    def known_as(self) -> str:
        """The id that people use: the roster's, else the platform's."""
        return self.sid or self.id or self.lms_id


class Student(Person, frozen=True, kw_only=True):
    """Whose submission it is.

    Args:
        layout: of the download that told it; "" if none did.
        group: what the group is called that hands in together.
        late: the platform says so.
        submitted_at: when it was handed in, by the platform's clock, with an offset; None where it does not tell.
        perhaps: the platform's ids where it can't be told which of them is meant.
        members: everybody who gets the grade, where that is not this one alone.
    """

    layout: str = ""
    group: str = ""
    late: bool = False
    submitted_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    perhaps: tuple[str, ...] = ()
    members: tuple[Person, ...] = ()

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who gets the grade."""
        return self.members or (self,)

    @property
    def in_words(self) -> Whose:
        """What pages and gradebooks tell."""
        return Whose(
            id=_listed(one.known_as for one in self.people),
            name=_listed(one.name for one in self.people),
            email=_listed(one.email for one in self.people),
            group=self.group,
            late=self.late,
        )


def _listed(told: Iterable[str]) -> str:
    return "; ".join(filter(None, told))


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the roster, and what they handed in.

    Args:
        submissions: names of theirs, or of their group's; none if they are missing.
    """

    student: Student
    submissions: tuple[str, ...] = ()
