"""What the reference says once and the whole lab repeats: each program's port, and its reply.

    reference/*.py ──> LESSON ──> tracks, and with them boxes, checks and pages
                          └─────> `renew`: template, hand-out, client, lesson_recorded.py

Where no reference lies, as on a student's machine, `lesson_recorded.py` has what it said when the lab was last renewed.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from grader.lesson_recorded import RECORDED

REFERENCE = Path(__file__).parent.parent / "reference"
PROGRAMS = ("blocking_server.py", "forking_server.py")
PORTS = range(1024, 65536)
"""Those that a program without privileges can listen on: ip(7)."""


_HEAD = '''"""Port and reply of each program of the reference, for places where it does not lie. Written by `renew`."""

'''


class Told(NamedTuple):
    """What a program of the reference says: its port where the environment names none, and what it replies."""

    port: int
    reply: bytes


Lesson = Mapping[str, Told]
"""By program."""


class Untold(Exception):
    """The reference does not say what the lab needs; the message says where and in which words it has to."""


def told_by(source: str, name: str) -> Told:
    """What a program's text says, read and not run.

    Raises:
        Untold: it says it in other words than those that are looked for.
    """
    try:
        lines = ast.parse(source, name).body
    except SyntaxError as error:
        raise Untold(f"{name} is no Python: line {error.lineno}: {error.msg}") from error
    values = {
        target.id: line.value
        for line in lines
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    }
    return Told(_port(values.get("PORT"), name), _reply(values.get("REPLY"), name))


def _port(value: ast.expr | None, name: str) -> int:
    """The last number in it: `int(os.environ.get("PORT", "8888"))`, or the number alone."""
    found = [str(node.value) for node in ast.walk(value) if isinstance(node, ast.Constant)] if value else []
    numbers = [int(one) for one in found if one.isdecimal()]
    if not numbers:
        raise Untold(f'{name} names no port: it needs a line PORT = int(os.environ.get("PORT", "8888"))')
    if numbers[-1] not in PORTS:
        raise Untold(f"{name}: PORT is {numbers[-1]}, and has to be from {PORTS[0]} to {PORTS[-1]}: see ip(7)")
    return numbers[-1]


def _reply(value: ast.expr | None, name: str) -> bytes:
    """Bytes that are written down as such."""
    reply = value.value if isinstance(value, ast.Constant) else None
    if not isinstance(reply, bytes) or not reply:
        raise Untold(f'{name} names no reply: it needs a line REPLY = b"…"')
    return reply


def lesson_in(folder: Path) -> Lesson:
    """What the programs of a folder say.

    Raises:
        Untold: one of them is not there, or says it in other words; or both have one port.
    """
    try:
        told = {name: told_by((folder / name).read_text("utf-8"), str(folder / name)) for name in PROGRAMS}
    except (OSError, UnicodeDecodeError) as error:
        raise Untold(f"the reference can't be read: {error}") from error
    if len({one.port for one in told.values()}) < len(told):
        raise Untold(f"{folder}: both programs have port {told[PROGRAMS[0]].port}: give each its own")
    return told


def recorded() -> Lesson:
    """What the lab was last renewed for."""
    return {name: Told(*told) for name, told in RECORDED.items()}


def as_recorded(lesson: Lesson) -> str:
    """The text of `lesson_recorded.py`."""
    rows = "".join(f'    "{name}": ({told.port}, {in_double_quotes(told.reply)}),\n' for name, told in lesson.items())
    return f"{_HEAD}RECORDED: dict[str, tuple[int, bytes]] = {{\n{rows}}}\n"


def in_double_quotes(data: bytes) -> str:
    """Bytes as a program has them that is formatted; Python's own `repr` prefers the other quotes."""
    with_an_apostrophe = repr(data + b"'")  # makes it take double ones
    return repr(data) if b'"' in data else with_an_apostrophe[:-2] + '"'


def _now() -> tuple[Lesson, str]:
    """What holds, and what is wrong with the reference: told when it is graded, since no import may end in a sentence."""
    if not all((REFERENCE / name).is_file() for name in PROGRAMS):
        return recorded(), ""
    try:
        return lesson_in(REFERENCE), ""
    except Untold as error:
        return recorded(), str(error)


LESSON, WRONG_WITH_THE_REFERENCE = _now()
