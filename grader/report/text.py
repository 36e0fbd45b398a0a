"""Results as plain text for a terminal, wrapped to its width; colour only where it is wanted."""

from __future__ import annotations

import textwrap

from grader.model import Diagnosis, Outcome, Report, Result, points_shown
from grader.recording import Recording
from grader.report.clean import clean, cut, one_line
from grader.report.story import story_of
from grader.report.words import (
    STRETCH,
    SYMBOLS,
    UNSANDBOXED,
    bonus_to_earn,
    by_track,
    core_of,
    counted,
    earned_of,
    hidden_of,
    lateness_of,
    needing_a_human,
    not_reached_on,
    score_of,
    stretch_of,
    sure_of,
    tracks_to_mend,
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
    room = max(width - 2, 20)
    line = textwrap.shorten(f"{head[2:]}  {one_line(said)}", room, placeholder=" …")
    if result.id not in line:  # too narrow even for that
        line = cut(" ".join(head.split()), room)
    return _painted(f"  {line}", result.outcome, colour)


def _why(result: Result) -> str:
    return f"{result.outcome.words}: {result.message}"


def _painted(line: str, outcome: Outcome, colour: bool) -> str:
    return f"\x1b[{_COLOURS[outcome]}m{line}\x1b[0m" if colour else line


def failure(result: Result, width: int, colour: bool, scene: Recording | None = None) -> list[str]:
    """A result that did not pass: requirement, expected, observed, evidence and hint, a line each or more.

    Args:
        scene: what was seen, where it is to be told from beginning to end.
    """
    lines = _wrapped("", result.requirement, width)
    if result.outcome is not Outcome.FAILED:
        return [*lines, *_wrapped(f"{result.outcome.words}: ", result.message, width), *_told(scene, result, width)]
    lines += _wrapped("  expected: ", result.expected, width)
    lines += [_painted(line, result.outcome, colour) for line in _wrapped("  observed: ", result.observed, width)]
    lines += [line for seen in result.evidence for line in _wrapped("  seen:     ", seen, width)]
    lines += _told(scene, result, width)
    return lines + (_wrapped("  hint:     ", result.hint, width) if result.hint else [])


def _told(scene: Recording | None, result: Result, width: int) -> list[str]:
    """The scene that the page draws, a line for each of its rows."""
    story = story_of(scene, result) if scene else None
    if story is None or not story.rows:
        return []
    rows = [line for row in story.rows for line in _wrapped(f"  {row.time:>11}  ", row.said, width)]
    return ["  the scene:", *rows]


def note(said: str, width: int) -> list[str]:
    """A sentence of the grader's own; no line where there is none."""
    return _wrapped("", said, width) if said else []


def _wrapped(head: str, said: str, width: int) -> list[str]:
    return textwrap.wrap(
        clean(said).replace("\n", " "),
        max(width, len(head) + 20),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
    ) or [head]


def _cause(head: str, root: Result, diagnosis: Diagnosis | None, width: int) -> list[str]:
    """What to mend, by its cause where that is known; what follows from it in a line below."""
    if diagnosis is None:
        why = "" if root.outcome is Outcome.FAILED else f" {root.outcome.words.capitalize()}: {root.message}"
        return _wrapped(head, f"{root.id}. {root.requirement}{why}", width)
    lines = _wrapped(head, f"{root.id}. {sure_of(diagnosis)}: {diagnosis.sentence}", width)
    lines += _wrapped("  hint: ", diagnosis.hint, width)
    if diagnosis.follows:
        more = counted(len(diagnosis.follows), "more follows", "more follow")
        lines += _wrapped("  ", f"{more} from it: {', '.join(diagnosis.follows)}", width)
    return lines


def _not_reached(report: Report, track: str, width: int) -> list[str]:
    others, points, _ = not_reached_on(report, track)
    told = f"{counted(others, 'requirement was', 'requirements were')} not reached, worth {points_shown(points)} points"
    return _wrapped("  ", told, width) if others else []


def closing(report: Report, width: int, colour: bool) -> list[str]:
    """The last lines on the screen: on each track the one thing to mend first, and its cause; then the score."""
    lines = []
    if report.sandbox == "none":
        lines += note(f"{UNSANDBOXED}: the programs ran as you, without a box.", width)
    unclear = needing_a_human(report)
    if unclear:
        names = ", ".join(result.id for result in unclear)
        lines += _wrapped("", f"The machine or the grader did not let us see: {names}. Run it again.", width)
    for place, (track, root, diagnosis) in enumerate(tracks_to_mend(report)):
        lines += _cause("And then: " if place else "Mend first: ", root, diagnosis, width)
        lines += _not_reached(report, track, width)
    bonus = bonus_to_earn(report)
    if bonus:
        lines += _cause("For the bonus: ", *bonus, width)
    if stretch_of(report.checks):
        lines.append(f"{STRETCH}: {earned_of(stretch_of(report.checks))}")
    tracks = [f"{track} {earned_of(core)}" for track, results in by_track(report).items() if (core := core_of(results))]
    lines += [
        line for said in (lateness_of(report), hidden_of(report)) if said for line in _wrapped("", f"{said}.", width)
    ]
    score = " · ".join([*tracks, f"score {score_of(report)}"])
    full = report.score >= report.points
    lines.append(_painted(score, Outcome.PASSED if full else Outcome.FAILED, colour))
    return lines
