"""An assignment with few checks, for tests of what is around a grade: they ask who is graded, and not what for."""

from __future__ import annotations

from pathlib import Path

from grader.grading import checks_declared

POINTS = {
    "blocking/listens": 10,
    "blocking/closes_after_reply": 20,
    "blocking/leaves_no_descriptor_open": 20,
    "forking/listens": 10,
    "forking/closes_after_reply": 20,
    "forking/leaves_no_descriptor_open": 20,
    "forking/prints_nothing_twice": 1,
}
"""A scene for each program, and one that the bonus needs: a quarter of what a whole grade costs."""


def write_few_checks(file: Path) -> Path:
    """Write the assignment into a file."""
    off = ", ".join(f'"{check.id}"' for check in checks_declared() if check.id not in POINTS)
    points = "\n".join(f'"{check}" = {worth}' for check, worth in POINTS.items())
    file.write_text(f"total = 100\nchecks_off = [{off}]\n[points]\n{points}\n")
    return file
