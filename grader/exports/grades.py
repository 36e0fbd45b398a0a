"""Grades as numbers: of how many points, with how many decimals, and none where a human must look first."""

from __future__ import annotations

import re

from grader.exports.shapes import Graded
from grader.model import Report, Status, points_shown


def grade_of(report: Report, most: float | None = None) -> float | None:
    """Points with two decimals, None where a human must look first.

    Args:
        most: points that the platform has for a full score, where it says.
    """
    if report.status is not Status.GRADED:
        return None
    scale = most / report.points if most is not None and report.points else 1.0
    return round(report.score * scale, 2)


def number_of(text: str) -> float | None:
    """A number with a decimal point or comma; None where it is none, or nothing."""
    plain = text.strip().replace(",", ".")
    return float(plain) if re.fullmatch(r"\d+(\.\d+)?", plain) and float(plain) else None


def grade_in(grade: float | None, comma: bool) -> str:
    """A grade with two decimals, by the file's own decimal mark; "" where a human must look first."""
    return "" if grade is None else f"{grade:.2f}".replace(".", "," if comma else ".")


def cut_to(graded: Graded, most: float | None = None) -> tuple[str, ...]:
    """That grades were cut, where a bonus goes over what the platform takes.

    Args:
        most: points that the platform has; the lab's own where it does not say.
    """
    if not any(report.score > report.points for report in graded.reports if report.status is Status.GRADED):
        return ()
    points = graded.reports[0].points if most is None else most
    return (f"the platform takes no more than {points_shown(points)} points: what a bonus has over that is cut off",)


def scaling(graded: Graded, most: float | None) -> tuple[str, ...]:
    """That grades were converted, where the platform has other points than the lab."""
    points = {report.points for report in graded.reports} - {most}
    if most is None or not points:
        return ()
    return (f"the platform has {points_shown(most)} points for it: grades of {points_shown(max(points))} are scaled",)
