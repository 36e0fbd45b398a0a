"""Which program a file is meant to be whose name is not quite right. Pure; by names alone, never by what is in a file.

blocking-server.py  Blocking_Server (1).py  server_blocking.py  blocking_server.py.txt  blocking.py  ch1.py
ada_blocking_server.py     words that we don't know may stand beside "blocking" and "server" together
fork_notes.py  test_blocking_server.py  blocking_and_forking.py  old_blocking_server.py     none of them
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from grader.model import BLOCKING, FORKING, TRACKS, Track
from grader.wording import filed

_PYTHON = re.compile(r"(?P<stem>.+?)(\.py)+(\.txt)?", re.IGNORECASE | re.DOTALL)
_WORDS_OF = {BLOCKING: frozenset({"blocking", "block"}), FORKING: frozenset({"forking", "fork", "forked"})}
_SERVER = frozenset({"server", "srv", "servers"})
_SAY_NOTHING = frozenset({
    "py", "python", "tcp", "socket", "program", "final", "copy", "of", "the", "my", "new", "version", "v", "submission", "lab",
    "kopie", "copie", "copia", "副本",
})  # fmt: skip
_SAY_NO = frozenset({
    "test", "tests", "client", "clients", "non", "not", "no", "old", "backup", "bak", "template", "example", "sample", "original",
    "notes", "solution", "tmp", "draft", "unused",
})  # fmt: skip
_CHAPTER = re.compile(r"(?:ch|chap|chapter)[\W_]*0?([12])(?:[\W_]*server)?", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")


class Forgiven(NamedTuple):
    """What becomes of programs that are not there by their own name.

    Args:
        taken: by program, the file that can alone be meant.
        unclear: by program, files that can all be meant.
    """

    taken: dict[str, str]
    unclear: dict[str, tuple[str, ...]]


def forgiven(names: Iterable[str], missing: Iterable[str]) -> Forgiven:
    """Which of the files in a folder are the programs that are missing there."""
    of: dict[str, list[str]] = {program: [] for program in missing}
    for name in sorted(names):
        track = meant_by(name)
        if track and track.program in of and name != track.program:
            of[track.program].append(name)
    return Forgiven(
        {program: those[0] for program, those in of.items() if len(those) == 1},
        {program: tuple(those) for program, those in of.items() if len(those) > 1},
    )


def meant_by(name: str) -> Track | None:
    """The track whose program a file's name means; None where it means none, or could mean something else."""
    found = _PYTHON.fullmatch(name)
    if not found:
        return None
    chapter = _CHAPTER.fullmatch(found["stem"])
    if chapter:
        return TRACKS[int(chapter[1]) - 1]
    words = [part for word in _WORD.findall(found["stem"]) for part in _apart(word.casefold())]
    tracks = [track for track in TRACKS if _WORDS_OF[track] & set(words)]
    if len(tracks) != 1 or _SAY_NO & set(words):
        return None
    unknown = set(words) - _WORDS_OF[tracks[0]] - _SERVER - _SAY_NOTHING
    return tracks[0] if not unknown or _SERVER & set(words) else None


def _apart(word: str) -> Sequence[str]:
    """A word, or the two that it is made of: blockingserver, serverfork."""
    for server in _SERVER:
        rest = word.removeprefix(server) if word.startswith(server) else word.removesuffix(server)
        if rest != word and any(rest in words for words in _WORDS_OF.values()):
            return rest, server
    return (word,)


def told_of(taken: Mapping[str, str]) -> list[str]:
    """Sentences for the student's page."""
    return [
        filed(
            "{name} was taken for {program}, for nothing else there can be meant; hand it in as {program}",
            name=name,
            program=program,
        )
        for program, name in taken.items()
    ]


def told_of_several(names: Sequence[str]) -> str:
    """Why a program can't be had: the end of a sentence that begins with it."""
    return filed(
        "is not there, and {some} and {last} could all be meant: leave one, under the right name",
        some=", ".join(names[:-1]),
        last=names[-1],
    )
