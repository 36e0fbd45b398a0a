"""The checks as an assignment has them: its points, without those that are off. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from grader.assignment import Assignment
from grader.model import Check, points_shown


class DoesNotAddUp(Exception):
    """The points of an assignment are not as many as it says; the message says what to do."""


def applied(checks: Iterable[Check], assignment: Assignment) -> tuple[Check, ...]:
    """Checks with the assignment's points; hidden ones that have some are part of the score.

    Raises:
        DoesNotAddUp: the points of the core and of hidden checks are not the assignment's total.
    """
    asked = tuple(_with_its_points(check, assignment) for check in checks if check.id not in assignment.checks_off)
    there = round(sum(check.points for check in asked if not check.stretch), 2)
    if there != assignment.total:
        has, says = points_shown(there), points_shown(assignment.total)
        raise DoesNotAddUp(
            f"the checks that count have {has} points in all, and total is {says}: "
            f"change some of them in [points], or say total = {has}"
        )
    return asked


def _with_its_points(check: Check, assignment: Assignment) -> Check:
    if check.id not in assignment.points:
        return check
    points = assignment.points[check.id]
    counts = check.hidden and points > 0
    return msgspec.structs.replace(check, points=points, stretch=check.stretch and not counts)
