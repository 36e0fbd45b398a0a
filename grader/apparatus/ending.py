"""How the program that was started ended, in facts and in a sentence."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from grader.explaining import hidden_modules, why_it_ended
from grader.recording import Exit
from grader.wording import filed

LAST_WORDS = 12
"""Lines of standard error that are told of a server that ended."""
_OURS = re.compile(
    r'^(?:\[forklab\] .*|  File ".*/shim/sitecustomize\.py", line .*(?:\n    .*)*)(?:\n|\Z)', re.MULTILINE
)
"""What our own `sitecustomize` writes to standard error, and its frames of a traceback: nothing that is the program's."""
_REFUSED_A_FILE = re.compile(r"^PermissionError: \[Errno 13\] Permission denied: '.+'", re.MULTILINE)
_REFUSED_SHARED_MEMORY = re.compile(
    r'^  File ".*/multiprocessing/(?:synchronize|shared_memory|heap)\.py".*\n(?:.*\n){0,9}?PermissionError: .*$',
    re.MULTILINE,
)
_FOUND_NO_NAME = re.compile(r"^KeyError: 'get(?:pwuid|grgid)\(\): .+'", re.MULTILINE)


def exit_of(status: int, at: float, said: str, by_us: str = "") -> Exit:
    """What a wait status says, wait(2).

    Args:
        at: seconds since the scene began.
        said: what it wrote to standard error.
        by_us: why the grader ended it; "" if it did not.
    """
    code = os.waitstatus_to_exitcode(status)
    name = ""
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    words = [line for line in _OURS.sub("", said).splitlines() if line.strip()]
    return Exit(at=at, status=code, signal=name, last_words=tuple(words[-LAST_WORDS:]), ended_by_us=by_us)


def told_of(end: Exit, program: Path, *, listened: bool) -> str:
    """The end of a program in a sentence, with the likeliest reason.

    Args:
        program: its file; read, never run.
        listened: clients could reach it before.
    """
    why = why_it_ended(program.name, program.read_text("utf-8", "replace"), end.last_words)
    hidden = hidden_modules(entry.name for entry in program.parent.iterdir())
    if hidden and not listened:
        why = filed(
            "{why}; {files} beside it is found in place of Python's own module of that name",
            why=why,
            files=", ".join(hidden),
        )
    if not why and not end.last_words and not end.ended_by_us:
        why = filed("it said nothing on standard error")
    return _sentence(end.told, why, listened=listened)


def _sentence(end: str, why: str, *, listened: bool) -> str:
    if listened:
        return filed("the server {end}: {why}", end=end, why=why) if why else filed("the server {end}", end=end)
    if why:
        return filed("the server {end} before it listened: {why}", end=end, why=why)
    return filed("the server {end} before it listened", end=end)


def refused_a_file(said: str) -> str:
    """What standard error says of a file that could not be opened: its error line; "" where it says nothing of it.

    A program that needs a file which other boxes give is not wrong, nor one that asks for its user's name (passwd(5)).
    """
    found = _REFUSED_A_FILE.search(said) or _FOUND_NO_NAME.search(said)
    if found:
        return found[0]
    return filed("it was refused shared memory (/dev/shm)") if _REFUSED_SHARED_MEMORY.search(said) else ""
