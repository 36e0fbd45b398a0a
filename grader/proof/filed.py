"""Trials on disk: a line each as it comes, so that no kill costs more than what was under way.

OUT/trials.jsonl      appended to and synced, trial by trial; a torn last line is one that was never filed
OUT/verify.json  verify.html
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

import msgspec

from grader.proof.trials import Named, Seen
from grader.store import Unreadable

TRIALS = "trials.jsonl"


class Line(msgspec.Struct, frozen=True):
    """One trial, as it is filed.

    Args:
        key: hash of all that it depends on.
        case: name of the case, for people.
    """

    key: str
    case: str
    seconds: float
    seen: tuple[Seen, ...]
    named: tuple[Named, ...] = ()


class Filed:
    """The trials of a folder, by key; a `with` block ends the filing."""

    def __init__(self, folder: Path, *, anew: bool = False) -> None:
        """Read what is there; a torn end is cut off, so that the next line begins a line.

        Args:
            anew: forget it.

        Raises:
            Unreadable: it is no file of trials.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / TRIALS
        there = b"" if anew or not self._path.exists() else self._path.read_bytes()
        whole = there[: there.rfind(b"\n") + 1]
        self.lines = {line.key: line for line in map(self._read, whole.splitlines())}
        self._file = self._path.open("r+b" if self._path.exists() else "wb")
        self._file.truncate(len(whole))
        self._file.seek(len(whole))

    def _read(self, line: bytes) -> Line:
        try:
            return msgspec.json.decode(line, type=Line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Unreadable(f"{self._path} holds a line that is no trial: {error}; --again begins anew") from error

    def file(self, line: Line) -> None:
        """Append one; it is on disk when this returns, fsync(2)."""
        self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.lines[line.key] = line

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._file.close()
