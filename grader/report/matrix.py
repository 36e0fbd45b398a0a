"""The class page's matrix: which of the requirements each submission meets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from grader.model import Outcome
from grader.overview import LETTERS, NOT_ASKED, Asked, Overview, Standing
from grader.report.clean import html
from grader.report.people import called, name_of_a, some_of
from grader.report.words import SYMBOLS, stretch_said

NAMED_IN_A_ROW = 3
ROWS_AT_MOST = 4000
"""Of a matrix: beyond that, rows that are the same become one. Every cell is an element, which a browser has to hold."""
MANY = 100
"""Rows of more are laid out when they come into sight, and not before: `content-visibility`."""
ROWS_TOGETHER = 50
WIDEST = 36
_TOGETHER = (
    "Submissions that meet and miss the same are one row: how many, and the first of them. "
    f"The most frequent come first, {ROWS_AT_MOST:,} rows at most; index.sqlite has a row for everybody."
)
_CELLS = {LETTERS[outcome]: f"<td class={LETTERS[outcome]}>{symbol}" for outcome, symbol in SYMBOLS.items()} | {
    LETTERS[Outcome.PASSED]: f"<td>{SYMBOLS[Outcome.PASSED]}",
    NOT_ASKED: "<td>",
}
"""A cell in a few bytes, for there may be half a million: HTML has its end told by the next one."""
_LEGEND = " · ".join(f"{symbol} {outcome.words}" for outcome, symbol in SYMBOLS.items())


class Part(NamedTuple):
    """One matrix of the page: some of the checks, under one title."""

    title: str
    shows: Callable[[Asked], bool]


def _parts() -> tuple[Part, ...]:
    return (
        Part("Requirements and submissions", lambda asked: not asked.stretch and not asked.hidden),
        Part(stretch_said(), lambda asked: asked.stretch and not asked.hidden),
        Part("Hidden checks", lambda asked: asked.hidden),
    )


def matrices(overview: Overview) -> Iterator[tuple[str, str]]:
    """By title, each matrix that has a column."""
    for part in _parts():
        columns = [place for place, asked in enumerate(overview.asked) if part.shows(asked)]
        if columns:
            yield part.title, _matrix(overview, part.title, columns)


def has_a_row_for_each(overview: Overview) -> bool:
    """Its rows are the submissions, in their order."""
    return len(overview.standings) <= ROWS_AT_MOST


def _matrix(overview: Overview, title: str, columns: Sequence[int]) -> str:
    rows = _one_row_each(overview, columns) if has_a_row_for_each(overview) else _equal_together(overview, columns)
    heads = "".join(f'<th scope="col">{html(overview.asked[place].id)}</th>' for place in columns)
    told = "" if has_a_row_for_each(overview) else f"<p>{_TOGETHER}</p>"
    kind = " fl-each" if has_a_row_for_each(overview) else ""
    long = len(overview.standings) > MANY
    lines = (f'<tr><th scope="row">{head}{"".join(map(_CELLS.__getitem__, letters))}' for head, letters in rows)
    return (
        f'{told}<p class="fl-soft">{_LEGEND}</p><div class="fl-scroll{" fl-long" if long else ""}" tabindex="0" role="region" '
        f'aria-label="{title}"><table class="fl-matrix{kind}{" fl-many" if long else ""}" style="--fl-name:{_width(overview)}ch"><thead><tr><td></td>{heads}</tr></thead>'
        + "".join(f"<tbody>{''.join(some)}</tbody>" for some in _in_parts(lines))
        + "</table></div>"
    )


def _width(overview: Overview) -> int:
    """Characters that the names may take; what is longer is cut where it is shown."""
    names = (len(called(one)) for one in overview.standings)
    return min(WIDEST, 2 + max(names, default=0)) if has_a_row_for_each(overview) else WIDEST


def _in_parts(lines: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(lines, ROWS_TOGETHER)):
        yield some


def _one_row_each(overview: Overview, columns: Sequence[int]) -> Iterator[tuple[str, str]]:
    for one in overview.standings:
        yield name_of_a(one), _letters(one, columns)


def _equal_together(overview: Overview, columns: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Who misses the same is one row, however many they are."""
    equal: dict[str, list[Standing]] = {}
    for one in overview.standings:
        equal.setdefault(_letters(one, columns), []).append(one)
    ranked = sorted(equal.items(), key=lambda pair: -len(pair[1]))
    for letters, standings in ranked[:ROWS_AT_MOST]:
        yield f"{len(standings):,}: {some_of(standings, NAMED_IN_A_ROW)}", letters


def _letters(one: Standing, columns: Sequence[int]) -> str:
    return "".join([one.outcomes[place] for place in columns])
