"""Moodle's offline grading worksheet: the instructor's own download, with grade and feedback filled.

Source: moodle/moodle, mod/assign/feedback/offline/importgradeslib.php and locallib.php (what the importer reads),
mod/assign/gradingtable.php (which columns there are, in which order), lib/csvlib.class.php.
Columns are named in the instructor's language. In English: Identifier, Full name, ..., Status, ..., Grade,
Maximum grade, ..., Grade can be changed, Last modified (submission), ..., Last modified (grade), Feedback comments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from grader.exports.feedback import as_html
from grader.exports.grades import cut_to, grade_in, grade_of, number_of, scaling
from grader.exports.shapes import DoesNotFit, Export, Format, Graded, OwnFile
from grader.exports.students import Row, matched, sought_on_moodle
from grader.exports.table import Sheet, sheet

NO_WORKSHEET = "the file (--from) is no grading worksheet of Moodle: "
FETCH_IT = '; download it from the assignment\'s submissions, "Download grading worksheet"'
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}")


class Columns(NamedTuple):
    """Where things stand in a worksheet, whatever its language.

    Args:
        prefix: what stands before the number in every identifier: "Participant ".
        feedback: None where the assignment takes no comments.
    """

    prefix: str
    id: int
    grade: int
    most: float
    feedback: int | None


def write(graded: Graded) -> Export:
    """The worksheet, filled.

    Raises:
        DoesNotFit: it is none, or its assignment has no points.
    """
    own = sheet(graded.own or b"")
    columns = columns_of(own)
    found = matched(graded.reports, rows_of(own, columns), sought_on_moodle)
    comma = "," in own.rows[0][columns.grade + 1]
    cells = {}
    for row, report in found.reports.items():
        grade = grade_of(report, columns.most)
        # more than the maximum is skipped without a word
        cells[row, columns.grade] = grade_in(None if grade is None else min(grade, columns.most), comma)
        if columns.feedback is not None:
            cells[row, columns.feedback] = as_html(report)
    notes = (*scaling(graded, columns.most), *cut_to(graded, columns.most), *_no_comments(columns))
    return Export(own.filled(cells), found.left_out, notes)


def _no_comments(columns: Columns) -> tuple[str, ...]:
    if columns.feedback is not None:
        return ()
    return ("the assignment takes no comments (feedback type Feedback comments): only grades are filled",)


def columns_of(own: Sheet) -> Columns:
    """Find the columns: by what stands in them, for their names are in any language.

    Raises:
        DoesNotFit: one that Moodle's importer needs is missing, or can't be told from others.
    """
    if not own.rows:
        raise DoesNotFit(f"{NO_WORKSHEET}it has no participants{FETCH_IT}")
    identifiers = [re.fullmatch(r"(.*?)\d+", cell.strip(), re.DOTALL) for cell in own.column(0)]
    prefixes = {found[1] for found in identifiers if found}
    if None in identifiers or len(prefixes) != 1 or not prefixes - {""}:
        raise DoesNotFit(f'{NO_WORKSHEET}its first column is not Identifier, with "Participant 123" in it{FETCH_IT}')
    grade = _grade_column(own)
    times = [number for number in range(grade + 2, len(own.header)) if all(map(_is_a_time, own.column(number)))]
    if not times:
        raise DoesNotFit(f"{NO_WORKSHEET}it has no column Last modified (grade){FETCH_IT}")
    feedback = times[-1] + 1 if times[-1] + 1 < len(own.header) else None
    return Columns(prefixes.pop(), 0, grade, number_of(own.rows[0][grade + 1]) or 0.0, feedback)


def _grade_column(own: Sheet) -> int:
    """The one whose neighbour has the same number in every row, the maximum, that none of its own is over."""
    found = [number for number in range(1, len(own.header) - 1) if _is_of(own.column(number), own.column(number + 1))]
    if len(found) > 1:
        found = [number for number in found if own.header[number] == "Grade"]
    if len(found) != 1:
        raise DoesNotFit(
            f"{NO_WORKSHEET}its column Grade, followed by Maximum grade, can't be found. An assignment that is graded "
            f"by a scale has none{FETCH_IT}"
        )
    return found[0]


def _is_of(grades: Sequence[str], most: Sequence[str]) -> bool:
    points = {number_of(cell) for cell in most}
    if len(points) != 1 or None in points:
        return False
    full = max(one for one in points if one)
    return all(not cell.strip() or (re.fullmatch(r"\d+([.,]\d+)?", cell.strip()) and (number_of(cell) or 0) <= full) for cell in grades)  # fmt: skip


def _is_a_time(cell: str) -> bool:
    """`-`, or a day and a clock in any language; userdate() leaves no cell empty."""
    return cell.strip() == "-" or (bool(_CLOCK.search(cell)) and len(re.findall(r"\d+", cell)) >= 4)


def rows_of(own: Sheet, columns: Columns) -> list[Row]:
    """The participants, with what stands before the grade: name, address, number."""
    return [
        Row(
            row[columns.id].strip().removeprefix(columns.prefix),
            row[1 : columns.grade],
            called=(row[1], columns.prefix),  # blind, a download has the prefix in place of every name
        )
        for row in own.rows
    ]


WORKSHEET = Format(
    "moodle-worksheet",
    "Moodle's offline grading worksheet, grade and feedback filled; needs --from",
    "moodle-worksheet.csv",
    write,
    OwnFile.NEEDED,
    who="Name the folders as Moodle's bulk download does, or as the worksheet names people",
)
