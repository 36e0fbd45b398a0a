"""Many things in few words: `a, b, c and 4 more`. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from grader.wording import filed

MOST_NAMED = 8
"""Things that are named in one sentence, unless somebody must act on each."""


def listed(things: Sequence[str], most: int = MOST_NAMED) -> str:
    """The first of them by name, and how many more there are."""
    named, more = ", ".join(things[:most]), len(things) - most
    return filed("{things} and {number} more", things=named, number=more) if more > 0 else named
