"""Results as plain text for a terminal, wrapped to its width; colour only where it is wanted."""

from __future__ import annotations

import re
import textwrap

from grader.model import Diagnosis, Outcome, Report, Result, points_shown
from grader.recording import Recording
from grader.report.clean import clean, columns, cut_to_columns, fitting, one_line
from grader.report.story import story_of
from grader.report.words import (
    SYMBOLS,
    bonus_to_earn,
    by_track,
    core_of,
    earned_of,
    hidden_of,
    lateness_of,
    needing_a_human,
    not_reached_on,
    outcome_said,
    score_of,
    stretch_of,
    stretch_said,
    sure_of,
    tracks_to_mend,
    unsandboxed_said,
)
from grader.wording import say, say_of

_OPENING, _CLOSING = "（“‘", "，。、：；？！）”’"
_PIECES = re.compile(
    f"[{_OPENING}]*(?:(?![{_OPENING}])[\u2e80-\U0003ffff]|[^\\s\u2e80-\U0003ffff{_OPENING}{_CLOSING}]+)[{_CLOSING}]*\\s*|."
)
"""What no line is broken within: an ideograph or a word of another script, with the marks that open and close it."""
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
    line = _shortened(f"{head[2:]}  {one_line(said)}", room)
    if result.id not in line:  # too narrow even for that
        line = fitting(" ".join(head.split()), room)
    return _painted(f"  {line}", result.outcome, colour)


def _why(result: Result) -> str:
    return say("{outcome}: {message}", outcome=outcome_said(result.outcome), message=result.message)


def _painted(line: str, outcome: Outcome, colour: bool) -> str:
    return f"\x1b[{_COLOURS[outcome]}m{line}\x1b[0m" if colour else line


def failure(result: Result, width: int, colour: bool, scene: Recording | None = None) -> list[str]:
    """A result that did not pass: requirement, expected, observed, evidence and hint, a line each or more.

    Args:
        scene: what was seen, where it is to be told from beginning to end.
    """
    lines = _wrapped(say("A bonus: ") if result.stretch else "", result.requirement, width)
    if result.outcome is not Outcome.FAILED:
        head = say("{outcome}: ", outcome=outcome_said(result.outcome))
        return [*lines, *_wrapped(head, result.message, width), *_told(scene, result, width)]
    lines += _wrapped(say("  expected: "), result.expected, width)
    lines += [_painted(line, result.outcome, colour) for line in _wrapped(say("  observed: "), result.observed, width)]
    lines += [line for seen in result.evidence for line in _wrapped(say("  seen:     "), seen, width)]
    lines += _told(scene, result, width)
    return lines + (_wrapped(say("  hint:     "), result.hint, width) if result.hint else [])


def _told(scene: Recording | None, result: Result, width: int) -> list[str]:
    """The scene that the page draws, a line for each of its rows."""
    story = story_of(scene, result) if scene else None
    if story is None or not story.rows:
        return []
    rows = [line for row in story.rows for line in _wrapped(_time_of(row.time), row.said, width)]
    return [say("  the scene:"), *rows]


def _time_of(time: str) -> str:
    """Before a row, in a column of its own."""
    return f"  {' ' * (11 - columns(time))}{time}  "


def note(said: str, width: int) -> list[str]:
    """A sentence of the grader's own; no line where there is none."""
    return _wrapped("", said, width) if said else []


def _wrapped(head: str, said: str, width: int) -> list[str]:
    text = clean(said).replace("\n", " ")
    if columns(text) > len(text):
        return _wrapped_by_columns(head, text, max(width, columns(head) + 20))
    return textwrap.wrap(
        text,
        max(width, len(head) + 20),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
    ) or [head]


def _wrapped_by_columns(head: str, text: str, width: int) -> list[str]:
    """Ideographs are two columns wide, and a line may end after each of them, but before no mark that closes."""
    lines, indent = [head], " " * columns(head)
    for piece in _PIECES.findall(text):
        if columns(lines[-1] + piece.rstrip()) > width and lines[-1] not in (head, indent):
            lines[-1] = lines[-1].rstrip()
            lines.append(indent)
        lines[-1] += piece.lstrip() if lines[-1] == indent else piece
    return lines


def _shortened(line: str, width: int) -> str:
    """A line that fits."""
    if columns(line) == len(line):
        return textwrap.shorten(line, width, placeholder=" …")
    one = " ".join(line.split())
    return one if columns(one) <= width else f"{cut_to_columns(one, width - 2).rstrip()} …"


def _cause(head: str, root: Result, diagnosis: Diagnosis | None, width: int) -> list[str]:
    """What to mend, by its cause where that is known; what follows from it in a line below."""
    if diagnosis is None:
        return _want(head, root, width)
    sure, cause = sure_of(diagnosis), diagnosis.sentence
    lines = _wrapped(head, say("{check}. {sure}: {cause}", check=root.id, sure=sure, cause=cause), width)
    lines += _wrapped(say("  hint: "), diagnosis.hint, width)
    if diagnosis.follows:
        more = say_of(
            len(diagnosis.follows),
            "{number} more follows from it: {checks}",
            "{number} more follow from it: {checks}",
            checks=say(", ").join(diagnosis.follows),
        )
        lines += _wrapped("  ", more, width)
    return lines


def _want(head: str, root: Result, width: int) -> list[str]:
    """The same of what no cause is known of: what was seen, and what it lets one ask."""
    if root.outcome is Outcome.FAILED:
        told = _wrapped(head, say("{check}: {observed}", check=root.id, observed=root.observed), width)
        return told + (_wrapped(say("  hint: "), root.hint, width) if root.hint else [])
    required = say("{check}. {requirement}", check=root.id, requirement=root.requirement)
    outcome = outcome_said(root.outcome).capitalize()
    said = say("{sentence} {outcome}: {message}", sentence=required, outcome=outcome, message=root.message)
    return _wrapped(head, said, width)


def _not_reached(report: Report, track: str, width: int) -> list[str]:
    others, points, _ = not_reached_on(report, track)
    told = say_of(
        others,
        "{number} requirement was not reached, worth {points} points",
        "{number} requirements were not reached, worth {points} points",
        points=points_shown(points),
    )
    return _wrapped("  ", told, width) if others else []


def closing(report: Report, width: int, colour: bool) -> list[str]:
    """The last lines on the screen: on each track the one thing to mend first, and its cause; then the score."""
    lines = []
    if report.sandbox == "none":
        bare = unsandboxed_said()
        lines += note(say("{unsandboxed}: the programs ran as you, without a box.", unsandboxed=bare), width)
    unclear = needing_a_human(report)
    if unclear:
        names = say(", ").join(result.id for result in unclear)
        told = say("The machine or the grader did not let us see: {names}. Run it again.", names=names)
        lines += _wrapped("", told, width)
    for place, (track, root, diagnosis) in enumerate(tracks_to_mend(report)):
        lines += _cause(say("And then: ") if place else say("Mend first: "), root, diagnosis, width)
        lines += _not_reached(report, track, width)
    bonus = bonus_to_earn(report)
    if bonus:
        lines += _cause(say("For the bonus: "), *bonus, width)
    if stretch_of(report.checks):
        earned = earned_of(stretch_of(report.checks))
        lines.append(say("{program}: {earned}", program=stretch_said(), earned=earned))
    tracks = [f"{track} {earned_of(core)}" for track, results in by_track(report).items() if (core := core_of(results))]
    for said in (lateness_of(report), hidden_of(report)):
        if said:
            lines += _wrapped("", say("{sentence}.", sentence=said), width)
    score = " · ".join([*tracks, say("score {score}", score=score_of(report))])
    full = report.score >= report.points
    lines.append(_painted(score, Outcome.PASSED if full else Outcome.FAILED, colour))
    return lines
