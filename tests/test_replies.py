"""What is the same reply, and how a difference is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import Speech
from grader.replies import HttpReply, difference, taken_apart
from tests.recordings import GREETING, PAGE


@pytest.mark.parametrize(
    ("received", "observed"),
    [
        (b"Hello, I'm server\n", r'''"Hello, I'm server\n"'''),
        (b"hello, I'm server", '''"hello, I'm server"'''),
        (b"", "nothing"),
    ],
)
def test_chapter_1_compares_bytes(received: bytes, observed: str) -> None:
    """A newline too many is a difference, and is shown."""
    assert difference(Speech.BYTES, GREETING, received) == ('''"Hello, I'm server"''', observed)
    assert difference(Speech.BYTES, GREETING, GREETING) is None


@pytest.mark.parametrize(
    "received",
    [
        PAGE,
        b"HTTP/1.1 200 OK\n\nHello, World!",
        b"HTTP/1.1 200 OK\r\n\nHello, World!",
        b"HTTP/1.1 200 OK\n\r\nHello, World!",
        b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n",
        b"HTTP/1.1 200 OK \r\n\r\nHello, World!\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Empty:\r\n\r\nHello, World!",
        b"HTTP/1.1 200 OK\r\nCONTENT-LENGTH :  13 \r\n\r\nHello, World!",
        b"HTTP/1.1 200 OK\nContent-Length: 14\n\nHello, World!\n",
        b"HTTP/1.1 200 OK\nContent-Length:\n\nHello, World!",
    ],
)
def test_chapter_2_forgives_what_the_hand_out_forgives(received: bytes) -> None:
    """CRLF or LF, further headers, a true Content-Length, and a trailing newline of the body."""
    assert difference(Speech.HTTP, PAGE, received) is None


@pytest.mark.parametrize(
    ("received", "expected", "observed"),
    [
        (b"", r'"HTTP/1.1 200 OK\r\n\r\nHello, World!"', "nothing"),
        (b"HTTP/1.0 200 OK\r\n\r\nHello, World!", 'the status line "HTTP/1.1 200 OK"', '"HTTP/1.0 200 OK"'),
        (b"\r\n\r\nHello, World!", 'the status line "HTTP/1.1 200 OK"', '""'),
        (b"HTTP/1.1 200 \xd6K\n\nHello", 'the status line "HTTP/1.1 200 OK"', r'"HTTP/1.1 200 \xd6K"'),
        (
            b"HTTP/1.1 200 OK\r\nHello, World!",
            "a blank line between head and body",
            r'none in "HTTP/1.1 200 OK\r\nHello, World!"',
        ),
        (b"HTTP/1.1 200 OK\n\nHello", 'the body "Hello, World!"', '"Hello"'),
        (b"HTTP/1.1 200 OK\n\n", 'the body "Hello, World!"', "nothing"),
        (
            b"HTTP/1.1 200 OK\nContent-Length: 12\n\nHello, World!",
            "Content-Length: 13, as long as the body is",
            "Content-Length: 12",
        ),
        (
            b"HTTP/1.1 200 OK\nContent-Length: 13\n\nHello, World!\n",
            "Content-Length: 14, as long as the body is",
            "Content-Length: 13",
        ),
    ],
)
def test_chapter_2_tells_the_first_difference(received: bytes, expected: str, observed: str) -> None:
    """Status line, blank line, body, Content-Length: in this order."""
    assert difference(Speech.HTTP, PAGE, received) == (expected, observed)


def test_the_first_blank_line_ends_the_head() -> None:
    """A blank line within the body stays there."""
    assert taken_apart(b"HTTP/1.1 200 OK\n\none\r\n\r\ntwo") == HttpReply(
        "HTTP/1.1 200 OK", "", True, b"one\r\n\r\ntwo"
    )


@pytest.mark.parametrize("speech", Speech)
@given(received=st.binary(max_size=40) | st.builds(lambda body: b"HTTP/1.1 200 OK\n\n" + body, st.binary(max_size=20)))
def test_any_bytes_are_a_reply_or_differ(speech: Speech, received: bytes) -> None:
    """Whatever a server says is compared, and expected and observed are never the same words."""
    differs = difference(speech, PAGE, received)
    assert differs is None or differs[0] != differs[1]


@given(st.binary(max_size=40))
def test_a_reply_does_not_differ_from_itself(reply: bytes) -> None:
    """In bytes, whatever it is."""
    assert difference(Speech.BYTES, reply, reply) is None
