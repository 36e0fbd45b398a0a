"""The lines of a program that matter, by its syntax tree: found where there is no doubt, and no harm where there is."""

from __future__ import annotations

import textwrap
import warnings

import pytest

from grader.grading import SAMPLES, TEMPLATE
from grader.model import Excerpt, Part
from grader.source import MOST_BYTES, MOST_LINES, excerpts_of


def lines_of(program: str) -> dict[str, tuple[int, int]]:
    """First and last line of each part that is found."""
    found = excerpts_of(textwrap.dedent(program).encode())
    return {one.part.value: (one.first, one.first + len(one.lines) - 1) for one in found}


def test_a_servers_parts_are_found() -> None:
    """Accept loop, handler, and the fork with what each process does after it."""
    found = excerpts_of((SAMPLES / "emil" / "forking_server.py").read_bytes())
    assert [(one.part, one.first, one.lines[0].strip(), one.lines[-1].strip()) for one in found] == [
        (Part.ACCEPT_LOOP, 37, "while 1:", "os._exit(0)"),
        (Part.HANDLER, 10, "def bury(signum, frame):", "pass"),
        (Part.FORK, 42, "if os.fork() == 0:", "os._exit(0)"),
    ]


def test_the_bare_template_has_none() -> None:
    """What is not written yet is not shown."""
    assert excerpts_of((TEMPLATE / "forking_server.py").read_bytes()) == ()


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ("while True:\n    while True:\n        s.accept()\n    x\n", (2, 3)),
        ("for _ in x:\n    y = s.accept()\n", (1, 2)),
        ("s.accept()\n", None),
        ("while True:\n    s.accept()\n    t.accept()\n", None),
        ("while True:\n    def f():\n        s.accept()\n", None),
        ("accept()\n", None),
        (
            """\
            class Server:
                def run(self):
                    while True:
                        self.accept()
                def accept(self):
                    while True:
                        return self.socket.accept()
            """,
            (6, 7),
        ),
        ("class A:\n    def run(self):\n        while 1:\n            self.accept()\n", (3, 4)),
        ("def run(self):\n    while 1:\n        self.accept()\n", (2, 3)),
    ],
)
def test_the_accept_loop_is_the_smallest_around_the_only_accept(program: str, lines: tuple[int, int] | None) -> None:
    """A method of one's own that is called `accept` is none."""
    assert lines_of(program).get("accept loop") == lines


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ("def f(a, b):\n    pass\nsignal.signal(signal.SIGCHLD, f)\n", (1, 2)),
        ("class A:\n    def f(self, a, b):\n        pass\n    def g(self):\n        signal(SIGCHLD, self.f)\n", (2, 3)),
        ("x\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n", (2, 2)),
        ("def f(a, b):\n    signal(SIGCHLD, SIG_DFL)\nsignal(SIGCHLD, f)\n", (1, 2)),
        ("signal(SIGCHLD, SIG_DFL)\n", (1, 1)),
        ("x\nsignal.signal(signal.SIGCHLD,\n    lambda a, b: wait())\n", (2, 3)),
        ("def f(a, b):\n    pass\ndef f(a, b):\n    x\nsignal.signal(signal.SIGCHLD, f)\n", None),
        ("signal.signal(signal.SIGCHLD, handlers[0])\n", None),
        ("signal.signal(signal.SIGINT, f)\n", None),
        ("def f(a, b):\n    pass\nsignal.signal(SIGCHLD, f)\nsignal.signal(SIGCHLD, f)\n", None),
    ],
)
def test_the_handler_is_what_is_registered(program: str, lines: tuple[int, int] | None) -> None:
    """Where two functions have its name, or two are registered, nobody knows which it is."""
    assert lines_of(program).get("SIGCHLD handler") == lines


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ("pid = os.fork()\nx\nif pid == 0:\n    child\nelse:\n    parent\nz\n", (1, 6)),
        ("pid = os.fork()\nif pid == 0:\n    child\nparent\n", (1, 4)),
        ("try:\n    pid = os.fork()\nexcept OSError:\n    pass\nif not pid:\n    child\n", (2, 6)),
        ("try:\n    pid = os.fork()\n    if pid:\n        parent\nfinally:\n    x\n", (2, 4)),
        ("if (pid := os.fork()) == 0:\n    child\nelse:\n    parent\n", (1, 4)),
        ("if x:\n    os.fork()\ny\n", (2, 2)),
        ("pid = fork()\nif other:\n    x\n", (1, 1)),
        ("os.fork()\nos.fork()\n", None),
    ],
)
def test_the_fork_comes_with_its_branches(program: str, lines: tuple[int, int] | None) -> None:
    """Those of the `if` that asks for its result, and what the other process does behind it."""
    assert lines_of(program).get("fork") == lines


def test_lines_are_counted_as_python_counts_them() -> None:
    """By any of its line ends, and by no form feed."""
    (loop,) = excerpts_of(b"a = '\x0c'\r\nb\rwhile 1:\n    s.accept()")
    assert loop == Excerpt(Part.ACCEPT_LOOP, 3, ("while 1:", "    s.accept()"))


def test_what_is_long_is_cut() -> None:
    """A loop of a hundred lines, and one of a thousand columns."""
    (loop,) = excerpts_of(b"while 1:\n    s.accept()  #" + b"x" * 1000 + b"\n    x" * 99)
    assert (len(loop.lines), loop.left_out, len(loop.lines[1])) == (MOST_LINES, 71, 161)


@pytest.mark.parametrize(
    "program",
    [
        b"while 1:\n  s.accept(",
        b"\0",
        b"\xff\xfe",
        b"a" + b".b" * 15_000,
        b"-" * 30_000 + b"1",
        b"(" * 30_000,
        b"9" * 30_000,
        b"\n".join(b" " * n + b"if 1:" for n in range(200)),
        b"while 1:\n  s.accept()\n" + b"#" * MOST_BYTES,
        b"",
    ],
    ids=["half", "NUL", "no text", "attributes", "signs", "brackets", "digits", "indents", "huge", "empty"],
)
def test_what_is_no_program_does_no_harm(program: bytes) -> None:
    """And shows no lines."""
    assert excerpts_of(program) == ()


def test_a_warning_about_a_program_is_nobodys() -> None:
    """Python warns of an odd escape; the grader, whose warnings may be errors, does not."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert excerpts_of(b"x = '\\d'\nwhile 1:\n  s.accept()") != ()
