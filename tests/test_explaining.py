"""From the last words of a program, why it ended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.explaining import hidden_modules, why_it_ended

PROGRAM = "forking_server.py"
SOURCE = "import socket\n\ndef serve():\n    x = = 1\n"


def told(*last_words: str, source: str = SOURCE) -> str:
    """What is said of the forking server's last words."""
    return why_it_ended(PROGRAM, source, last_words)


def test_an_error_is_told_with_its_line_in_the_program() -> None:
    """The innermost frame in the student's own file, not the library's."""
    assert (
        told(
            "Traceback (most recent call last):",
            '  File "/box/forking_server.py", line 20, in <module>',
            '  File "/box/forking_server.py", line 9, in main',
            '  File "/usr/lib/python3.11/socket.py", line 900, in create_server',
            "OSError: [Errno 98] Address already in use",
        )
        == "OSError: [Errno 98] Address already in use (forking_server.py, line 9)"
    )


@pytest.mark.parametrize(
    "line",
    [
        "KeyboardInterrupt",
        "socket.gaierror: [Errno -2] Name or service not known",
        "struct.error: unpack requires a buffer of 4 bytes",
        "StopIteration",
        "my_server.Exit: enough",
        "DeprecationWarning: old",
    ],
)
def test_an_error_without_a_frame_is_told_alone(line: str) -> None:
    """Whatever the exception's name ends with, in capitals or not."""
    assert told("said something", line) == line


@pytest.mark.parametrize("last_words", [(), ("Bye.",), ("error: no such option",), ("usage: x", "It is an Error: no")])
def test_what_is_no_error_is_not_told(last_words: tuple[str, ...]) -> None:
    """A program may say what it likes as it ends."""
    assert told(*last_words) == ""


def test_a_program_that_does_not_parse_is_told_by_line_and_column() -> None:
    """The traceback shows the line without its indent; the column is that of the file."""
    assert (
        told(
            '  File "/box/forking_server.py", line 4',
            "    x = = 1",
            "        ^",
            "SyntaxError: invalid syntax",
        )
        == "forking_server.py does not parse: line 4, column 9: invalid syntax"
    )


@pytest.mark.parametrize("source", ["", "import socket\n"])
def test_no_column_is_told_of_a_line_that_is_not_there(source: str) -> None:
    """The program may have changed its own text."""
    told_of = told('  File "forking_server.py", line 4', "    x", "    ^", "SyntaxError: invalid syntax", source=source)
    assert told_of == "forking_server.py does not parse: line 4: invalid syntax"


def test_no_column_is_told_without_a_caret() -> None:
    """As of an unexpected indent."""
    told_of = told('  File "forking_server.py", line 4', "    x", "    ~~", "IndentationError: unexpected indent")
    assert told_of == "forking_server.py does not parse: line 4: unexpected indent"


def test_it_is_the_other_file_that_does_not_parse() -> None:
    """A module of the student's own is named, not the program that imports it."""
    assert (
        told(
            '  File "/box/forking_server.py", line 1, in <module>',
            "    import helper",
            '  File "/box/helper.py", line 3',
            "    x = = 1",
            "        ^",
            "SyntaxError: invalid syntax",
        )
        == "helper.py does not parse: line 3: invalid syntax"
    )


def test_text_that_is_evaluated_is_no_file() -> None:
    """The line that evaluates it is told."""
    assert (
        told(
            '  File "/box/forking_server.py", line 2, in <module>',
            '  File "<string>", line 1',
            "SyntaxError: invalid syntax",
        )
        == "SyntaxError: invalid syntax (forking_server.py, line 2)"
    )


def test_a_syntax_error_without_a_frame_or_a_text_is_told_as_it_is() -> None:
    """As one that the program raises itself."""
    assert told("SyntaxError: mine") == "SyntaxError: mine"
    assert told('  File "forking_server.py", line 9', "SyntaxError") == (
        "forking_server.py does not parse: line 9: SyntaxError"
    )


LINES = st.text(max_size=20) | st.sampled_from(
    [
        '  File "forking_server.py", line 0',
        f'  File "forking_server.py", line {"9" * 5000}',
        "    ^",
        "    ~~",
        "SyntaxError: x",
        "TabError",
    ]
)


@given(lines=st.lists(LINES, max_size=12), source=st.sampled_from(["", SOURCE]))
def test_no_last_words_are_too_odd(lines: list[str], source: str) -> None:
    """A program that makes tracebacks up gains nothing by it."""
    assert isinstance(why_it_ended(PROGRAM, source, lines), str)


def test_a_file_that_hides_a_module_of_pythons_is_named() -> None:
    """`socket.py` beside the program is its `socket`; a helper of one's own hides nothing."""
    names = ["socket.py", "helper.py", "select.py", "socket.txt", PROGRAM]
    assert hidden_modules(names) == ("select.py", "socket.py")
