"""Makes pytest-html's page ours: the report at its top, check ids in its table, nothing of the machine."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from pytest_metadata.plugin import metadata_key  # type: ignore[import-untyped]

from grader.model import Report
from grader.report import page
from grader.report.clean import html_within, one_line
from grader.store import Recorded
from grader.wording import say

OUTCOMES_OF_PYTEST = ("passed", "failed", "error")
"""Rows of its table are closed at first: all that they tell stands above."""
MOST_OF_A_MESSAGE = 60
"""Bytes as HTML."""
Known = Callable[[], "tuple[Report, Recorded, Recorded | None] | None"]


class Page:
    """A pytest plugin that gives pytest-html what stands on the page."""

    def __init__(self, known: Known, is_shown: Callable[[str], bool]) -> None:
        """Take what is asked for the report and its recordings when the page is written, and by id for each row."""
        self._known = known
        self._is_shown = is_shown

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """The environment table shows what a result depends on and no more."""
        known = self._known()
        metadata = session.config.stash[metadata_key]
        metadata.clear()
        if known:
            metadata.update({"Python": known[0].python, say("Sandbox"): known[0].sandbox})

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_report_title(self, report: object) -> None:
        """Name the page."""
        known = self._known()
        report.title = page.page_title(known[0]) if known else "forklab"  # type: ignore[attr-defined]
        report.set_data("renderCollapsed", list(OUTCOMES_OF_PYTEST))  # type: ignore[attr-defined]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """The report itself: static, complete without script."""
        known = self._known()
        if known:
            prefix.append(page.summary(*known))

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: pytest.TestReport, cells: list[str]) -> None:
        """Ids of checks in place of functions; none of what the instructor keeps hidden."""
        if not self._is_shown(report.location[2]):
            cells.clear()
            return
        check_id = html.escape(report.location[2])
        cells[1] = f'<td class="col-testId">{check_id}</td>'
        del cells[2:]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_html(self, report: pytest.TestReport, data: list[str]) -> None:
        """What failed, in short: all that is to be told of it stands above."""
        if report.longrepr is not None:
            data[:] = [html_within(one_line(str(report.longrepr)), MOST_OF_A_MESSAGE)]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """No duration, for a check takes none: looking does; and no links."""
        del cells[2:]
