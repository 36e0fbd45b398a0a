"""Renders results as the page that pytest-html makes of a run, without running anything."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import pytest

from grader import scratch, store
from grader.languages import spoken
from grader.model import Outcome, Report, Result
from grader.page_of_pytest import Page
from grader.report.instructors_page import instructors_page
from grader.report.words import outcome_said
from grader.store import Recorded
from grader.wording import say, speaking

_LINK, _HOME = re.compile(rb'<a href="[^"]*/pytest-html">'), b'<a href="https://pytest-html.readthedocs.io/">'
"""The link that pytest-html writes leads to where it is fetched from, by a name that is no more."""


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
    with speaking(spoken(report.language)):
        return _written_by_pytest(report.for_the_student, recorded, reference)


def _written_by_pytest(report: Report, recorded: Recorded, reference: Recorded | None) -> bytes:
    shown = {result.id for result in report.checks}
    page = Page(lambda: (report, recorded, reference), shown.__contains__)
    with scratch.folder() as folder:
        html = folder / "report.html"
        arguments = [
            "-p", "pytest_html.plugin", "-p", "pytest_metadata.plugin", "-p", "no:cacheprovider", "-p", "no:terminal",
            f"--html={html}", "--self-contained-html", f"--rootdir={folder}", "-c", os.devnull, str(folder),
        ]  # fmt: skip
        with _autoload_off(), contextlib.redirect_stdout(io.StringIO()) as said:
            pytest.main(arguments, plugins=[Replay(report), page])
        if not html.is_file():
            raise RuntimeError(f"pytest-html wrote no page: {said.getvalue()[-500:]}")
        return _LINK.sub(_HOME, html.read_bytes())


@contextlib.contextmanager
def _autoload_off() -> Generator[None]:
    """No plugin but those named: neither xdist nor whatever else is installed."""
    name = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


class Replay:
    """A pytest plugin whose run consists of results that are known already."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def pytest_collection(self, session: pytest.Session) -> bool:
        """Collect nothing."""
        session.items = []
        session.testscollected = len(self._report.checks)
        return True

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Tell every result as a run would."""
        for result in self._report.checks:
            for when in ("setup", "call", "teardown"):
                session.config.hook.pytest_runtest_logreport(report=told(result, when))
        return True


def told(result: Result, when: str) -> pytest.TestReport:
    """A result as pytest's own kind of report."""
    failed = when == "call" and result.outcome is not Outcome.PASSED
    return pytest.TestReport(
        nodeid=result.id,
        location=("", None, result.id),
        keywords={},
        outcome="failed" if failed else "passed",
        longrepr=say("{outcome}: {message}", outcome=outcome_said(result.outcome), message=result.message)
        if failed
        else None,
        when=when,  # type: ignore[arg-type]
    )
