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
from grader.people import Person

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
)  # fmt: skip


def write(graded: Graded) -> Export:
    """A line for each student; two that are one when told without steering characters are left out."""
    people = [(one, report) for report in graded.reports for one in _people(report)]
    ids = [as_id(one.known_as) for one in (*(one for one, _ in people), *graded.missing)]
    unique = apart(ids)
    title = cell(graded.title)
    lines = [_line(title, one, report) for one, report in people if as_id(one.known_as) in unique]
    points = graded.reports[0].points if graded.reports else 0.0
    lines += [_without_a_score(title, one, points) for one in graded.missing if as_id(one.known_as) in unique]
    left_out = dict.fromkeys(report.submission for one, report in people if as_id(one.known_as) not in unique)
    return Export(table([COLUMNS, *lines]), tuple(left_out))


def _people(report: Report) -> tuple[Person, ...]:
    """Who gets the grade, each with an id."""
    people = report.student.people if report.student else ()
    return people if people and all(one.known_as for one in people) else (Person(id=report.submission),)


def _line(title: str, student: Person, report: Report) -> tuple[str, ...]:
    grade = grade_of(report)
    score = "" if grade is None else str(grade)
    raw = "" if grade is None else str(round(report.before_deduction, 2))
    penalty = "" if grade is None else str(float(report.deduction))
    return (*_who(title, student), raw, penalty, score, str(float(report.points)))


def _without_a_score(title: str, student: Person, points: float) -> tuple[str, ...]:
    return (*_who(title, student), "", "", "", str(float(points)))


def _who(title: str, student: Person) -> tuple[str, ...]:
    return (title, "", "", as_id(student.known_as), "", "", as_id(student.email))


NBGRADER = Format(
    "nbgrader",
    "CSV as nbgrader export writes it",
    "nbgrader.csv",
    write,
    who="Their names differ in characters alone that can't be shown: rename the folders",
)
