"""The part of an assignment that students get: what their own `pytest` shows, and nothing of what is hidden."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import tomli_w

from grader.assignment import Assignment, Deadline
from grader.assignment.rubric import applied
from grader.model import Check

_KEPT_BACK = ("roster", "limits", "bonus_counted", "checks_off", "points", "total")
"""Names of students; what holds for a batch alone; and what is written anew, without hidden checks."""


def for_students(assignment: Assignment, checks: Sequence[Check]) -> bytes:
    """`assignment.toml` as it is handed out: no comments, no roster, no word of hidden checks, and the points that are left.

    Args:
        checks: all that there are here, as declared.
    """
    shown = [check for check in applied(checks, assignment) if not check.hidden]
    names = {check.id for check in checks if not check.hidden}
    told = {key: value for key, value in _said(assignment).items() if key not in _KEPT_BACK}
    told["total"] = _number(round(sum(check.points for check in shown if not check.stretch), 2))
    if assignment.bonus_counted is not None:
        told["bonus_counted"] = assignment.bonus_counted
    off = [check for check in assignment.checks_off if check in names]
    points = {check: _number(points) for check, points in assignment.points.items() if check in names}
    return tomli_w.dumps(
        {**told, **({"checks_off": off} if off else {}), **({"points": points} if points else {})}
    ).encode()


def _said(assignment: Assignment) -> dict[str, object]:
    """What is not as in the lab, tables last."""
    told = _said_otherwise(assignment, Assignment())
    if assignment.deadline:
        at = Deadline(at=assignment.deadline.at)
        told["deadline"] = {"at": at.at, **_said_otherwise(assignment.deadline, at)}
    return told


def _said_otherwise(settings: msgspec.Struct, default: msgspec.Struct) -> dict[str, object]:
    lab = msgspec.structs.asdict(default)
    return {key: value for key, value in msgspec.structs.asdict(settings).items() if value != lab[key]}


def _number(points: float) -> float:
    return int(points) if points == int(points) else points
