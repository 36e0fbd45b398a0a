"""Moodle: every student's page as a feedback file, in the archive that an assignment takes back.

Source: moodle/moodle, mod/assign/feedback/file/importziplib.php: of a path's parts, the first of the form
`name_NUMBER_assignsubmission_file_` tells the participant; a file whose name begins with "." or "~" is not taken.
"""

from __future__ import annotations

import io
import zipfile

from grader.exports.moodle_worksheet import columns_of, rows_of
from grader.exports.shapes import Export, Format, Graded, OwnFile
from grader.exports.students import apart, matched, sought_on_moodle
from grader.exports.table import sheet
from grader.model import Report

PAGE = "report.html"
OF_TEAMS = (
    "numbers of the download are taken for participants'; where teams hand in they are the teams', which may be anybody's: "
    "then give a grading worksheet with --from"
)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The first moment that an archive has: equal pages are equal archives."""


def write(graded: Graded) -> Export:
    """The archive.

    Raises:
        DoesNotFit: the file that tells participants' numbers is no worksheet.
    """
    ids, left_out = _ids(graded) if graded.own is None else _ids_in(graded, graded.own)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for participant, report in ids.items():
            entry = zipfile.ZipInfo(f"{_folder(report, participant)}/{PAGE}", _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, graded.pages[report.submission])
    return Export(packed.getvalue(), left_out, () if graded.own else (OF_TEAMS,))


def _ids(graded: Graded) -> tuple[dict[str, Report], tuple[str, ...]]:
    """By participant's number, whose page it is, as the submissions' names tell it; and who has none."""
    told = {one.submission: [number for who in sought_on_moodle(one) for number in who.ids] for one in graded.reports}
    unique = apart([number for ids in told.values() for number in ids])
    there = {
        one.submission: one for one in graded.reports if told[one.submission][:1] and told[one.submission][0] in unique
    }
    return {told[name][0]: report for name, report in there.items()}, tuple(name for name in told if name not in there)


def _ids_in(graded: Graded, own: bytes) -> tuple[dict[str, Report], tuple[str, ...]]:
    """The same, as a worksheet tells it."""
    worksheet = sheet(own)
    rows = rows_of(worksheet, columns_of(worksheet))
    found = matched(graded.reports, rows, sought_on_moodle)
    return {rows[row].id: report for row, report in found.reports.items()}, found.left_out


def _folder(report: Report, participant: str) -> str:
    """Moodle's own, with the name as far as every file system has it; only the number counts."""
    name = "".join(c for c in sought_on_moodle(report)[0].name if c.isalnum() or c in " -")
    return f"{' '.join(name.split())[:60] or 'Participant'}_{participant}_assignsubmission_file_"


FEEDBACK = Format(
    "moodle-feedback",
    "archive of every student's page, for Moodle's feedback files; --from: a worksheet, for names that tell no number",
    "moodle-feedback.zip",
    write,
    OwnFile.OPTIONAL,
    with_pages=True,
    who="Name the folders as Moodle's bulk download does, or give a grading worksheet with --from",
)
