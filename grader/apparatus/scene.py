"""How a scene can end before its last line, and what bounds it from outside."""

from __future__ import annotations

import threading
import time

from grader.wording import filed


class Cut(Exception):
    """The server ended, stopped serving or went over a limit: the scene can't be played further.

    Args:
        reason: what happened, in a sentence.
    """


class Unclear(Exception):
    """The machine did not let us see what the server does."""


class Interrupted(Exception):
    """Somebody wants the whole run to end."""


class Bounds:
    """What ends a look from outside: the submission's time limit, and whoever stops the run."""

    def __init__(self, seconds: float = float("inf")) -> None:
        """Begin to count.

        Args:
            seconds: the submission's time limit, by the wall clock.
        """
        self.seconds = seconds
        self._until = time.monotonic() + seconds
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End every scene that is bound by this at its next step."""
        self._stopped.set()

    def check(self) -> None:
        """Raise if the end has come.

        Raises:
            Interrupted: somebody stopped the run.
            Cut: the time limit is used up.
        """
        if self._stopped.is_set():
            raise Interrupted
        if self.is_over:
            raise Cut(filed("the submission's time limit of {seconds:g} s was used up", seconds=self.seconds))

    @property
    def is_over(self) -> bool:
        """The time limit is used up."""
        return time.monotonic() > self._until
