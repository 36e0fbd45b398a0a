"""Moodle: a CSV file for the course's gradebook (Grades, Import, CSV file), mapped there by the instructor.

Source: moodle/moodle, grade/import/csv/classes/load_data.php: one student who is not known, one grade over 100, or a
cell that is no number stops the whole import; "-" is no grade, where an empty cell of a new item may become 0.
"""

from __future__ import annotations

from grader.exports.feedback import as_html, as_id
from grader.exports.grades import cut_to, grade_of
from grader.exports.moodle_worksheet import columns_of, rows_of
from grader.exports.shapes import DoesNotFit, Export, Format, Graded, OwnFile
from grader.exports.students import Row, apart, matched, student_on_moodle
from grader.exports.table import Sheet, sheet, table
from grader.model import Report

NO_GRADE = "-"
GRADE, FEEDBACK = "grade", "feedback"


def write(graded: Graded) -> Export:
    """A file with a login, number or address for each, or the rows of one that Moodle gave out.

    Raises:
        DoesNotFit: that one is no table.
    """
    notes = cut_to(graded)
    if graded.own is None:
        return _new(graded)._replace(notes=notes)
    own = sheet(graded.own)
    found = matched(graded.reports, _people(own), student_on_moodle)
    cells = {row: (_grade(report), as_html(report)) for row, report in found.reports.items()}
    return Export(own.extended((GRADE, FEEDBACK), cells), found.left_out, notes)


def _new(graded: Graded) -> Export:
    """Names of the bulk download tell a participant's number, which this importer does not take."""
    users = {
        one.submission: _user(one.submission) for one in graded.reports if not student_on_moodle(one.submission).ids
    }
    unique = apart(list(users.values()))
    told = [one for one in graded.reports if users.get(one.submission) in unique]
    lines = [("user", GRADE, FEEDBACK), *((users[one.submission], _grade(one), as_html(one)) for one in told)]
    names = {one.submission for one in told}
    return Export(table(lines), tuple(one.submission for one in graded.reports if one.submission not in names))


def _user(submission: str) -> str:
    r"""A login, number or address; PHP's fgetcsv() takes `\"` for a quote that closes nothing, and loses the table."""
    return as_id(submission).replace("\\", "/")


def _grade(report: Report) -> str:
    grade = grade_of(report)
    return NO_GRADE if grade is None else f"{min(grade, report.points):.2f}"


def _people(own: Sheet) -> list[Row]:
    """A worksheet's participants, else whoever is told by the cells of a row; the first two may be a name."""
    try:
        return rows_of(own, columns_of(own))
    except DoesNotFit:
        return [Row("", (*row, f"{row[0]} {row[1]}", f"{row[1]} {row[0]}")) for row in own.rows]


MOODLE = Format(
    "moodle",
    "CSV for the import into Moodle's gradebook; --from: any CSV of Moodle's with the participants",
    "moodle.csv",
    write,
    OwnFile.OPTIONAL,
    who="Name the folders by login, ID number or address, or give a grading worksheet with --from",
)
