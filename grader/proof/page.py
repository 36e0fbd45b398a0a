"""The proof as a page that stands alone: figures, the kill matrix as a picture, the same as a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.model import TRACKS
from grader.proof.cases import Case
from grader.proof.figures import Figure, Proof
from grader.proof.telling import Mark, gaps, matrix, percent, summary
from grader.report.clean import html
from grader.report.style import SHEET

ROW, COLUMN, NAMES, HEADS = 15, 18, 270, 230
"""Pixels of the picture: a server's row, a check's column, room for the names of both."""
SIGNS = {
    Mark.KILLED: "✗",
    Mark.FOLLOWS: "f",
    Mark.FREE: "·",
    Mark.NOT_REACHED: "–",
    Mark.PASSED: "",
    Mark.UNCLEAR: "?",
    Mark.WRONG: "!",
}
"""No mark is told by colour alone."""
_SHEET = """
.fl-kill text{font:11px ui-monospace,Menlo,monospace}
.fl-kill .killed{fill:var(--ok)}.fl-kill .follows,.fl-kill .free{fill:var(--bar)}.fl-kill .wrong{fill:var(--bad)}
.fl-kill .unclear{fill:var(--odd)}.fl-kill .on{fill:var(--bg);font-weight:700}.fl-kill .off{fill:var(--ink)}
.fl-kill .soft{fill:var(--soft)}
.fl-clean{color:var(--ok)}.fl-unclean{color:var(--bad)}
"""
Rows = Mapping[str, Mapping[str, Mark]]


def page(proof: Proof, about: Mapping[str, Any]) -> str:
    """The whole document.

    Args:
        about: when, where and under which strain; shown as it is.
    """
    said = "all is as it should be" if proof.is_clean else "NOT all is as it should be"
    parts = [
        "<h1>How often is the grader wrong?</h1>",
        f'<p class="fl-score {"fl-clean" if proof.is_clean else "fl-unclean"}"><small>{said}</small></p>',
        f"<p>{html(summary(proof))}.</p>",
        _figures((*proof.figures, *proof.figures_of_diagnosis)),
        _list("Gaps", gaps(proof) if proof.whole else []),
        _list("Not as it should be", proof.wrong),
        _list("Another cause than the header's", proof.misnamed),
        *(_track(proof, track.name) for track in TRACKS),
        _about(about),
    ]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>verify: {said}</title><style>{SHEET}{_SHEET}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def _figures(figures: Sequence[Figure]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{figure.name}</th><td class="fl-num">{figure.count:,}</td><td class="fl-num">{figure.of:,}'
        f'</td><td class="fl-num">{percent(figure.rate)}</td><td class="fl-num">{percent(figure.upper)}</td></tr>'
        for figure in figures
    )
    return (
        '<div class="fl-scroll" tabindex="0" role="region" aria-label="figures"><table class="fl-table"><thead><tr>'
        '<td></td><th scope="col">seen</th><th scope="col">of</th><th scope="col">rate</th>'
        f'<th scope="col">at most (95 %)</th></tr></thead><tbody>{rows}</tbody></table></div>'
        '<p class="fl-soft">“Of” counts the results in question: those that had to pass, had to fail, or were not named. '
        "“At most” is the upper bound of the true rate with 95 % confidence, after Clopper and Pearson.</p>"
    )


def _list(title: str, told: Sequence[str]) -> str:
    if not told:
        return ""
    return f"<h2>{title}</h2><ul>{''.join(f'<li>{html(line)}</li>' for line in told)}</ul>"


def _about(about: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{html(str(name).replace("_", " "))}</th><td>{html(str(value))}</td></tr>'
        for name, value in about.items()
    )
    return f'<h2>This run</h2><table class="fl-table"><tbody>{rows}</tbody></table>'


def _track(proof: Proof, track: str) -> str:
    """The matrix of one track: its own servers and its own checks; on the other track all of them are right."""
    cases = [case for case in proof.cases if case.track == track]
    rows = matrix(proof)
    checks = list(dict.fromkeys(check for case in cases for check in rows[case.name] if check.startswith(f"{track}/")))
    if not cases:
        return ""
    legend = " · ".join(f"{SIGNS[mark] or 'empty'} {mark}" for mark in reversed(Mark))
    return (
        f'<h2>{track}: servers and checks</h2><p class="fl-soft">{legend}</p>'
        f"{_picture(track, cases, checks, rows)}{_table(track, cases, checks, rows)}"
    )


def _picture(track: str, cases: Sequence[Case], checks: Sequence[str], rows: Rows) -> str:
    width, height = NAMES + COLUMN * len(checks) + 120, HEADS + ROW * len(cases) + 8
    heads = "".join(
        f'<text transform="translate({NAMES + COLUMN * n + 13} {HEADS - 8}) rotate(-60)">{html(_short(check))}</text>'
        for n, check in enumerate(checks)
    )
    drawn = "".join(
        f'<text class="soft" x="{NAMES - 6}" y="{HEADS + ROW * n + 11}" text-anchor="end">{html(_named(case))}</text>'
        + "".join(_cell(rows[case.name].get(check), column, n) for column, check in enumerate(checks))
        for n, case in enumerate(cases)
    )
    killed = sum(mark is Mark.KILLED for case in cases for mark in rows[case.name].values())
    wrong = sum(mark is Mark.WRONG for case in cases for mark in rows[case.name].values())
    return (
        f'<figure class="fl-figure" tabindex="0" role="region" aria-label="kill matrix of {track}"><svg class="fl-kill" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t-{track} d-{track}">'
        f'<title id="t-{track}">Kill matrix of {track}</title><desc id="d-{track}">{len(cases)} servers and {len(checks)} '
        f"checks: {killed} failures as named, {wrong} cells not as they should be. The table below says the same.</desc>"
        f"{heads}{drawn}</svg></figure>"
    )


def _cell(mark: Mark | None, column: int, row: int) -> str:
    x, y = NAMES + COLUMN * column, HEADS + ROW * row
    if mark is None or mark is Mark.PASSED:
        return f'<rect class="l" x="{x}" y="{y}" width="{COLUMN - 2}" height="{ROW - 2}"/>'
    filled = mark in (Mark.KILLED, Mark.WRONG, Mark.UNCLEAR)
    kind = {Mark.UNCLEAR: "unclear", Mark.NOT_REACHED: "l"}.get(mark, mark.name.lower())
    return (
        f'<rect class="{kind}" x="{x}" y="{y}" width="{COLUMN - 2}" height="{ROW - 2}"/>'
        f'<text class="{"on" if filled else "off"}" x="{x + 8}" y="{y + 10}" text-anchor="middle">{SIGNS[mark]}</text>'
    )


def _table(track: str, cases: Sequence[Case], checks: Sequence[str], rows: Rows) -> str:
    heads = "".join(f'<th scope="col">{html(_short(check))}</th>' for check in checks)
    body = "".join(
        f'<tr><th scope="row">{html(_named(case))}</th>'
        + "".join(f"<td>{SIGNS[mark] if (mark := rows[case.name].get(check)) else ''}</td>" for check in checks)
        + "</tr>"
        for case in cases
    )
    return (
        f'<details><summary>The same as a table</summary><div class="fl-scroll" tabindex="0" role="region" '
        f'aria-label="{track}: servers and checks"><table class="fl-matrix"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>"
    )


def _short(check: str) -> str:
    return check.partition("/")[2]


def _named(case: Case) -> str:
    return f"{'right: ' if case.is_right else ''}{case.path.stem}"
