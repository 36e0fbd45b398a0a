"""Results as plain text for a terminal, wrapped to its width; colour only where it is wanted."""

from __future__ import annotations

import textwrap

from grader.model import Outcome, Report, Result, points_shown
from grader.report.clean import clean, one_line
from grader.report.words import (
    STRETCH,
    SYMBOLS,
    UNSANDBOXED,
    by_track,
    core_of,
    earned_of,
    first_to_mend,
    needing_a_human,
    next_of_the_bonus,
    score_of,
    stretch_of,
)

_COLOURS = {
    Outcome.PASSED: "32",
    Outcome.FAILED: "31",
    Outcome.NOT_REACHED: "2",
    Outcome.INCONCLUSIVE: "33",
    Outcome.ERROR: "35",
}


def result_line(result: Result, width: int, colour: bool) -> str:
    """One requirement and its outcome: `  ✓ 6/6  forking/answers  Every request gets …`; a bonus with a plus."""
    points = f"{'+' if result.stretch else ''}{points_shown(result.earned)}/{points_shown(result.points)}"
    head = f"  {SYMBOLS[result.outcome]} {points:>4}  {result.id}"
    said = result.requirement if result.outcome in (Outcome.PASSED, Outcome.FAILED) else _why(result)
    line = textwrap.shorten(f"{head[2:]}  {one_line(said)}", max(width - 2, 20), placeholder=" …")
    return _painted(f"  {line}", result.outcome, colour)


def _why(result: Result) -> str:
    return f"{result.outcome.words}: {result.message}"


def _painted(line: str, outcome: Outcome, colour: bool) -> str:
    return f"\x1b[{_COLOURS[outcome]}m{line}\x1b[0m" if colour else line


def failure(result: Result, width: int, colour: bool) -> list[str]:
    """A result that did not pass: requirement, expected, observed, evidence and hint, a line each or more."""
    lines = _wrapped("", result.requirement, width)
    if result.outcome is not Outcome.FAILED:
        return [*lines, *_wrapped(f"{result.outcome.words}: ", result.message, width)]
    lines += _wrapped("  expected: ", result.expected, width)
    lines += _wrapped("  observed: ", result.observed, width)
    lines += [line for seen in result.evidence for line in _wrapped("  seen:     ", seen, width)]
    if result.hint:
        lines += _wrapped("  hint:     ", result.hint, width)
    return [_painted(line, result.outcome, colour and "observed:" in line) for line in lines]


def _wrapped(head: str, said: str, width: int) -> list[str]:
    return textwrap.wrap(
        clean(said).replace("\n", " "),
        max(width, len(head) + 20),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
    ) or [head]


def closing(report: Report, width: int, colour: bool) -> list[str]:
    """The last lines on the screen: the one thing to mend first, then the score."""
    lines = []
    if report.sandbox == "none":
        lines.append(f"{UNSANDBOXED}: the programs ran as you, without a box.")
    unclear = needing_a_human(report)
    if unclear:
        names = ", ".join(result.id for result in unclear)
        lines += _wrapped("", f"The machine or the grader did not let us see: {names}. Run it again.", width)
    mend = first_to_mend(report)
    if mend:
        lines += _wrapped("Mend first: ", f"{mend.id}. {mend.requirement}", width)
    bonus = next_of_the_bonus(report)
    if bonus:
        lines += _wrapped("For the bonus: ", f"{bonus.id}. {bonus.requirement}", width)
    if stretch_of(report.checks):
        lines.append(f"{STRETCH}: {earned_of(stretch_of(report.checks))}")
    tracks = [f"{track} {earned_of(core)}" for track, results in by_track(report).items() if (core := core_of(results))]
    score = " · ".join([*tracks, f"score {score_of(report)}"])
    full = report.score >= report.points
    lines.append(_painted(score, Outcome.PASSED if full else Outcome.FAILED, colour))
    return lines
