"""One cause: what a teaching assistant would say, and by what it is told. Frozen, without I/O."""

from __future__ import annotations

import msgspec

from grader.clues import Clue
from grader.clues.endings import End
from grader.model import BLOCKING, FORKING

TURNS, CHILDREN = (BLOCKING.name,), (FORKING.name,)
BOTH = TURNS + CHILDREN


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake that servers are known to make.

    Args:
        name: as headers of wrong servers name it.
        tracks: names of the tracks on which it is made.
        sentence: what the server does wrong, never what mends it.
        roots: names of checks; the first of them that failed is the one to look at, and one must have failed.
        evidence: all of it must hold.
        hint: a question, or a man page.
        apart: what to look at, and what is there if this is the cause.
        follows: names of further checks that fail because of it.
        ends: checks whose scenes were cut in this way fail because of it, too.
    """

    name: str
    tracks: tuple[str, ...]
    sentence: str
    roots: tuple[str, ...]
    evidence: tuple[Clue, ...]
    hint: str
    apart: str
    follows: tuple[str, ...] = ()
    ends: End | None = None
