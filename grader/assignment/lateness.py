"""What a late submission loses: a pure rule of when it came and when it was due.

A day that has begun is a day, counted from the end of the grace. Percent are of the points that can be had, as Canvas counts them, so that an hour late
costs everybody the same. The platform's bare word that a submission is late costs one day, the least that it can mean.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import msgspec

from grader.assignment import Deadline
from grader.model import Report, points_shown
from grader.people import Student
from grader.wording import filed

DAY = 86400
"""Seconds."""
_UNITS = {"s": 1, "min": 60, "h": 3600, "day": DAY, "days": DAY}
_LENGTH = re.compile(r"(\d{1,6}) ?(s|min|h|days?)", re.ASCII)


class Late(NamedTuple):
    """How late a submission came.

    Args:
        days: begun since the deadline and its grace were over.
        told: in words.
    """

    days: int
    told: str


def seconds_of(length: str) -> int | None:
    """A length of time in seconds: `15 min`, `2 h`, `1 day`; None where it is none."""
    found = _LENGTH.fullmatch(length)
    return int(found[1]) * _UNITS[found[2]] if found else None


def with_its_lateness(report: Report, deadline: Deadline | None, student: Student) -> Report:
    """A report of a submission with what its lateness costs, said in words; as it is where it was in time.

    Args:
        report: with the points that were proven, nothing taken off.
        student: when it was handed in, or that it was late, as the platform tells.
    """
    there = how_late(deadline, student) if deadline else None
    if deadline is None or there is None:
        return report
    taken = min(_cost(deadline, there.days, report.points), report.score)
    return msgspec.structs.replace(
        report, score=round(report.score - taken, 2), deduction=taken, lateness=_sentence(there, taken)
    )


def how_late(deadline: Deadline, student: Student) -> Late | None:
    """How late a submission came; None where it was in time, or where nobody knows."""
    if student.submitted_at is None:
        told = filed("late by the platform's word, which does not say by how much: counted as one day")
        return Late(1, told) if student.late else None
    over = (student.submitted_at - deadline.at).total_seconds()
    if over <= 0:
        return None
    after = filed("handed in {time} after the deadline", time=_length(over))
    grace = seconds_of(deadline.grace) or 0
    if over <= grace:
        return Late(0, filed("{lateness}, which is within the {grace} of grace", lateness=after, grace=deadline.grace))
    return Late(math.ceil((over - grace) / DAY), after)


def _cost(deadline: Deadline, days: int, points: float) -> float:
    """Points, or percent of those that can be had, for so many days."""
    amount = min(days * (deadline.points_per_day or deadline.percent_per_day), deadline.at_most)
    return round(amount if deadline.points_per_day else amount * points / 100, 2)


def _sentence(late: Late, taken: float) -> str:
    if not taken:
        return filed("{lateness}: nothing is taken off", lateness=late.told)
    if taken == 1:
        return filed("{lateness}: 1 point less", lateness=late.told)
    return filed("{lateness}: {points} points less", lateness=late.told, points=points_shown(taken))


def _days_and_hours(days: int, hours: int) -> str:
    if days == 1:
        return filed("1 day {hours} h", hours=hours) if hours else filed("1 day")
    return filed("{days} days {hours} h", days=days, hours=hours) if hours else filed("{days} days", days=days)


def _length(seconds: float) -> str:
    """`3 days 4 h`, `5 h 20 min`, `7 min`, `20 s`: the two largest units."""
    whole = int(seconds)
    days, hours, minutes = whole // DAY, whole % DAY // 3600, whole % 3600 // 60
    if days:
        return _days_and_hours(days, hours)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(filter(None, parts)) or f"{whole} s"
