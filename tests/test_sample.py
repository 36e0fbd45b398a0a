"""The sample report of the docs is what today's grader makes of what was recorded, and the page about it names what is there."""

from __future__ import annotations

import re
from html import unescape

import pytest

from grader.grading import PROJECT, REFERENCE, checks_here, references_of
from grader.model import Outcome, Report
from grader.recording import Recording
from grader.rejudging import judged_again
from grader.replaying import page_of
from grader.report.page import summary
from grader.report.words import SYMBOLS
from grader.store import PAGE, recordings_in, result_in

SAMPLE = PROJECT / "docs" / "sample"
STUDENT = SAMPLE / "emil"
HOW_TO_READ = PROJECT / "docs" / "how-to-read-a-report.md"
ANEW = "`python -m grader rejudge docs/sample` and `python -m grader report docs/sample` make the sample anew"
MOST_LINES = 45
"""Of a page of one screen."""


@pytest.fixture(scope="module")
def reference() -> dict[str, dict[str, Recording]]:
    """What the reference did beside it."""
    return recordings_in(SAMPLE / ".reference")


@pytest.fixture(scope="module")
def filed() -> Report:
    """The result."""
    report = result_in(STUDENT)
    assert report is not None
    return report


def without_its_date(page: str) -> str:
    """A page made at another time, and by another version of pytest-html, differs in this."""
    return re.sub(r"Report generated on .*?</p>|tests? took .*? ms\.", "", page, flags=re.DOTALL)


def test_the_sample_is_what_the_checks_say_today(filed: Report, reference: dict[str, dict[str, Recording]]) -> None:
    """Judged again, every outcome, message and cause is the same."""
    checks = [check for check in checks_here() if not check.hidden]
    again = judged_again(filed, recordings_in(STUDENT), references_of(reference), checks, "today")
    assert again.unjudged == ()
    assert not again.is_changed, f"{again.changes}: {ANEW}"


def test_the_sample_is_the_page_that_is_made_today(filed: Report, reference: dict[str, dict[str, Recording]]) -> None:
    """All that is ours, byte for byte, and pytest-html's part as far as it has no date in it."""
    page = (STUDENT / PAGE).read_text("utf-8")
    recorded = recordings_in(STUDENT)
    assert summary(filed.for_the_student, recorded, reference) in page, ANEW
    made = [page_of(filed, recorded, reference).decode() for _ in range(2)]
    assert without_its_date(made[0]) == without_its_date(made[1])
    data = [re.findall(r'data-jsonblob="[^"]*"', one) for one in (page, made[0])]
    assert data[0] == data[1], ANEW


def test_the_sample_tells_nothing_of_the_machine_it_was_made_on(filed: Report) -> None:
    """Nor of what an instructor keeps hidden."""
    page = (STUDENT / PAGE).read_text("utf-8")
    assert not re.search(r"/(root|home|tmp|opt)/", page)
    assert (filed.path, filed.before) == ("", None)
    assert not any(result.hidden for result in filed.checks)
    assert REFERENCE.name not in {path.name for path in SAMPLE.iterdir()}


def test_the_page_about_reading_names_what_is_there(filed: Report) -> None:
    """Its bold words and signs stand in the sample; it is one screen long, and its link leads there."""
    text, page = HOW_TO_READ.read_text("utf-8"), unescape((STUDENT / PAGE).read_text("utf-8"))
    assert len(text.splitlines()) <= MOST_LINES
    assert [(HOW_TO_READ.parent / link).is_file() for link in re.findall(r"\]\((.*?)\)", text)] == [True]
    for words in ("Mend this first", "expected", "observed", "What was seen"):
        assert f"**{words}**" in text
        assert words in page
    for words in ("How to make sure", "The same as a table"):
        assert f"`{words}`" in text
        assert words in page
    assert re.search(r">by \d\.\d{3}<", page)
    assert set(SYMBOLS.values()) <= set("".join(re.findall(r"^\| (.+?) \|", text, re.MULTILINE)))
    assert {outcome.words for outcome in Outcome} <= set(
        re.findall(r"[a-z ]+[a-z]", text.replace("| ", "|").replace(", ", ","))
    )
    assert filed.score < filed.points
