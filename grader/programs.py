"""What keeps a file from being a program at all, before anything is started."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path

from grader.listing import listed
from grader.wording import filed

HANDED_OUT = frozenset({"client.py", "conftest.py"})
"""They lie beside a student's programs and are none."""


def what_is_wrong_with(program: Path, refused: Mapping[str, str]) -> str:
    """Why a program can't be started at all, in a sentence; "" if it can.

    Args:
        refused: by name, why a program was not copied: the end of the sentence.
    """
    if program.name in refused:
        return filed("{file} {refusal}", file=program.name, refusal=refused[program.name])
    if not program.exists() and not program.is_symlink():
        others = sorted((path.name for path in program.parent.iterdir()), key=_unlike_a_program)
        return filed(
            "there is no file {file} in the submission (there is: {there})",
            file=program.name,
            there=listed(others) or filed("nothing"),
        )
    if program.is_dir():
        return filed("{file} is a folder, and has to be a file", file=program.name)
    if not program.is_file():
        return filed("{file} {refusal}", file=program.name, refusal=filed("is no regular file"))
    return _what_is_no_text(program)


def _unlike_a_program(name: str) -> tuple[bool, str]:
    """What may be a program under another name is named first."""
    return not name.endswith(".py") or name in HANDED_OUT, name


def _what_is_no_text(program: Path) -> str:
    """Python reads UTF-8, and nothing with a NUL in it ("Lexical analysis" in its reference)."""
    text = program.read_bytes()
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return filed("{file} is saved as UTF-16, and Python reads UTF-8", file=program.name)
    if b"\0" in text:
        line = text.count(b"\n", 0, text.index(b"\0")) + 1
        return filed(
            "{file} has a NUL byte in line {line}, which no Python program may have", file=program.name, line=line
        )
    return ""
