"""Canvas: the gradebook's CSV file, as its importer reads it.

Source: instructure/canvas-lms, lib/gradebook_importer.rb and gradebook_exporter.rb; Assignment.title_and_id.
Rows before the students': the header, one with nothing but "Manual Posting" or blanks, one with "Points Possible".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.exports.feedback import as_id, cell
from grader.exports.grades import grade_in, grade_of, number_of, scaling
from grader.exports.shapes import DoesNotFit, Export, Format, Graded, OwnFile
from grader.exports.students import NOBODY, Row, Sought, apart, matched, on_canvas, sought_on_canvas
from grader.exports.table import Sheet, sheet, table
from grader.model import points_shown

POINTS = "Points Possible"
_NAMES = ("Student", "LastName", "FirstName", "SIS User ID", "SIS Login ID", "Integration ID")
_POSTING = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
_READ_ONLY = re.compile("read\\s+only")


def write(graded: Graded) -> Export:
    """A new file, or the gradebook's own with one column filled.

    Raises:
        DoesNotFit: it is no gradebook, or its assignment is not known.
    """
    return _new(graded) if graded.own is None else _filled(graded, sheet(graded.own))


def _new(graded: Graded) -> Export:
    """The least that the importer takes: it finds students by ID, else by login, else by name."""
    points = points_shown(graded.reports[0].points) if graded.reports else ""
    people = [
        (one, grade_of(report), report.submission) for report in graded.reports for one in sought_on_canvas(report)
    ]
    people += [(on_canvas(one), None, "") for one in graded.missing]
    unique = apart([key for one, _, _ in people for key in _keys(one)])
    lines = [
        ["Student", "ID", "SIS Login ID", "Section", cell(graded.title)],
        [f"    {POINTS}", "", "", "", points],
        *(_line(one, grade) for one, grade, _ in people if _is_clear(one, unique)),
    ]
    left_out = dict.fromkeys(name for one, _, name in people if name and not _is_clear(one, unique))
    return Export(table(lines), tuple(left_out))


def _is_clear(one: Sought, unique: set[str]) -> bool:
    """The importer finds them by one key, and nobody else by that."""
    return one != NOBODY and len(_keys(one)) == 1 and unique.issuperset(_keys(one))


def _keys(one: Sought) -> tuple[str, ...]:
    """What the importer may find them by."""
    return one.ids or (as_id(one.others[0]) if one.others else cell(one.name),)


def _line(one: Sought, grade: float | None) -> list[str]:
    login = "" if one.ids else as_id(one.others[0] if one.others else one.name)
    name = cell(one.name).replace(POINTS, "Points_Possible")  # or the importer takes the row for that one
    return [name, "".join(one.ids), login, "", "" if grade is None else points_shown(grade)]


def _filled(graded: Graded, own: Sheet) -> Export:
    if not _is_a_gradebook(own.header):
        raise DoesNotFit(
            "the file (--from) is no Canvas gradebook: its columns don't begin with Student, ID; export it anew from "
            "Grades, Export Entire Gradebook"
        )
    possible = next((row for row in own.rows if POINTS in row[0]), None)
    column = _column_of(graded.assignment, own.header, possible)
    most = number_of(possible[column]) if possible else None
    rows = [Row("") if _is_no_student(row) else _row(own.header, row) for row in own.rows]
    found = matched(graded.reports, rows, sought_on_canvas)
    comma = bool(possible and "," in possible[column])
    cells = {(row, column): grade_in(grade_of(report, most), comma) for row, report in found.reports.items()}
    return Export(own.filled(cells), found.left_out, scaling(graded, most))


def _is_a_gradebook(header: Sequence[str]) -> bool:
    """As row_has_student_headers? has it, but for a second column that only has "ID" in it: that is another one's."""
    student = len(header) > 3 and "Student" in header[0] and header[1] == "ID"
    return student or (len(header) > 4 and header[:3] == ("LastName", "FirstName", "ID"))


def _is_no_student(row: Sequence[str]) -> bool:
    return POINTS in row[0] or all(_POSTING.fullmatch(one) for one in row)


def _row(header: Sequence[str], row: Sequence[str]) -> Row:
    """A student's: by ID, else by another column that tells who they are."""
    told = dict(zip(header, row, strict=True))
    return Row(told["ID"].strip(), tuple(told[name] for name in _NAMES if told.get(name)))


def _column_of(wanted: str, header: Sequence[str], possible: Sequence[str] | None) -> int:
    """The assignment's column: the one that was named, else the only one there is.

    Raises:
        DoesNotFit: there is none, or there are several.
    """
    titles = {
        number: title
        for number, title in enumerate(header)
        if re.fullmatch(r".*\s\(\d+\)", title, re.DOTALL) and not (possible and _READ_ONLY.search(possible[number]))
    }
    found = [number for number, title in titles.items() if not wanted or wanted in (title, title.rpartition(" (")[0])]
    if len(found) == 1:
        return found[0]
    known = ", ".join(repr(title) for title in titles.values()) or "none"
    raise DoesNotFit(
        f"which assignment's column is to be filled? The gradebook (--from) has {known}; say it with --assignment"
    )


CANVAS = Format(
    "canvas",
    "Canvas gradebook CSV; --from fills one that it exported",
    "canvas.csv",
    write,
    OwnFile.OPTIONAL,
    who="Name the folders as Canvas' bulk download does, or by login, or give the exported gradebook with --from",
)
