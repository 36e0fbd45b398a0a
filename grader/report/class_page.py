"""The class page: who earned what, what was missed most, who must be looked at by hand. A document of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from urllib.parse import quote

from grader.model import Outcome, Status, points_shown
from grader.overview import LETTERS, NOT_ASKED, Overview, Standing
from grader.report.clean import html
from grader.report.style import SHEET
from grader.report.words import STATUS_WORDS, STRETCH, SYMBOLS, UNSANDBOXED, counted

NAMED_AT_MOST = 8
"""Submissions that are named beside a requirement that they fail."""
NAMED_IN_A_ROW = 3
ROWS_AT_MOST = 1000
"""Of a matrix. With a row for each of 10,000 submissions a browser took 11 s and 2.6 GB to lay the page out."""
_TOGETHER = (
    "Submissions that meet and miss the same are one row: how many, and the first of them. "
    f"The most frequent come first, {ROWS_AT_MOST:,} rows at most; index.sqlite has a row for everybody."
)
_FAILED = LETTERS[Outcome.FAILED]
_CELLS = {LETTERS[outcome]: f"<td class={LETTERS[outcome]}>{symbol}" for outcome, symbol in SYMBOLS.items()} | {
    LETTERS[Outcome.PASSED]: f"<td>{SYMBOLS[Outcome.PASSED]}",
    NOT_ASKED: "<td>",
}
"""A cell in a few bytes, for there may be half a million: HTML has its end told by the next one."""
_LEGEND = " · ".join(f"{symbol} {outcome.words}" for outcome, symbol in SYMBOLS.items())
_SCRIPT = """
const t=document.getElementById('fl-all');
if(t){const rows=[...t.tBodies[0].rows];const q=document.getElementById('fl-filter');q.hidden=false;
q.addEventListener('input',()=>{const w=q.value.toLowerCase();rows.forEach(r=>{r.hidden=!r.textContent.toLowerCase().includes(w)})});
[...t.tHead.rows[0].cells].forEach((c,i)=>{const b=document.createElement('button');b.textContent=c.textContent;
c.replaceChildren(b);let up=true;b.addEventListener('click',()=>{
const v=r=>{const x=r.cells[i].textContent;return isNaN(x)||x===''?x:+x};
rows.sort((x,y)=>{const p=v(x),q=v(y);return (p<q?-1:p>q?1:0)*(up?1:-1)});
[...t.tHead.rows[0].cells].forEach(o=>o.removeAttribute('aria-sort'));c.setAttribute('aria-sort',up?'ascending':'descending');
up=!up;t.tBodies[0].append(...rows)})})}
"""


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
        _by_hand(human),
        _late(standings),
        _distribution(graded),
        _commonest_causes(standings),
        _missed_most(overview),
        _everybody(overview) if standings else "<p>Nothing is graded yet.</p>",
        _matrix(overview, "Requirements and submissions", stretch=False),
        _matrix(overview, STRETCH, stretch=True),
        f'<p class="fl-soft">Made {html(made)}.</p>',
    ]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html(title)}</title><style>{SHEET}</style></head>"
        f"<body><main>{''.join(parts)}</main><script>{_SCRIPT}</script></body></html>"
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
    return f'<p class="fl-band"><strong>{UNSANDBOXED}</strong>: {counted(bare, "submission", "submissions")} ran without a box.</p>'


def _link(one: Standing) -> str:
    return f'<a href="{quote(one.folder)}/report.html">{html(one.submission)}</a>'


def _by_hand(human: Sequence[Standing]) -> str:
    if not human:
        return ""
    rows = "".join(f"<li>{_link(one)}: {STATUS_WORDS[one.status]}</li>" for one in human)
    return f"<h2>Look at these by hand</h2><ul>{rows}</ul>"


def _late(standings: Sequence[Standing]) -> str:
    """Who came late, and the score before, what that takes off, and the score after."""
    rows = "".join(
        f'<tr><td>{_link(one)}<td class="fl-num">{points_shown(round(one.score + one.deduction, 2))}'
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
        f'<td class="fl-wide">{_some_of(theirs, NAMED_AT_MOST)}</td></tr>'
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
        f'<span class="fl-id">{html(asked.id)}</span></td><td class="fl-wide">{_some_of(who[asked], NAMED_AT_MOST)}</td></tr>'
        for asked in ranked
    )
    return _ranked("What was missed", "failed", "requirement", rows)


def _some_of(standings: Sequence[Standing], most: int) -> str:
    return ", ".join(map(_link, standings[:most])) + (" …" if len(standings) > most else "")


def _everybody(overview: Overview) -> str:
    core = _columns(overview, stretch=False)
    told = [html(asked.requirement) for asked in overview.asked]
    rows = "".join(
        _submission(one, next((told[place] for place in core if one.outcomes[place] == _FAILED), ""))
        for one in overview.standings
    )
    return (
        '<h2>Submissions</h2><input class="fl-filter" id="fl-filter" type="search" hidden '
        'aria-label="show submissions with these words" placeholder="Show those with …">'
        '<div class="fl-scroll"><table class="fl-table fl-stack" id="fl-all"><thead><tr><th scope="col">submission</th>'
        '<th scope="col">score</th><th scope="col">bonus</th><th scope="col">status</th>'
        '<th scope="col" class="fl-wide">to mend first</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _submission(one: Standing, mend_first: str) -> str:
    return (
        f'<tr><td>{_link(one)}<td class="fl-num">{points_shown(one.score)}<td class="fl-num">{points_shown(one.bonus)}'
        f'<td>{STATUS_WORDS[one.status]}<td class="fl-wide">{html(one.causes[0]) if one.causes else mend_first}'
    )


def _columns(overview: Overview, *, stretch: bool) -> list[int]:
    return [place for place, asked in enumerate(overview.asked) if asked.stretch is stretch]


def _matrix(overview: Overview, title: str, *, stretch: bool) -> str:
    """Which part of the requirements each submission meets; nothing where there are none."""
    columns = _columns(overview, stretch=stretch)
    if not columns:
        return ""
    one_each = len(overview.standings) <= ROWS_AT_MOST
    rows = _one_row_each(overview, columns) if one_each else _equal_rows_together(overview, columns)
    heads = "".join(f'<th scope="col">{html(overview.asked[place].id)}</th>' for place in columns)
    told = "" if one_each else f"<p>{_TOGETHER}</p>"
    return (
        f'<h2>{title}</h2>{told}<p class="fl-soft">{_LEGEND}</p><div class="fl-scroll" tabindex="0" role="region" '
        f'aria-label="{title}"><table class="fl-matrix"><thead><tr><td></td>{heads}</tr></thead><tbody>'
        + "".join(f'<tr><th scope="row">{head}{"".join(map(_CELLS.__getitem__, letters))}' for head, letters in rows)
        + "</tbody></table></div>"
    )


def _one_row_each(overview: Overview, columns: Sequence[int]) -> Iterator[tuple[str, str]]:
    for one in overview.standings:
        yield html(one.submission), _letters(one, columns)


def _equal_rows_together(overview: Overview, columns: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Who misses the same is one row, however many they are."""
    equal: dict[str, list[Standing]] = {}
    for one in overview.standings:
        equal.setdefault(_letters(one, columns), []).append(one)
    ranked = sorted(equal.items(), key=lambda pair: -len(pair[1]))
    for letters, standings in ranked[:ROWS_AT_MOST]:
        yield f"{len(standings):,}: {_some_of(standings, NAMED_IN_A_ROW)}", letters


def _letters(one: Standing, columns: Sequence[int]) -> str:
    return "".join([one.outcomes[place] for place in columns])
