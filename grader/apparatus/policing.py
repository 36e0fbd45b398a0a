"""Holds a box to what setrlimit(2) can't: the processes of the whole box, their memory, their output."""

from __future__ import annotations

import time
from collections.abc import Collection

from grader.apparatus.clients import Clients
from grader.apparatus.observing import Observer
from grader.apparatus.output import Stream
from grader.apparatus.sandbox import limits
from grader.apparatus.sandbox.box import Box
from grader.recording import Snapshot
from grader.wording import filed

EVERY = 0.05
"""Seconds between two looks at the box's memory and number of processes."""


class Police:
    """Says which limit a box went over."""

    def __init__(self, box: Box, clients: Clients, observer: Observer, allowed: limits.Allowed) -> None:
        """Nothing was looked at yet."""
        self._allowed = allowed
        self._box = box
        self._clients = clients
        self._observer = observer
        self._looked_at = 0.0

    def breach(self, streams: Collection[Stream]) -> str:
        """The limit that was gone over, in a sentence; "" if none was."""
        if sum(stream.size for stream in streams) > limits.OUTPUT:
            return filed("it wrote more than {most} MB to its output", most=limits.OUTPUT >> 20)
        if self._clients.longest_reply > limits.REPLY:
            return filed("it sent more than {most} MB to one client", most=limits.REPLY >> 20)
        now = time.monotonic()
        if now - self._looked_at < EVERY:
            return ""
        self._looked_at = now
        pids = self._box.pids()
        if len(pids) > self._allowed.processes and self._living(pids) > self._allowed.processes:
            return self._too_many_processes
        if self._uses_too_much_memory(pids):
            return self._too_much_memory
        return self._files_too_many()

    def breach_in(self, snapshot: Snapshot) -> str:
        """The same of what was seen at rest, so that it does not hang on when we last looked."""
        living = [process.pid for process in snapshot.processes if not process.is_zombie]
        if len(living) > self._allowed.processes:
            return self._too_many_processes
        return self._too_much_memory if self._uses_too_much_memory(living) else ""

    @property
    def _too_many_processes(self) -> str:
        return filed("it had more than {most} processes", most=self._allowed.processes)

    @property
    def _too_much_memory(self) -> str:
        return filed("it used more than {most} MB of memory", most=self._allowed.memory >> 20)

    def _uses_too_much_memory(self, pids: Collection[int]) -> bool:
        """A page that forks share is one page: exact sums cost more, and are made where the rough one is above."""
        processes = self._box.processes
        if sum(map(processes.bytes_at_most, pids)) <= self._allowed.memory:
            return False
        return sum(map(processes.bytes_of_its_share, pids)) > self._allowed.memory

    def _files_too_many(self) -> str:
        kept = self._box.kept()
        if kept.files > limits.FILES:
            return filed("it kept more than {most} files", most=limits.FILES)
        most = limits.FOLDER
        return filed("it kept more than {most} MB of files", most=most >> 20) if kept.size > most else ""

    def _living(self, pids: Collection[int]) -> int:
        return sum(not self._observer.states(pid) <= {"Z", "X"} for pid in pids)
