"""The life of a program in a box: how it is started, what it prints, how it ends."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from grader.apparatus.diary import Diary
from grader.apparatus.ending import exit_of, told_of
from grader.apparatus.output import Stream
from grader.apparatus.sandbox.box import Box
from grader.apparatus.sandbox.limits import Allowed
from grader.model import Track
from grader.recording import Exit, What
from grader.wording import filed

_INTERRUPTED = re.compile(rb"^\[forklab\] call (\d+) of accept was interrupted by a signal \(EINTR\)$", re.MULTILINE)
"""What our own `sitecustomize` writes to standard error."""


class Life:
    """One program of a submission, started once or more in the course of a scene; alone in starting it."""

    def __init__(self, box: Box, track: Track, programs: Path, allowed: Allowed, diary: Diary) -> None:
        """Nothing is started yet.

        Args:
            programs: folder of the submission's files, to read and never to run.
        """
        self.pid = 0
        self.delays: list[float] = []
        self.exit: Exit | None = None
        self._box = box
        self._track = track
        self._file = programs / track.program
        self._allowed = allowed
        self._diary = diary
        self.streams = self._fresh_streams()
        self._beside: tuple[Stream, ...] = ()
        self._is_interrupted = False

    # ------------------------------------------------------------------ its start

    def begin(self, *, delay: float, descriptors: int, interrupted: str, unbuffered: bool) -> None:
        """Start it; what it has printed in an earlier life is forgotten. For the arguments see `Server.start`."""
        self.close()
        self.streams = self._fresh_streams()
        self.exit = None
        self.delays.append(delay)
        self._diary.tell(What.STARTED, note=f"DELAY={delay:g}" if delay else "")
        environment = self._environment(delay)
        self._is_interrupted = bool(interrupted)
        if interrupted:
            environment["FORKLAB_EINTR"] = interrupted
        if unbuffered:
            environment["PYTHONUNBUFFERED"] = "1"
        self.pid = self._started(environment, self.streams, descriptors)

    @contextlib.contextmanager
    def beside_another(self) -> Iterator[None]:
        """Start it once more while it lives; what the second one prints is dropped."""
        self._beside = streams = self._fresh_streams()
        try:
            pid = self._started(self._environment(), streams)
            self._diary.tell(What.STARTED, note=filed("a second time, as pid {pid}", pid=pid))
            yield
        finally:
            self._beside = ()
            for stream in streams:
                stream.close()

    def _environment(self, delay: float = 0.0) -> dict[str, str]:
        return {"PORT": str(self._track.port), "DELAY": f"{delay:g}"}

    def _started(self, environment: dict[str, str], streams: tuple[Stream, Stream], descriptors: int = 0) -> int:
        """Start the program in the box, with our ends of its streams; its pid."""
        out, err = streams
        pid = self._box.start(
            self._track.program,
            environment=environment,
            outputs=(out.writer, err.writer),
            allowed=self._allowed,
            descriptors=descriptors,
            shimmed="FORKLAB_EINTR" in environment,
            seeded="PYTHONUNBUFFERED" not in environment,  # the interpreter looks for it when it starts
        )
        out.give_writer_away()
        err.give_writer_away()
        return pid

    # ------------------------------------------------------------------ what it prints

    @property
    def open_streams(self) -> tuple[Stream, ...]:
        """Its own, and those of a second one beside it."""
        return (*self.streams, *self._beside)

    def _fresh_streams(self) -> tuple[Stream, Stream]:
        written = self._box.paths.replaced_in
        return Stream(written), Stream(written)

    def hear(self) -> None:
        """Take what it has printed, without waiting."""
        out, err = self.streams
        for stream in (out, *self._beside):
            stream.drain()
        said = err.drain()
        for number in _INTERRUPTED.findall(said) if self._is_interrupted else ():  # else it is the program's own joke
            note = filed("call {number} of accept was interrupted by a signal (EINTR)", number=number.decode())
            self._diary.tell(What.INTERRUPTED, note=note)

    def close(self) -> None:
        """Take no more of what it prints."""
        for stream in self.streams:
            stream.close()

    # ------------------------------------------------------------------ its end

    def end(self) -> None:
        """Everything in the box was ended: no process is this program's any more."""
        self.pid = 0

    def end_with(self, status: int, by_us: str = "") -> None:
        """It has ended: write down how.

        Args:
            status: of wait(2).
            by_us: why the grader ended it; "" if it did not.
        """
        self.exit = exit_of(status, self._diary.now, self.streams[1].text(), by_us)
        self._diary.tell(What.EXITED, note=self.exit.told)

    def told_end(self, *, listened: bool) -> str:
        """How it ended, in a sentence with the likeliest reason; "" while it lives.

        Args:
            listened: clients could reach it before.
        """
        return told_of(self.exit, self._file, listened=listened) if self.exit else ""
