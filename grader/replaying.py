"""Renders results as their pages, and files them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from grader import store
from grader.languages import spoken
from grader.model import Report
from grader.report.instructors_page import instructors_page
from grader.store import Recorded
from grader.wording import speaking

WRITES_PAGES = "grader.rendering"
"""Imports pytest, a third of what a command of ours takes to start: only who writes a page does."""


class Pages(NamedTuple):
    """The two views of a result.

    Args:
        student: `report.html`, one file that stands alone.
        instructor: `instructor.html`, likewise, which no student may see.
    """

    student: bytes
    instructor: bytes


def pages_of(report: Report, recorded: Recorded, reference: Recorded | None = None) -> Pages:
    """Both pages of a result."""
    with speaking(spoken(report.language)):
        instructors = instructors_page(report, recorded, reference)
    return Pages(page_of(report, recorded, reference), instructors.encode("utf-8", "backslashreplace"))


def commit_told(folder: Path, report: Report, recorded: Recorded, reference: Recorded | None = None) -> None:
    """File a result whose recordings are filed already, and both its pages."""
    pages = pages_of(report, recorded, reference)
    store.commit_report(folder, report, pages.student, pages.instructor)


def page_of(report: Report, recorded: Recorded, reference: Recorded | None = None) -> bytes:
    """The student's `report.html`: one file that stands alone, in the language of the report's texts.

    Raises:
        RuntimeError: pytest did not write it, which is our own fault.
    """
    from grader.rendering import written_by_pytest

    with speaking(spoken(report.language)):
        return written_by_pytest(report.for_the_student, recorded, reference)
