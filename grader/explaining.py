"""From a program's last words on standard error, why it ended, in a few words. Pure."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

_FRAME = re.compile(r'^\s*File "(?P<file>[^"]*)", line (?P<line>\d+)')
_ERROR = re.compile(r"^(?P<name>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning))(?:: (?P<text>.*))?$")
_DOES_NOT_PARSE = frozenset({"SyntaxError", "IndentationError", "TabError"})


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
    line = _line_in(program, lines)
    if error["name"] in _DOES_NOT_PARSE and line:
        column = _column(source, line, lines)
        at = f"line {line}" + (f", column {column}" if column else "")
        return f"{program} does not parse: {at}: {error['text']}"
    where = f" ({program}, line {line})" if line else ""
    return error[0].strip() + where


def _line_in(program: str, lines: list[str]) -> int:
    """The last line of this very program that the traceback names; 0 if it names none."""
    frames = [found for line in lines if (found := _FRAME.match(line))]
    own = [frame for frame in frames if frame["file"].rsplit("/", 1)[-1] == program]
    return int(own[-1]["line"]) if own else 0


def _column(source: str, line: int, lines: list[str]) -> int:
    """Column of the caret, counted from 1 in the file itself: the traceback shows the line without its indent."""
    caret = next((shown for shown in reversed(lines) if shown.strip() and not shown.strip(" ^~")), "")
    text = source.splitlines()
    if not caret or line > len(text):
        return 0
    indent = len(text[line - 1]) - len(text[line - 1].lstrip())
    return caret.index("^") - 4 + indent + 1 if "^" in caret else 0


def hidden_modules(names: Iterable[str]) -> tuple[str, ...]:
    """Files of a submission that hide a module of Python's own: `socket.py` beside a program is its `socket`."""
    return tuple(sorted(name for name in names if name.endswith(".py") and name[:-3] in sys.stdlib_module_names))
