"""From a program's last words on standard error, why it ended, in a few words; and of an error of ours the same. Pure."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterable

from grader.wording import filed

_FRAME = re.compile(r'^\s*File "(?P<file>[^"]*)", line (?P<line>\d{1,9})\b')
_ERROR = re.compile(
    r"^(?P<name>[A-Za-z_][\w.]*(?:[Ee]rror|Exception|Interrupt|Exit|Iteration|Warning))(?:: (?P<text>.*))?$"
)
_DOES_NOT_PARSE = frozenset({"SyntaxError", "IndentationError", "TabError"})


def error_of_ours(error: Exception) -> str:
    """What the grader itself has raised, and in which function and line of it."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({where.name}:{where.lineno})"


def why_it_ended(program: str, source: str, last_words: Iterable[str]) -> str:
    """The error that ended a program, and where in it; "" where its last words are no traceback.

    Args:
        program: its file name.
        source: its text, to count columns in.
        last_words: the last lines that it wrote to standard error.
    """
    lines = list(last_words)
    error = next((found for line in reversed(lines) if (found := _ERROR.match(line))), None)
    if error is None:
        return ""
    if error["name"] in _DOES_NOT_PARSE and (unparsable := _last_frame(lines)):
        text = source if unparsable[0] == program else ""
        return _does_not_parse(unparsable, error["text"] or error["name"], text, lines)
    line = _line_in(program, lines)
    told = error[0].strip()
    return filed("{error} ({file}, line {line})", error=told, file=program, line=line) if line else told


def _frames(lines: list[str]) -> list[tuple[str, int]]:
    """File name and line of every frame of a traceback, the innermost last."""
    found = [frame for line in lines if (frame := _FRAME.match(line))]
    return [(frame["file"].rsplit("/", 1)[-1], int(frame["line"])) for frame in found]


def _line_in(program: str, lines: list[str]) -> int:
    """The last line of this very program that the traceback names; 0 if it names none."""
    return next((line for file, line in reversed(_frames(lines)) if file == program), 0)


def _last_frame(lines: list[str]) -> tuple[str, int] | None:
    """The file that does not parse, and where; None where it is no file: `<string>`."""
    frames = _frames(lines)
    return frames[-1] if frames and frames[-1][0].endswith(".py") else None


def _does_not_parse(where: tuple[str, int], why: str, source: str, lines: list[str]) -> str:
    """`forking_server.py does not parse: line 1, column 12: invalid syntax`."""
    file, line = where
    column = _column(source, line, lines)
    if not column:
        return filed("{file} does not parse: line {line}: {why}", file=file, line=line, why=why)
    return filed(
        "{file} does not parse: line {line}, column {column}: {why}", file=file, line=line, column=column, why=why
    )


def _column(source: str, line: int, lines: list[str]) -> int:
    """Column of the caret, counted from 1 in the file itself: the traceback shows the line without its indent."""
    caret = next((shown for shown in reversed(lines) if "^" in shown and not shown.strip(" ^~")), "")
    text = source.splitlines()
    if not caret or not 0 < line <= len(text):
        return 0
    indent = len(text[line - 1]) - len(text[line - 1].lstrip())
    return caret.index("^") - 4 + indent + 1


def hidden_modules(names: Iterable[str]) -> tuple[str, ...]:
    """Files of a submission that hide a module of Python's own: `socket.py` beside a program is its `socket`."""
    return tuple(sorted(name for name in names if name.endswith(".py") and name[:-3] in sys.stdlib_module_names))
