"""Who a submission is, on the class page: the one place from which it takes names."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from grader.overview import Standing
from grader.report.clean import html


def name_of_a(one: Standing) -> str:
    """The students' names where they are known, and whatever tells them apart, as HTML."""
    return html(called(one))


def called(one: Standing) -> str:
    """`Ada Lovelace (0012)`; the submission's name where nobody's is known."""
    name, number = one.whose.name, one.whose.id
    if not name or name == one.submission:
        return one.submission
    return f"{name} ({number})" if number else f"{name} ({one.submission})"


def address_of(one: Standing, page: str) -> str:
    """Where a page of a submission lies, seen from the class page."""
    return f"{quote(one.folder)}/{page}"


def link(one: Standing) -> str:
    """A submission's name, which leads to the instructor's page."""
    return f'<a href="{address_of(one, "instructor.html")}">{name_of_a(one)}</a>'


def some_of(standings: Sequence[Standing], most: int) -> str:
    """The first of them."""
    return ", ".join(map(link, standings[:most])) + (" …" if len(standings) > most else "")


def all_of(standings: Sequence[Standing], most: int) -> str:
    """The first of them, and the others where one asks for them."""
    others = standings[most:]
    if not others:
        return some_of(standings, most)
    names = ", ".join(map(name_of_a, others))
    return f"{some_of(standings[:most], most)}<details><summary>and {len(others):,} more</summary>{names}</details>"
