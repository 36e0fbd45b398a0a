"""Finds the line on which a key of a TOML file stands; tomllib and tomlkit keep no positions.

The file's first lines that are TOML by themselves are read, one line more each time: the first time that the key is
there, it stands in what came last. So tomllib decides what a key is, be it dotted, quoted, in a table or in an array.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any


def line_of(text: str, path: Sequence[str]) -> int:
    """The line on which a key stands, or begins; 0 where it is not there.

    Args:
        text: TOML.
        path: keys from the outermost to the one that is looked for.
    """
    lines = text.splitlines(keepends=True)
    begins = 1
    for number in range(1, len(lines) + 1):
        try:
            told = tomllib.loads("".join(lines[:number]))
        except tomllib.TOMLDecodeError:  # within a value of several lines
            continue
        if _is_there(told, path):
            return begins
        begins = number + 1
    return 0


def _is_there(told: Any, path: Sequence[str]) -> bool:
    for key in path:
        if not isinstance(told, dict) or key not in told:
            return False
        told = told[key]
    return True
