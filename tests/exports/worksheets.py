"""Worksheets as Moodle gives them out, in three languages, and what its importer makes of one."""

from __future__ import annotations

import csv
import io
import re
from typing import Any, NamedTuple

from tests.exports import php
from tests.exports.classroom import CLASS, Pupil


class Language(NamedTuple):
    """How a worksheet looks in it: Moodle's language packs, mod_assign and moodle."""

    header: tuple[str, ...]
    participant: str
    time: str
    mark: str = "."


ENGLISH = Language(
    ("Identifier", "Full name", "Email address", "Status", "*Grade", "Maximum grade", "Grade can be changed",
     "Last modified (submission)", "Online text", "Last modified (grade)", "Feedback comments"),
    "Participant ", "Thursday, 26 November 2026, 11:36 AM",
)  # fmt: skip
GERMAN = Language(
    ("ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "*Bewertung", "Bestwertung",
     "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)", "Texteingabe online",
     "Zuletzt geändert (Bewertung)", "Feedback als Kommentar"),
    "Teilnehmer/in", "Donnerstag, 26. November 2026, 11:36", ",",
)  # fmt: skip
CHINESE = Language(
    ("标识符", "全名", "Email地址", "状态", "*成绩", "最高分", "成绩可更改", "最后修改 (提交)", "在线文本",
     "最后修改 (成绩)", "反馈评论"),
    "参与者", "2026年11月26日 星期四 11:36",
)  # fmt: skip
LANGUAGES = (ENGLISH, GERMAN, CHINESE)
ABSENT = Pupil("Nobody", "5", None)


def named(pupil: Pupil) -> str:
    """As Moodle names a folder of its bulk download: clean_filename, and no underscore in a name."""
    name = re.sub(r'[&<>"`|\':\\/\x00-\x1f]', "", pupil.name.replace("_", " ")).strip(" .")
    return f"{name}_{pupil.id}_assignsubmission_file"


def worksheet(
    language: Language = ENGLISH, *, most: str = "100.00", end: str = "\n", bom: str = "\ufeff", comments: bool = True,
    graded_before: str = "", **more: Any,
) -> bytes:  # fmt: skip
    """A worksheet as its instructor downloads it; Moodle itself can't read one with a backslash before a quote."""
    most = most.replace(".", language.mark)
    before = graded_before.replace(".", language.mark)
    header = [title.removeprefix("*") for title in language.header]
    lines = [header] + [
        [f"{language.participant}{pupil.id}", pupil.name.replace('\\"', '"'), f"{pupil.id}@x.edu", "Submitted for grading", before, most,
         "Yes", language.time, "", language.time if before else "-", "good" if before else ""]
        for pupil in (*CLASS, ABSENT)
    ]  # fmt: skip
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, **more).writerows(line if comments else line[:-1] for line in lines)
    return f"{bom}{text.getvalue()}".encode("utf-8", "replace")


class Imported(NamedTuple):
    """What process_import_grades does to one participant: None where it skips them."""

    grade: float | None
    feedback: str


def imported(data: bytes, language: Language = ENGLISH, most: float = 100) -> dict[str, Imported]:
    """What Moodle makes of a worksheet, by the participant's number."""
    header, *rows = php.rows_in(data)
    titles = [title.removeprefix("*") for title in language.header]
    grade, comment = header.index(titles[4]), titles[10]
    assert titles[0] in header
    assert titles[9] in header
    students = {}
    for row in rows:
        points = php.unformat_float(row[grade], language.mark)
        assert points is None or 0 <= points <= most
        feedback = row[header.index(comment)] if comment in header else ""
        students[row[header.index(titles[0])][len(language.participant) :]] = Imported(points, feedback)
    return students
