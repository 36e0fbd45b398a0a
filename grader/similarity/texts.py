"""What of a submission is compared: its programs, and its other Python files as one; read, never run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader.gathering import gather
from grader.model import TRACKS
from grader.submission import Submission

OTHERS = "other Python files"
"""Stands for a program's name: modules that the programs import, one after the other."""
LARGEST = 64 << 10
"""Characters that are compared; a program of the lab has some thousands."""


class Text(NamedTuple):
    """One text of a submission, its lines ended as the lexer ends them.

    Args:
        program: its file name, or OTHERS.
    """

    submission: str
    program: str
    text: str


def texts_of(submission: Submission, room: Path) -> tuple[list[Text], list[str]]:
    """What can be compared, and sentences on what can't be.

    Args:
        room: an empty folder.
    """
    folder = room / "files"
    unpacked = room / "unpacked"
    unpacked.mkdir()
    gathered = gather(submission, unpacked, folder)
    texts = [Text(submission.name, name, text) for name, text in _read(folder) if text]
    notes = [f"{program} of {submission.name} {why}" for program, why in sorted(gathered.wrong.items())]
    large = [one for one in texts if len(one.text) > LARGEST]
    notes += [f"{one.program} of {submission.name} has more than {LARGEST:,} characters" for one in large]
    return [one for one in texts if one not in large], notes


def of_the_template(folder: Path) -> tuple[str, ...]:
    """The hand-out's own programs, which everybody has."""
    return tuple(_as_text(path) for path in sorted(folder.glob("*.py")))


def _read(folder: Path) -> Iterator[tuple[str, str]]:
    programs = [track.program for track in TRACKS]
    for name in programs:
        if (folder / name).is_file():
            yield name, _as_text(folder / name)
    others = [path for path in sorted(folder.rglob("*.py")) if path.is_file() and path.name not in programs]
    yield OTHERS, "\n\n".join(map(_as_text, others))


def _as_text(path: Path) -> str:
    """Whatever its bytes are: with the line ends, and without the empty lines around it, that pygments.lexer knows."""
    text = path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
