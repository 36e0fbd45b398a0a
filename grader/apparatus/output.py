"""Keeps what a server writes to standard output and error: drained always, its head and tail kept."""

from __future__ import annotations

import os
from collections.abc import Callable

from grader.recording import Output

KEPT = 64 << 10
"""Bytes kept of the head, and as many of the tail."""


class Stream:
    """The reading end of one of a server's streams."""

    def __init__(self, as_written_down: Callable[[str], str] = str) -> None:
        """Open it.

        Args:
            as_written_down: a text without paths of this machine.
        """
        self._as_written_down = as_written_down
        self._reader, self.writer = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._reader, False)
        self.size = 0
        self._head = b""
        self._tail = b""

    def fileno(self) -> int:
        """To wait on; -1 once all is read."""
        return self._reader

    def drain(self) -> bytes:
        """Take what is there without waiting."""
        taken = b""
        while self._reader >= 0:
            try:
                data = os.read(self._reader, 1 << 16)
            except BlockingIOError:
                break
            if not data:
                self._close_reader()
                break
            self._keep(data)
            taken += data[:KEPT]
            if len(taken) >= KEPT * 4:
                break
        return taken

    def _keep(self, data: bytes) -> None:
        self.size += len(data)
        room = KEPT - len(self._head)
        self._head += data[:room]
        self._tail = (self._tail + data[room:])[-KEPT:]

    def give_writer_away(self) -> None:
        """The program has its copy now."""
        if self.writer >= 0:
            os.close(self.writer)
            self.writer = -1

    def _close_reader(self) -> None:
        if self._reader >= 0:
            os.close(self._reader)
            self._reader = -1

    def close(self) -> None:
        """Give both ends back."""
        self.give_writer_away()
        self._close_reader()

    def text(self) -> str:
        """All that was kept, as text."""
        return self._written(self._head + self._tail)

    def output(self) -> Output:
        """What a recording keeps of it: where nothing was left out it has no tail, so that no path is cut in two."""
        if self.size <= len(self._head) + len(self._tail):
            return Output(size=self.size, head=self.text())
        return Output(size=self.size, head=self._written(self._head), tail=self._written(self._tail))

    def _written(self, data: bytes) -> str:
        return self._as_written_down(data.decode("utf-8", "backslashreplace"))
