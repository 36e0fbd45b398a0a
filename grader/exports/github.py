"""GitHub Actions: a step summary in Markdown, and annotations, which a step prints.

Source: docs.github.com, workflow commands (10 annotations of a kind for a step, 1 MiB for its summary); actions/runner,
src/Runner.Common/ActionCommand.cs (what is escaped how).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.exports.feedback import missed, shown, summary, why
from grader.exports.shapes import Export, Format, Graded
from grader.model import TRACKS, Outcome, Report, Result, Status, points_shown
from grader.report.words import SYMBOLS, outcome_said, status_said, track_of
from grader.wording import say

MOST_BYTES = 1_000_000
MOST_ANNOTATIONS = 10
_PROGRAMS = {track.name: track.program for track in TRACKS}


def write(graded: Graded) -> Export:
    """One submission is told requirement by requirement, a class as a table."""
    alone = len(graded.reports) == 1
    lines = _of_one(graded.reports[0]) if alone else _of_all(graded.reports)
    printed = _mistakes(graded.reports[0]) if alone else _for_a_human(graded.reports)
    return Export(_within_the_limit(lines), printed=tuple(_first_of(printed)))


def _of_one(report: Report) -> list[str]:
    rows = [
        f"| {SYMBOLS[one.outcome]} {outcome_said(one.outcome)} | {points_shown(one.earned)}/{points_shown(one.points)}"
        f"{say(' bonus') if one.stretch else ''} | {inert(one.id)} | {inert(one.requirement)} |"
        for one in report.checks
    ]
    head = [f"## {inert(report.submission)}: {inert(summary(report))}", ""]
    parts = [*head, say("| | points | requirement | |"), "|---|---|---|---|", *rows, ""]
    for one in missed(report):
        told = "<br>".join(inert(line) for line in why(one))
        parts.append(f"<details><summary>{SYMBOLS[one.outcome]} {inert(one.id)}</summary><p>{told}</p></details>")
    return parts


def _of_all(reports: Sequence[Report]) -> list[str]:
    rows = [
        f"| {inert(one.submission)} | {inert(_grade(one))} | {points_shown(one.bonus)} | {status_said(one.status)} |"
        for one in reports
    ]
    return [f"## {len(reports)} submissions", "", "| submission | points | bonus | |", "|---|---|---|---|", *rows]


def _grade(report: Report) -> str:
    return points_shown(report.score) if report.status is Status.GRADED else ""


def _mistakes(report: Report) -> list[str]:
    return [
        annotation(
            _kind(one),
            f"{one.id}: {one.requirement}",
            "\n".join(why(one, briefly=True)),
            file=_PROGRAMS.get(track_of(one), ""),
        )
        for one in missed(report)
        if one.outcome is not Outcome.NOT_REACHED and not one.stretch
    ]


def _kind(result: Result) -> str:
    return "warning" if result.outcome.needs_a_human else "error"


def _for_a_human(reports: Sequence[Report]) -> list[str]:
    return [
        annotation("warning", "needs a human", f"{shown(one.submission)}: {summary(one)}")
        for one in reports
        if one.status is not Status.GRADED
    ]


def _first_of(lines: Sequence[str]) -> Iterable[str]:
    """As many as GitHub shows; the last says how many there are."""
    if len(lines) <= MOST_ANNOTATIONS:
        return lines
    kept = MOST_ANNOTATIONS - 1
    return (*lines[:kept], annotation("notice", "more", f"{len(lines) - kept} more are in the step's summary"))


def annotation(kind: str, title: str, message: str, file: str = "") -> str:
    """A workflow command on a line of its own; what is in it ends neither the property nor the line."""
    properties = {"file": file, "title": shown(title)}
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{kind} {told}::{_value(message)}"


def _value(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _value(text).replace(":", "%3A").replace(",", "%2C")


def inert(text: str) -> str:
    """A text in which no character means anything to Markdown or HTML."""
    return "".join(c if c.isalnum() or c in " ,;" or (ord(c) > 127) else f"&#{ord(c)};" for c in shown(text))


def _within_the_limit(lines: Sequence[str]) -> bytes:
    """Whole lines, and how many were left out."""
    kept, size = [], 0
    for number, line in enumerate(lines):
        size += len(line.encode()) + 1
        if size > MOST_BYTES:
            kept += ["", f"… {len(lines) - number} more lines: GitHub takes no more than 1 MiB."]
            break
        kept.append(line)
    return "".join(f"{line}\n" for line in kept).encode()


GITHUB = Format(
    "github", "step summary for GitHub Actions, and annotations on standard output", "github-summary.md", write
)
