"""The border: what came from a student is made visible and inert here, once, before it is shown anywhere."""

from __future__ import annotations

import re
import unicodedata
from html import escape

_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 but tab and newline: they steer terminals, and XML forbids them
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # take no room, or look like a space
    "\u061c\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # zero-width, separators, bidi
    "\ufff0-\ufffb\ufffe\uffff"  # interlinear marks and non-characters
    "\ud800-\udfff"  # surrogates: no encoding has room for them
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # shorthand for music; tags
    "]"
)

_LONGEST_ENTITY = len("&quot;")


def clean(text: str) -> str:
    r"""A student's text with everything invisible or steering shown as an escape: `\x1b`, `\u202e`."""
    return _INVISIBLE.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def html(text: str) -> str:
    """A student's text as it may stand in HTML, in an attribute too."""
    return escape(clean(text), quote=True)


def html_within(text: str, most: int, *, its_end: bool = False) -> str:
    """As much of a text as fits into so many bytes of HTML, of its beginning or of its end.

    An escape takes ten bytes and an entity six: characters say little of how large a page becomes.
    """
    shown = html(text[-most:] if its_end else text[:most]).encode()
    if len(shown) <= most:
        return shown.decode()
    place = len(shown) - most if its_end else most
    begun = shown.rfind(b"&", max(0, place - _LONGEST_ENTITY), place)
    over = shown.find(b";", begun) + 1
    if begun >= 0 and over > place:  # in the middle of an entity
        place = over if its_end else begun
    return (shown[place:] if its_end else shown[:place]).decode(errors="ignore")


def one_line(text: str) -> str:
    """A student's text on a single line, runs of white space as one space."""
    return " ".join(clean(text).split())


def cut(text: str, most: int) -> str:
    """A text of at most so many characters, with an ellipsis where some were left out."""
    return text if len(text) <= most else text[: most - 1] + "…"


def columns(text: str) -> int:
    """How wide a text is, in letters of Latin: ideographs take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut_to_columns(text: str, most: int) -> str:
    """The beginning of a text, no wider than that."""
    taken = 0
    for place, character in enumerate(text):
        taken += columns(character)
        if taken > most:
            return text[:place]
    return text


def fitting(text: str, most: int) -> str:
    """A text no wider than that, with an ellipsis where some was left out."""
    return text if columns(text) <= most else cut_to_columns(text, most - 1) + "…"
