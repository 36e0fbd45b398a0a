"""How a scene can end before its last line, and what bounds it from outside."""

from __future__ import annotations

import threading
import time

from grader.apparatus.sandbox.limits import ALLOWED, Allowed
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
    """What is settled for a look from outside: its limits, the work of a client, and its end, by time or by whoever stops it."""

    def __init__(self, seconds: float = float("inf"), allowed: Allowed = ALLOWED, delay: float = 0.1) -> None:
        """Begin to count.

        Args:
            seconds: the submission's time limit, by the wall clock.
            allowed: what its programs may use.
            delay: DELAY of the first take of a timed scene, in seconds.
        """
        self.seconds = seconds
        self.allowed = allowed
        self.delay = delay
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
