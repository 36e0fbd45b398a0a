"""What a story is made of: rows, and waits beside them. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from grader.wording import say

SERVER = 0
"""Stands for the program that was started, whichever pid it has."""


class Kind(StrEnum):
    """How a row is drawn."""

    TO_SERVER = "from a client to a process"
    TO_CLIENT = "from a process to a client"
    CUT = "the same, and the connection was cut"
    FORK = "from a process to its child"
    DEED = "what a process did"
    LOOK = "a look at all processes"
    GAP = "rows that are left out"


class Row(NamedTuple):
    """One line of the story.

    Args:
        at: seconds since the scene began.
        said: a sentence.
        word: the same in a word or two; what the picture has room for.
        pid: the process, SERVER for the program itself.
        by: it had been done by then; when is not known.
    """

    at: float
    kind: Kind
    said: str
    word: str = ""
    client: str = ""
    pid: int = SERVER
    by: bool = False

    @property
    def time(self) -> str:
        """`0.120 s`, or `by 0.120 s`."""
        if self.kind is Kind.GAP:
            return ""
        return say("by {time:.3f} s", time=self.at) if self.by else f"{self.at:.3f} s"


class Wait(NamedTuple):
    """A client waits for its reply, or a process sleeps in a call; to the end, where it never ended."""

    since: float
    until: float
    word: str
    client: str = ""
    pid: int = SERVER
