"""nbgrader: the table that `nbgrader export` writes, for whatever reads that.

Source: jupyter/nbgrader, nbgrader/plugins/export.py; it quotes nothing, so that a cell is quoted here only where it
could not be read otherwise.
"""

from __future__ import annotations

from grader.exports.feedback import as_id, cell
from grader.exports.grades import grade_of
from grader.exports.shapes import Export, Format, Graded
from grader.exports.students import apart
from grader.exports.table import table
from grader.model import Report

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
)  # fmt: skip


def write(graded: Graded) -> Export:
    """A line for each; two that are one when told without steering characters are left out."""
    ids = {report.submission: as_id(report.submission) for report in graded.reports}
    unique = apart(list(ids.values()))
    lines = [
        _line(cell(graded.title), ids[one.submission], one) for one in graded.reports if ids[one.submission] in unique
    ]
    return Export(table([COLUMNS, *lines]), tuple(name for name, told in ids.items() if told not in unique))


def _line(title: str, student: str, report: Report) -> tuple[str, ...]:
    grade = grade_of(report)
    score = "" if grade is None else str(grade)
    raw = "" if grade is None else str(round(report.before_deduction, 2))
    penalty = "" if grade is None else str(float(report.deduction))
    return (title, "", "", student, "", "", "", raw, penalty, score, str(float(report.points)))


NBGRADER = Format(
    "nbgrader",
    "CSV as nbgrader export writes it",
    "nbgrader.csv",
    write,
    who="Their names differ in characters alone that can't be shown: rename the folders",
)
