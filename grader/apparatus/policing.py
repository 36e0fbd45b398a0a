"""Holds a box to what setrlimit(2) can't: the processes of the whole box, their memory, their output."""

from __future__ import annotations

import time
from collections.abc import Collection

from grader.apparatus.observing import Observer
from grader.apparatus.output import Stream
from grader.apparatus.sandbox import limits
from grader.apparatus.sandbox.box import Box

EVERY = 0.05
"""Seconds between two looks at the box's memory and number of processes."""


class Police:
    """Says which limit a box went over."""

    def __init__(self, box: Box, observer: Observer) -> None:
        """Nothing was looked at yet."""
        self._box = box
        self._observer = observer
        self._looked_at = 0.0

    def breach(self, streams: Collection[Stream]) -> str:
        """The limit that was gone over, in a sentence; "" if none was."""
        if sum(stream.size for stream in streams) > limits.OUTPUT:
            return f"it wrote more than {limits.OUTPUT >> 20} MB to its output"
        now = time.monotonic()
        if now - self._looked_at < EVERY:
            return ""
        self._looked_at = now
        pids = self._box.pids()
        if len(pids) > limits.PROCESSES and self._living(pids) > limits.PROCESSES:
            return f"it had more than {limits.PROCESSES} processes"
        if sum(map(self._box.processes.bytes_of_its_own, pids)) > limits.MEMORY:
            return f"it used more than {limits.MEMORY >> 20} MB of memory"
        return ""

    def _living(self, pids: Collection[int]) -> int:
        return sum(not self._observer.states(pid) <= {"Z", "X"} for pid in pids)
