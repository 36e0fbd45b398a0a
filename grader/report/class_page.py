"""The class page: who earned what, what was missed most, who must be looked at by hand. A document of its own."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from grader.listing import listed
from grader.model import Outcome, Status, points_shown
from grader.overview import LETTERS, Overview, Standing
from grader.people import Whose
from grader.report.clean import html
from grader.report.everybody import SCRIPT, everybody
from grader.report.matrix import matrices
from grader.report.people import all_of, link, some_of
from grader.report.style import SHEET
from grader.report.words import counted, status_said, unsandboxed_said

NAMED_AT_MOST = 8
"""Submissions that are named beside a requirement that they fail."""
UNCLEAR_AT_MOST = 4
"""Requirements that are named beside a submission that must be looked at by hand."""
_FAILED = LETTERS[Outcome.FAILED]
_UNCLEAR = {LETTERS[outcome] for outcome in Outcome if outcome.needs_a_human}
_NUMBERS = (
    "no",
    "this one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_BY = {"grade": "graded", "rejudge": "judged"}


def class_page(overview: Overview, *, title: str, made: str) -> str:
    """The whole document.

    Args:
        made: when, in words.
    """
    standings = overview.standings
    human = [one for one in standings if one.status is not Status.GRADED]
    graded = [one for one in standings if one.status is Status.GRADED]
    parts = [
        f"<h1>{html(title)}</h1>",
        _figures(standings, graded, human),
        _band(standings),
        _old_and_new(standings),
        _by_hand(overview, human),
        _missing(overview.missing),
        _late(standings),
        _distribution(graded),
        _commonest_causes(standings),
        _missed_most(overview),
        f'<div id="fl-everybody"><h2>Submissions</h2>{everybody(overview)}</div>',
        *(f"<h2>{title}</h2>{matrix}" for title, matrix in matrices(overview)),
        f'<p class="fl-soft">Made {html(made)}.</p>',
    ]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html(title)}</title><style>{SHEET}</style></head>"
        f"<body><main>{''.join(parts)}</main><script>{SCRIPT}</script></body></html>"
    )


def _figures(standings: Sequence[Standing], graded: Sequence[Standing], human: Sequence[Standing]) -> str:
    middle = points_shown(median(one.score for one in graded)) if graded else "–"
    most = points_shown(standings[0].points) if standings else "–"
    return (
        f'<p class="fl-score">{middle} <small>of {most} points is the median of {counted(len(graded), "grade", "grades")}'
        f"{f', {len(human)} to be looked at by hand' if human else ''}</small></p>"
    )


def _band(standings: Sequence[Standing]) -> str:
    bare = sum(one.sandbox == "none" for one in standings)
    if not bare:
        return ""
    return f'<p class="fl-band"><strong>{unsandboxed_said()}</strong>: {counted(bare, "submission", "submissions")} ran without a box.</p>'


def _missing(missing: Sequence[Whose]) -> str:
    """Those of the roster who handed nothing in."""
    if not missing:
        return ""
    rows = "".join(f"<li>{html(f'{one.name} ({one.id})' if one.name else one.id)}</li>" for one in missing)
    return f"<h2>Nothing from {counted(len(missing), 'student', 'students')}</h2><ul>{rows}</ul>"


def _by_hand(overview: Overview, human: Sequence[Standing]) -> str:
    """Who got no grade, and of which requirements nothing was proven."""
    if not human:
        return ""
    rows = "".join(
        f"<li>{link(one)}: {status_said(one.status)}; {points_shown(one.score)} points are proven{_unclear(overview, one)}</li>"
        for one in human
    )
    how_many = _NUMBERS[len(human)] if len(human) < len(_NUMBERS) else f"{len(human):,}"
    return f'<h2 id="fl-hand">Look at {"" if len(human) == 1 else "these "}{how_many} by hand</h2><ul>{rows}</ul>'


def _unclear(overview: Overview, one: Standing) -> str:
    unclear = [
        html(asked.id)
        for asked, letter in zip(overview.asked, one.outcomes, strict=True)
        if letter in _UNCLEAR and not asked.stretch
    ]
    return f", and of {listed(unclear, UNCLEAR_AT_MOST)} nothing"


def _old_and_new(standings: Sequence[Standing]) -> str:
    """What came of grading or judging anew, in a sentence; the list has everybody's old score."""
    changed = [(one, one.was) for one in standings if one.was]
    if not changed:
        return ""
    gained = sum(one.score > was.score for one, was in changed)
    lost = sum(one.score < was.score for one, was in changed)
    by = " and ".join(sorted({_BY.get(was.by, was.by) for _, was in changed}))
    last = max(was.made for _, was in changed)
    return (
        f'<p class="fl-band">{counted(len(changed), "result has", "results have")} changed when {by} anew, the last on '
        f"{html(last)}: {gained:,} gained points, {lost:,} lost points. "
        '<a href="#fl-everybody">Old and new scores stand side by side.</a></p>'
    )


def _late(standings: Sequence[Standing]) -> str:
    """Who came late, and the score before, what that takes off, and the score after."""
    rows = "".join(
        f'<tr><td>{link(one)}<td class="fl-num">{points_shown(round(one.score + one.deduction, 2))}'
        f'<td class="fl-num">{points_shown(one.deduction)}<td class="fl-num">{points_shown(one.score)}'
        f'<td class="fl-wide">{html(one.lateness)}'
        for one in standings
        if one.lateness
    )
    if not rows:
        return ""
    return (
        '<h2>After the deadline</h2><div class="fl-scroll"><table class="fl-table fl-stack"><thead><tr>'
        '<th scope="col">submission</th><th scope="col">before</th><th scope="col">less</th><th scope="col">score</th>'
        f'<th scope="col" class="fl-wide">why</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _distribution(graded: Sequence[Standing]) -> str:
    """How many earned how much, in tenths of all points."""
    if not graded:
        return ""
    tenths = [0] * 10
    for one in graded:
        tenths[min(9, int(10 * one.score / one.points)) if one.points else 0] += 1
    most = max(tenths)
    bars = "".join(
        f'<rect class="w" x="{8 + 32 * n}" y="{118 - 90 * count / most:.0f}" width="28" height="{90 * count / most:.0f}"/>'
        f'<text x="{22 + 32 * n}" y="{112 - 90 * count / most:.0f}" text-anchor="middle">{count or ""}</text>'
        f'<text class="s" x="{6 + 32 * n}" y="136" text-anchor="middle">{10 * n}</text>'
        for n, count in enumerate(tenths)
    )
    told = "; ".join(f"{10 * n} to {10 * n + 10} percent: {count}" for n, count in enumerate(tenths) if count)
    return (
        '<h2>Scores</h2><figure class="fl-figure fl-tenths" tabindex="0">'
        '<svg viewBox="-6 0 344 144" role="img" aria-labelledby="fl-s fl-sd">'
        f'<title id="fl-s">How many earned how much</title><desc id="fl-sd">{told}</desc>{bars}'
        '<text class="s" x="326" y="136" text-anchor="middle">100</text></svg>'
        "<figcaption>submissions by tenths of the points, in percent</figcaption></figure>"
    )


def _commonest_causes(standings: Sequence[Standing]) -> str:
    """What to say to the class: the likeliest causes, and whose they are."""
    who: dict[str, list[Standing]] = {}
    for one in standings:
        for cause in one.causes:
            who.setdefault(cause, []).append(one)
    rows = "".join(
        f'<tr><td class="fl-num">{len(theirs)}</td><td class="fl-first-column">{html(cause)}</td>'
        f'<td class="fl-wide">{all_of(theirs, NAMED_AT_MOST)}</td></tr>'
        for cause, theirs in sorted(who.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    )
    return _ranked("What to talk about", "has it", "likeliest cause", rows)


def _ranked(title: str, count: str, what: str, rows: str) -> str:
    """A table of how many, of what, and who; nothing where there are none."""
    if not rows:
        return ""
    return (
        f'<h2>{title}</h2><div class="fl-scroll"><table class="fl-table fl-stack"><thead><tr><th scope="col">{count}</th>'
        f'<th scope="col" class="fl-first-column">{what}</th><th scope="col" class="fl-wide">who</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _missed_most(overview: Overview) -> str:
    who = {
        asked: [one for one in overview.standings if one.outcomes[place] == _FAILED]
        for place, asked in enumerate(overview.asked)
        if not asked.stretch
    }
    ranked = sorted(filter(who.get, who), key=lambda asked: (-len(who[asked]), asked.id))
    rows = "".join(
        f'<tr><td class="fl-num">{len(who[asked])}</td><td class="fl-first-column">{html(asked.requirement)}'
        f'<span class="fl-id">{html(asked.id)}</span></td><td class="fl-wide">{some_of(who[asked], NAMED_AT_MOST)}</td></tr>'
        for asked in ranked
    )
    return _ranked("What was missed", "failed", "requirement", rows)
