"""Which platform's download a folder is: told by every name in it, or asked."""

from __future__ import annotations

from collections.abc import Sequence

from grader.layouts import LAYOUTS, NAMES, PLAIN
from grader.layouts.shapes import Layout, Listing, Unclear
from grader.listing import listed

MOST_NAMED = 3


def layout_of(listing: Listing, wanted: str = "") -> Layout | None:
    """The layout of a folder; None where no platform names things so.

    Args:
        wanted: the name of the one that was asked for.

    Raises:
        Unclear: names are of more than one kind, or none is of the kind that was asked for.
    """
    if wanted:
        return _wanted(listing, wanted)
    fitting = {layout: there for layout in LAYOUTS if (there := layout.fits(listing))}
    if not fitting:
        return None
    others = [
        one.name for one in listing.entries if one.counts and not any(one.name in there for there in fitting.values())
    ]
    if len(fitting) == 1 and not others:
        return next(iter(fitting))
    kinds = [f"{_some(sorted(there))} {layout.told}" for layout, there in fitting.items()]
    rest = [f"{_some(others)} as none of these"] if others else []
    raise Unclear(
        f"{listing.container!r} holds names of more than one kind: {'; '.join([*kinds, *rest])}. Say which one counts "
        f"with --layout {', '.join([layout.name for layout in fitting])} or {PLAIN}; the others are left out"
    )


def _wanted(listing: Listing, wanted: str) -> Layout | None:
    layout = next((one for one in LAYOUTS if one.name == wanted), None)
    if layout is None or layout.fits(listing) or (layout.name == "classroom" and listing.folders):
        return layout
    if layout.name == "gradescope" and listing.folders:
        layout.read(listing)  # says what is missing
    raise Unclear(
        f"{listing.container!r} holds nothing that is named {layout.told}, as --layout {wanted} has it; the others "
        f"are {', '.join(name for name in NAMES if name != wanted)}"
    )


def _some(names: Sequence[str]) -> str:
    return listed([*map(repr, names)], MOST_NAMED)
