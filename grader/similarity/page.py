"""The page of pairs: a table, and of the first ones both texts side by side. No script, no request to anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from grader.report.clean import cut, html
from grader.report.style import SHEET
from grader.report.words import counted
from grader.similarity.pairs import Compared, Pair

FILE = "similarity.html"
MOST_ROWS = 1000
MOST_SHOWN = 50
"""Pairs whose texts are on the page."""
LONGEST_LINE = 300
_OF_PAIRS = """
.fl-texts{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:1rem}
.fl-texts pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.6rem;overflow:auto;
max-height:40rem;margin:.3rem 0}
.fl-texts mark{background:var(--bar);color:var(--ink)}
@media(max-width:40rem){.fl-texts{grid-template-columns:minmax(0,1fr)}}
"""
SAID = (
    "Names, strings and comments do not count, and nothing of the hand-out does. Programs of the lab are short and have "
    "to do the same: that two are alike says that somebody should read both, and nothing else."
)


def page_of(compared: Compared, threshold: float, notes: Sequence[str]) -> str:
    """The whole document.

    Args:
        threshold: from 0 to 1, that of the pairs.
        notes: sentences on what was not compared.
    """
    pairs = compared.pairs
    title = f"{counted(len(pairs), 'pair', 'pairs')} of programs, {threshold:.0%} alike or more"
    texts = "".join(_texts(place, pair) for place, pair in enumerate(pairs[:MOST_SHOWN], 1))
    said = "".join(f"<li>{html(note)}</li>" for note in notes)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html(title)}</title><style>{SHEET}{_OF_PAIRS}</style></head><body><main><h1>{html(title)}</h1>"
        f"<p>{SAID}</p>{_table(pairs)}{texts}{f'<h2>Not compared</h2><ul>{said}</ul>' if said else ''}"
        f'<p class="fl-soft">{counted(compared.of, "text", "texts")} compared, {compared.least} of them with hardly '
        "anything beyond the hand-out.</p></main></body></html>"
    )


def _table(pairs: Sequence[Pair]) -> str:
    if not pairs:
        return ""
    rows = "".join(
        f'<tr><td class="fl-num">{_number(place)}</td><td class="fl-num">{pair.alike:.0%}</td>'
        f"<td>{html(pair.one.submission)}</td><td>{html(pair.other.submission)}</td><td>{html(pair.one.program)}</td>"
        f'<td class="fl-num">{len(pair.lines_of_one)}</td><td class="fl-num">{len(pair.lines_of_other)}</td></tr>'
        for place, pair in enumerate(pairs[:MOST_ROWS], 1)
    )
    more = (
        f'<p class="fl-soft">{len(pairs) - MOST_ROWS} pairs more are not shown.</p>' if len(pairs) > MOST_ROWS else ""
    )
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("Pair", "Alike", "One", "Other", "Program", "Lines of one", "Lines of the other")
    )
    return (
        f'<div class="fl-scroll" tabindex="0" role="region" aria-label="all pairs"><table class="fl-table">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{more}"
    )


def _number(place: int) -> str:
    return f'<a href="#pair-{place}">{place}</a>' if place <= MOST_SHOWN else str(place)


def _texts(place: int, pair: Pair) -> str:
    """Both texts; the lines in common are marked."""
    sides = (
        (pair.one.submission, pair.of_one, pair.one.text, pair.lines_of_one),
        (pair.other.submission, pair.of_other, pair.other.text, pair.lines_of_other),
    )
    shown = "".join(
        f"<div><h3>{html(name)}: {part:.0%} of it is in common</h3>"
        f'<pre tabindex="0" role="region" aria-label="{html(name)}, pair {place}">{_marked(text, lines)}</pre></div>'
        for name, part, text, lines in sides
    )
    heading = f"{html(pair.one.submission)} and {html(pair.other.submission)}, {html(pair.one.program)}"
    return f'<h2 id="pair-{place}">{place}. {heading}</h2><div class="fl-texts">{shown}</div>'


def _marked(text: str, lines: Sequence[int]) -> str:
    common = set(lines)
    return "\n".join(
        f"<mark>{html(line)}</mark>" if number in common else html(line)
        for number, line in enumerate((cut(line, LONGEST_LINE) for line in text.split("\n")), 1)
    )
