"""Has pytest-html write the page of a result that is known, as of a run; nothing is run."""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Generator

import pytest

from grader import scratch
from grader.model import Outcome, Report, Result
from grader.page_of_pytest import Page
from grader.report.words import outcome_said
from grader.store import Recorded
from grader.wording import say

_LINK, _HOME = re.compile(rb'<a href="[^"]*/pytest-html">'), b'<a href="https://pytest-html.readthedocs.io/">'
"""The link that pytest-html writes leads to where it is fetched from, by a name that is no more."""


def written_by_pytest(report: Report, recorded: Recorded, reference: Recorded | None) -> bytes:
    """The page, one file that stands alone.

    Raises:
        RuntimeError: pytest did not write it, which is our own fault.
    """
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
