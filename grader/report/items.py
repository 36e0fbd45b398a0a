"""A requirement and what came of it, as a row of the student's page; one that failed can be opened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from grader.model import Outcome, Result, points_shown
from grader.report.clean import html, html_within
from grader.report.figures import anchor_of
from grader.report.words import SYMBOLS, outcome_said
from grader.wording import say


class Room(NamedTuple):
    """How much is told of a failure.

    Args:
        lines: of evidence.
        text: bytes, as HTML, of any text: what is expected, observed, seen.
    """

    lines: int
    text: int


ROOMY, TIGHT = Room(24, 1500), Room(2, 120)


def items(results: Collection[Result], figures: Mapping[str, str], follows: Collection[str], room: Room) -> list[str]:
    """Those that failed can be opened, and are, but for those that follow from another one.

    Args:
        figures: by the check's id, what stands below its failure.
        follows: ids of the checks that failed because of another one.
    """
    return [
        _opened(result, figures.get(result.id, ""), room, follows=result.id in follows)
        if result.outcome is Outcome.FAILED
        else _row(result, room)
        for result in results
    ]


def _head(result: Result) -> str:
    passed = result.outcome is Outcome.PASSED
    word = f'<span class="{"fl-hidden" if passed else "fl-word"}">{say("{outcome}: ", outcome=outcome_said(result.outcome))}</span>'
    points = f"{points_shown(result.earned)}/{points_shown(result.points)}"
    return (
        f'<span class="fl-sign" aria-hidden="true">{SYMBOLS[result.outcome]}</span><span class="fl-points">{points}</span>'
        f'<span>{word}{html(result.requirement)}<span class="fl-id">{html(result.id)}</span>'
    )


def _row(result: Result, room: Room) -> str:
    why = f'<span class="fl-soft">{html_within(result.message, room.text)}</span>' if result.message else ""
    where = anchor_of(html(result.id))
    return f'<div class="fl-row fl-{result.outcome.value}" id="{where}">{_head(result)}{why}</span></div>'


def _opened(result: Result, figures: str, room: Room, *, follows: bool) -> str:
    body = (
        f'<div class="fl-pair"><div><h3>{say("expected")}</h3>{html_within(result.expected, room.text)}</div>'
        f'<div class="fl-observed"><h3>{say("observed")}</h3>{html_within(result.observed, room.text)}</div></div>'
        f"{_seen(result, room)}{_hint(result)}{figures}"
    )
    said = say("follows from what is to be mended first")
    why = f'<span class="fl-soft">{said}</span>' if follows else ""
    return (
        f'<details{"" if follows else " open"} class="fl-item fl-{result.outcome.value}" id="{anchor_of(html(result.id))}">'
        f'<summary>{_head(result)}{why}</span></summary><div class="fl-body">{body}</div></details>'
    )


def _seen(result: Result, room: Room) -> str:
    lines = [html_within(line, room.text) for line in result.evidence[: room.lines]]
    more = len(result.evidence) - len(lines)
    lines += [say("… {number} more", number=more)] if more else []
    return (
        f'<h3>{say("What was seen")}</h3><ul class="fl-seen">{"".join(f"<li>{line}" for line in lines)}</ul>'
        if lines
        else ""
    )


def _hint(result: Result) -> str:
    return f'<p class="fl-hint">{html(result.hint)}</p>' if result.hint else ""
