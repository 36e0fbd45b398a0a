"""Words that the formats share: one line each, clean, for a student to read."""

from __future__ import annotations

import json
from typing import Any

from grader.model import NOT_SEEN, Outcome, Report, Result, Status, points_shown
from grader.report.clean import cut, html, one_line
from grader.report.words import SYMBOLS, hidden_of, lateness_of
from grader.store import no_formula
from grader.wording import say

MOST_OF_A_LINE = 500
MOST_OF_A_CELL = 30_000
"""Characters; a spreadsheet that the file is opened and saved with cuts a cell off at 32,767."""
MOST_EVIDENCE = 24
"""Lines, as many as on the page."""


def summary(report: Report) -> str:
    """`87 of 100 points`, or that a human must look."""
    if report.status is not Status.GRADED:
        return needs_a_human()
    return say(". ").join(filter(None, (_points(report), lateness_of(report), hidden_of(report))))


def _points(report: Report) -> str:
    score, points, bonus = map(points_shown, (report.score, report.points, report.bonus))
    if report.bonus_counts:
        return say("{score} of {points} points, bonus included", score=score, points=points)
    if report.bonus:
        return say("{score} of {points} points, bonus {bonus}", score=score, points=points, bonus=bonus)
    return say("{score} of {points} points", score=score, points=points)


def needs_a_human() -> str:
    """What stands in a grade's place."""
    return say("Not graded yet: something could not be seen, and a human must look at it. No point is lost by that.")


def line_of(result: Result) -> str:
    """`✗ forking/listens, 0 of 4: The server listens.`"""
    values = {
        "check": f"{SYMBOLS[result.outcome]} {result.id}",
        "earned": points_shown(result.earned),
        "points": points_shown(result.points),
        "requirement": result.requirement,
    }
    if result.stretch:
        return shown(say("{check}, {earned} of {points} of bonus: {requirement}", **values))
    return shown(say("{check}, {earned} of {points}: {requirement}", **values))


def why(result: Result, *, briefly: bool = False) -> list[str]:
    """What was expected, what was seen, what to ask oneself; nothing where the requirement is met.

    Args:
        briefly: without the evidence.
    """
    if result.outcome is Outcome.PASSED:
        return []
    if result.outcome.needs_a_human:  # all that a student hears of an error of ours: its message names our code
        return [say(NOT_SEEN)]
    if result.outcome is Outcome.NOT_REACHED:
        return [shown(say("not reached: {why}", why=result.message))]
    seen = [say("seen: {line}", line=line) for line in result.evidence[: 0 if briefly else MOST_EVIDENCE]]
    pair = say("expected: {expected}", expected=result.expected), say("observed: {observed}", observed=result.observed)
    hint = [say("hint: {hint}", hint=result.hint)] if result.hint else []
    return [shown(line) for line in (*pair, *seen, *hint)]


def missed(report: Report) -> list[Result]:
    """What is left to be mended, the core first."""
    return sorted((result for result in report.checks if not result.passed), key=lambda result: result.stretch)


def as_html(report: Report) -> str:
    r"""All that a student should read, for platforms whose comments are HTML: no line end, no quote, no backslash.

    PHP's fgetcsv(), by which Moodle reads, takes `\"` for a quote that closes nothing.
    """
    text = inert(summary(report))
    for result in missed(report):
        more = "".join(f"<br>{inert(line)}" for line in [line_of(result), *why(result, briefly=True)])
        if len(text) + len(more) > MOST_OF_A_CELL:
            return f"{text}<br>…"
        text += more
    return text


def inert(line: str) -> str:
    """A line as HTML, without a backslash."""
    return html(line).replace("\\", "&#92;")


def as_json(value: Any) -> bytes:
    """JSON in ASCII, which nobody misreads."""
    return f"{json.dumps(value, indent=1)}\n".encode("ascii")


def shown(text: str) -> str:
    """A line that nothing in it steers, of a length that can be read."""
    return cut(one_line(text), MOST_OF_A_LINE)


def cell(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula."""
    return no_formula(shown(text))


def as_id(text: str) -> str:
    """A name that the platform compares with its own: as it is where the platform could have given it, else a cell.

    Logins, addresses and numbers have nothing in them that a formula needs (parentheses, equals, bars), so that they
    may begin with a sign.
    """
    return text if text and all(c.isalnum() or c in "-_.@+ " for c in text) and text == shown(text) else cell(text)
