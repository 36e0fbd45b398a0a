"""Compares a reply with the reference's, as LAB and hand-out say. Pure."""

from __future__ import annotations

from typing import NamedTuple

from grader.model import Speech
from grader.recording import shown
from grader.wording import say


class HttpReply(NamedTuple):
    """A reply of HTTP's, taken apart; lines may end in CRLF or LF (RFC 9112, 2.2)."""

    status: str
    length: str
    blank_line: bool
    body: bytes


def taken_apart(reply: bytes) -> HttpReply:
    """A reply's status line, its Content-Length ("" if none is given), and its body."""
    head, separator, body = _divided(reply)
    lines = head.replace(b"\r\n", b"\n").split(b"\n")
    length = ""
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = value.strip().decode("latin-1")
    return HttpReply(lines[0].decode("latin-1").rstrip(), length, bool(separator), body)


def _divided(reply: bytes) -> tuple[bytes, bytes, bytes]:
    found = [(reply.find(blank), blank) for blank in (b"\r\n\r\n", b"\n\n", b"\n\r\n")]
    there = [(at, blank) for at, blank in found if at >= 0]
    if not there:
        return reply, b"", b""
    at, blank = min(there, key=lambda pair: (pair[0], -len(pair[1])))
    return reply[:at], blank, reply[at + len(blank) :]


def difference(speech: Speech, expected: bytes, received: bytes) -> tuple[str, str] | None:
    """How a reply differs from the reference's, as (expected, observed); None if it does not."""
    if speech is Speech.BYTES:
        return None if received == expected else (shown(expected), _shown_or_nothing(received))
    if not received:
        return shown(expected), say("nothing")
    wanted, got = taken_apart(expected), taken_apart(received)
    if got.status != wanted.status:
        status = shown(wanted.status.encode("latin-1"))
        return say("the status line {status}", status=status), shown(got.status.encode("latin-1"))
    if not got.blank_line:
        return say("a blank line between head and body"), say("none in {received}", received=shown(received))
    if got.body.rstrip(b"\r\n") != wanted.body.rstrip(b"\r\n"):
        return say("the body {body}", body=shown(wanted.body)), _shown_or_nothing(got.body)
    if got.length and got.length != str(len(got.body)):
        long = say("Content-Length: {length}, as long as the body is", length=len(got.body))
        return long, f"Content-Length: {got.length}"
    return None


def _shown_or_nothing(data: bytes) -> str:
    return shown(data) if data else say("nothing")
