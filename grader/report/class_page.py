"""The class page: who earned what, what was missed most, who must be looked at by hand. A document of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from urllib.parse import quote

from grader.model import Outcome, Report, Result, Status, folder_name, points_shown
from grader.report.clean import html
from grader.report.style import SHEET
from grader.report.words import (
    STATUS_WORDS,
    STRETCH,
    SYMBOLS,
    UNSANDBOXED,
    core_of,
    counted,
    first_to_mend,
    stretch_of,
)

_SCRIPT = """
const t=document.getElementById('fl-all');
if(t){const rows=[...t.tBodies[0].rows];const q=document.getElementById('fl-filter');q.hidden=false;
q.addEventListener('input',()=>{const w=q.value.toLowerCase();rows.forEach(r=>{r.hidden=!r.textContent.toLowerCase().includes(w)})});
[...t.tHead.rows[0].cells].forEach((c,i)=>{const b=document.createElement('button');b.textContent=c.textContent;
c.replaceChildren(b);let up=true;b.addEventListener('click',()=>{
const v=r=>{const x=r.cells[i].dataset.v??r.cells[i].textContent;return isNaN(x)||x===''?x:+x};
rows.sort((x,y)=>{const p=v(x),q=v(y);return (p<q?-1:p>q?1:0)*(up?1:-1)});
[...t.tHead.rows[0].cells].forEach(o=>o.removeAttribute('aria-sort'));c.setAttribute('aria-sort',up?'ascending':'descending');
up=!up;t.tBodies[0].append(...rows)})})}
"""


def class_page(reports: Sequence[Report], *, title: str, made: str) -> str:
    """The whole document.

    Args:
        made: when, in words.
    """
    human = [report for report in reports if report.status is not Status.GRADED]
    graded = [report for report in reports if report.status is Status.GRADED]
    parts = [
        f"<h1>{html(title)}</h1>",
        _figures(reports, graded, human),
        _band(reports),
        _by_hand(human),
        _distribution(graded),
        _missed_most(reports),
        _everybody(reports) if reports else "<p>Nothing is graded yet.</p>",
        _matrix(reports, "Requirements and submissions", core_of),
        _matrix(reports, STRETCH, stretch_of),
        f'<p class="fl-soft">Made {html(made)}.</p>',
    ]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html(title)}</title><style>{SHEET}</style></head>"
        f"<body><main>{''.join(parts)}</main><script>{_SCRIPT}</script></body></html>"
    )


def _figures(reports: Sequence[Report], graded: Sequence[Report], human: Sequence[Report]) -> str:
    middle = points_shown(median(report.score for report in graded)) if graded else "–"
    most = points_shown(reports[0].points) if reports else "–"
    return (
        f'<p class="fl-score">{middle} <small>of {most} points is the median of {counted(len(graded), "grade", "grades")}'
        f"{f', {len(human)} to be looked at by hand' if human else ''}</small></p>"
    )


def _band(reports: Sequence[Report]) -> str:
    bare = sum(report.sandbox == "none" for report in reports)
    if not bare:
        return ""
    return f'<p class="fl-band"><strong>{UNSANDBOXED}</strong>: {counted(bare, "submission", "submissions")} ran without a box.</p>'


def _link(report: Report) -> str:
    return f'<a href="{quote(folder_name(report.submission))}/report.html">{html(report.submission)}</a>'


def _by_hand(human: Sequence[Report]) -> str:
    if not human:
        return ""
    rows = "".join(f"<li>{_link(report)}: {STATUS_WORDS[report.status]}</li>" for report in human)
    return f"<h2>Look at these by hand</h2><ul>{rows}</ul>"


def _distribution(graded: Sequence[Report]) -> str:
    """How many earned how much, in tenths of all points."""
    if not graded:
        return ""
    tenths = [0] * 10
    for report in graded:
        tenths[min(9, int(10 * report.score / report.points)) if report.points else 0] += 1
    most = max(tenths)
    bars = "".join(
        f'<rect class="w" x="{20 + 62 * n}" y="{118 - 90 * count / most:.0f}" width="54" height="{90 * count / most:.0f}"/>'
        f'<text x="{47 + 62 * n}" y="{112 - 90 * count / most:.0f}" text-anchor="middle">{count or ""}</text>'
        f'<text class="s" x="{47 + 62 * n}" y="136" text-anchor="middle">{10 * n}–{10 * n + 10}%</text>'
        for n, count in enumerate(tenths)
    )
    told = "; ".join(f"{10 * n} to {10 * n + 10} percent: {count}" for n, count in enumerate(tenths) if count)
    return (
        '<h2>Scores</h2><figure class="fl-figure" tabindex="0"><svg viewBox="0 0 660 144" role="img" aria-labelledby="fl-s fl-sd">'
        f'<title id="fl-s">How many earned how much</title><desc id="fl-sd">{told}</desc>{bars}</svg></figure>'
    )


def _missed_most(reports: Sequence[Report]) -> str:
    who: dict[str, list[Report]] = {}
    requirement: dict[str, str] = {}
    for report in reports:
        for result in core_of(report.checks):
            if result.outcome is Outcome.FAILED:
                who.setdefault(result.id, []).append(report)
                requirement[result.id] = result.requirement
    ranked = sorted(who, key=lambda check: (-len(who[check]), check))
    if not ranked:
        return ""
    rows = "".join(
        f'<tr><td class="fl-num">{len(who[check])}</td><td class="fl-first-column">{html(requirement[check])}'
        f'<span class="fl-id">{html(check)}</span></td><td class="fl-wide">{", ".join(map(_link, who[check][:8]))}{" …" if len(who[check]) > 8 else ""}</td></tr>'
        for check in ranked
    )
    return (
        '<h2>What to talk about</h2><div class="fl-scroll"><table class="fl-table fl-stack"><thead><tr><th scope="col">failed</th>'
        f'<th scope="col" class="fl-first-column">requirement</th><th scope="col" class="fl-wide">who</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _everybody(reports: Sequence[Report]) -> str:
    rows = "".join(_submission(report) for report in reports)
    return (
        '<h2>Submissions</h2><input class="fl-filter" id="fl-filter" type="search" hidden '
        'aria-label="show submissions with these words" placeholder="Show those with …">'
        '<div class="fl-scroll"><table class="fl-table fl-stack" id="fl-all"><thead><tr><th scope="col">submission</th>'
        '<th scope="col">score</th><th scope="col">bonus</th><th scope="col">status</th>'
        '<th scope="col" class="fl-wide">to mend first</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _submission(report: Report) -> str:
    mend = first_to_mend(report)
    told = html(mend.requirement) if mend else ""
    return (
        f'<tr><td>{_link(report)}</td><td class="fl-num" data-v="{report.score}">{points_shown(report.score)}</td>'
        f'<td class="fl-num" data-v="{report.bonus}">{points_shown(report.bonus)}</td>'
        f'<td>{STATUS_WORDS[report.status]}</td><td class="fl-wide">{told}</td></tr>'
    )


def _matrix(reports: Sequence[Report], title: str, part: Callable[[Sequence[Result]], list[Result]]) -> str:
    """Which part of the requirements each submission meets; nothing where there are none."""
    ids = [result.id for result in part(reports[0].checks)] if reports else []
    if not ids:
        return ""
    heads = "".join(f'<th scope="col">{html(check)}</th>' for check in ids)
    rows = "".join(
        f'<tr><th scope="row">{_link(report)}</th>{"".join(_cell(result.outcome) for result in part(report.checks))}</tr>'
        for report in reports
    )
    return (
        f'<h2>{title}</h2><p class="fl-soft">{_legend()}</p><div class="fl-scroll" tabindex="0" role="region" '
        f'aria-label="{title}"><table class="fl-matrix"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _legend() -> str:
    return " · ".join(f"{SYMBOLS[outcome]} {outcome.words}" for outcome in Outcome)


def _cell(outcome: Outcome) -> str:
    return f'<td class="{outcome.value}" title="{outcome.words}">{SYMBOLS[outcome]}</td>'
