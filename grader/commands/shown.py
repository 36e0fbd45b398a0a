"""What commands show on a terminal and in a log: progress, and names that can do no harm there."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import Any

from grader.workers import Progress

LINE_EVERY = 10.0
"""Seconds between two lines of progress in a log."""


class Line:
    """Progress: one line that is written over on a terminal, a line now and then in a log."""

    def __init__(self, terminal: bool, done: str = "graded") -> None:
        self._done = done
        self._terminal = terminal
        self._last = 0.0

    def tell(self, at: Progress[Any]) -> None:
        """Show where the batch is."""
        now = time.monotonic()
        if not self._terminal and now - self._last < LINE_EVERY and at.finished < at.total:
            return
        self._last = now
        left = "" if at.seconds_left is None else f", {at.seconds_left:.0f} s left"
        names = " ".join(map(printable, at.under_way))
        line = f"{at.finished}/{at.total} {self._done}, {at.rate:.1f} per second{left}" + (
            f": {names}" if names else ""
        )
        _show(f"\r\x1b[K{line[: _columns() - 1]}" if self._terminal else f"{line}\n")

    def say(self, line: str) -> None:
        """A line that stays, above the one that is written over."""
        _show(f"\r\x1b[K{line}\n" if self._terminal else f"{line}\n")

    def end(self) -> None:
        """The line is done with."""
        if self._terminal:
            _show("\n")


def _show(text: str) -> None:
    """On standard error, if anybody is there: a terminal that was closed ends no batch (EIO, EPIPE)."""
    with contextlib.suppress(OSError):
        print(text, end="", file=sys.stderr, flush=True)


def _columns() -> int:
    """Of the terminal behind standard error; it says 0 where it does not know."""
    with contextlib.suppress(OSError):  # it was closed
        return os.get_terminal_size(2).columns or 80
    return 80


def printable(name: str) -> str:
    """A name from a submission, with no character that a terminal would act on."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)


def counted(number: int) -> str:
    """So many submissions, in words."""
    return f"{number} submission" + ("" if number == 1 else "s")
