"""Moodle: a CSV file for the course's gradebook (Grades, Import, CSV file), mapped there by the instructor.

Source: moodle/moodle, grade/import/csv/classes/load_data.php: one student who is not known, one grade over 100, or a
cell that is no number stops the whole import; "-" is no grade, where an empty cell of a new item may become 0.
"""

from __future__ import annotations

from grader.exports.feedback import as_html, as_id
from grader.exports.grades import cut_to, grade_of
from grader.exports.moodle_worksheet import columns_of, rows_of
from grader.exports.shapes import DoesNotFit, Export, Format, Graded, OwnFile
from grader.exports.students import Row, apart, matched, sought_on_moodle
from grader.exports.table import Sheet, sheet, table
from grader.model import Report
from grader.people import Person

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
    found = matched(graded.reports, _people(own), sought_on_moodle)
    cells = {row: (_grade(report), as_html(report)) for row, report in found.reports.items()}
    return Export(own.extended((GRADE, FEEDBACK), cells), found.left_out, notes)


def _new(graded: Graded) -> Export:
    """Names of the bulk download tell a participant's number, which this importer does not take; a roster helps."""
    users = [(one, _users(one, _all_have_an_address(graded))) for one in graded.reports]
    nobody = [(_user_of(one, by_address=_all_have_an_address(graded)), NO_GRADE, "") for one in graded.missing]
    unique = apart([*(user for _, theirs in users for user in theirs), *(line[0] for line in nobody)])
    lines = [(user, _grade(one), as_html(one)) for one, theirs in users for user in theirs if user in unique]
    left_out = tuple(one.submission for one, theirs in users if not theirs or not unique.issuperset(theirs))
    return Export(table([("user", GRADE, FEEDBACK), *lines, *(line for line in nobody if line[0] in unique)]), left_out)


def _all_have_an_address(graded: Graded) -> bool:
    """Whoever imports the file maps the column to one kind of id: where all have an address, it is that."""
    people = [one for report in graded.reports for one in (report.student.people if report.student else (None,))]
    return all(one is not None and one.email for one in (*people, *graded.missing))


def _users(report: Report, by_address: bool) -> list[str]:
    student = report.student
    if student is None:
        return [_user(report.submission)] if not sought_on_moodle(report)[0].ids else []
    users = [_user_of(one, by_address=by_address, has_a_login=student.layout != "moodle") for one in student.people]
    return [user for user in users if user]


def _user_of(person: Person, *, by_address: bool, has_a_login: bool = False) -> str:
    return _user(person.email if by_address else person.sid or (person.id if has_a_login else ""))


def _user(told: str) -> str:
    r"""A login, number or address; PHP's fgetcsv() takes `\"` for a quote that closes nothing, and loses the table."""
    return as_id(told).replace("\\", "/")


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
