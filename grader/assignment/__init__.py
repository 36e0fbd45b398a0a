"""What an instructor settles for an assignment in `assignment.toml`; whatever is left out is as in the lab.

assignment.toml ──reading──> Assignment ──┬──> rubric        the checks, with today's points
                                          ├──> lateness      what a late submission loses
                                          └──> for_students  the part of the file that is handed out
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

FILE = "assignment.toml"
"""Its name in the project's root, and in the hand-out."""
THE_LAB = "Blocking and forking servers"
"""What the lab is called where nobody says otherwise."""
NO_BOUND = 10000.0
"""As many points, or percent, as nobody has."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a submission may use. Every limit lets a right server of any style live, however high or low it is set."""

    seconds: Annotated[
        float,
        Meta(
            ge=300,
            le=7200,
            description="a number of seconds from 300 to 7200: a right server that sleeps a second for each client needs "
            "more than one minute where the machine is busy",
        ),
    ] = 600.0
    """For all of it, by the wall clock: the lesson's own server, which sleeps ten, needs three minutes."""
    memory: Annotated[
        int, Meta(ge=512, le=8192, description="a whole number of MB from 512 to 8192: 32 clients may be 32 processes")
    ] = 1024
    processes: Annotated[
        int,
        Meta(ge=80, le=250, description="a whole number from 80 to 250: a crowd of 32 clients may be 64 processes"),
    ] = 100
    file_size: Annotated[
        int, Meta(ge=1, le=32, description="a whole number of MB from 1 to 32: so much goes into a box's folder")
    ] = 16
    descriptors: Annotated[
        int, Meta(ge=128, le=1024, description="a whole number from 128 to 1024: select(2) takes no more")
    ] = 256


class Deadline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When a submission is due, and what each day after that costs: points, or percent of the points to be had."""

    at: Annotated[datetime, Meta(description="a date and a time with its offset: 2027-03-01T23:59:59+01:00")]
    grace: Annotated[str, Meta(description='a number and a unit in quotes: "15 min", "2 h" or "1 day"')] = "0 min"
    points_per_day: Annotated[float, Meta(ge=0, le=1000, description="a number of points from 0 to 1000")] = 0.0
    percent_per_day: Annotated[float, Meta(ge=0, le=100, description="a number from 0 to 100")] = 0.0
    at_most: Annotated[
        float, Meta(ge=0, le=NO_BOUND, description="a number from 0 to 10000, points or percent as what a day costs")
    ] = NO_BOUND


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that `assignment.toml` says."""

    name: Annotated[
        str,
        Meta(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$", description="1 to 120 characters in quotes"),
    ] = THE_LAB
    language: Annotated[str, Meta(pattern="^(en|zh)$", description='"en" or "zh"')] = ""
    roster: Annotated[str, Meta(description='a file, in quotes: "roster.csv" lies beside this one')] = ""
    total: Annotated[float, Meta(gt=0, le=10000, description="a number of points above 0, at most 10000")] = 100.0
    bonus_counted: Annotated[bool | None, Meta(description="true or false, without quotes")] = None
    delay: Annotated[
        float,
        Meta(
            ge=0.05,
            le=0.5,
            description="a number of seconds from 0.05 to 0.5: a whole second would let int(DELAY) pass",
        ),
    ] = 0.1
    checks_off: Annotated[tuple[str, ...], Meta(description='a list of checks: ["forking/survives_signals"]')] = ()
    points: dict[
        str, Annotated[float, Meta(ge=0, le=1000, description="a number from 0 to 1000, with two decimals at most")]
    ] = {}
    limits: Limits = Limits()
    deadline: Deadline | None = None

    @property
    def fingerprint(self) -> str:
        """A hash of what a result depends on: not of its name, language and roster; "" where all is as in the lab."""
        told = msgspec.structs.replace(self, name=_AS_IN_THE_LAB.name, language="", roster="")
        if told == _AS_IN_THE_LAB:
            return ""
        return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()[:16]


_AS_IN_THE_LAB = Assignment()
_in_force = [_AS_IN_THE_LAB]
"""One for a process, since a process works for one assignment."""


def in_force() -> Assignment:
    """The assignment that this process works for."""
    return _in_force[0]


def put_in_force(assignment: Assignment) -> None:
    """Have this process work for an assignment."""
    _in_force[0] = assignment
