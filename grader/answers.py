"""`answers.json`: what the reference answers, for the hand-out, which has no reference. Pure.

In it a byte is a character, the one of that number (ISO 8859-1), so that a student can read it and no byte is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from grader.reference import Reference

ANSWERS = "answers.json"
SCHEMA = 1
ABOUT = "What a right server answers to each request. Each character stands for one byte, the one of its number."


class NoAnswers(Exception):
    """The file is not what it should be; the message says which, and what to do."""


class _Answer(msgspec.Struct, frozen=True):
    request: str
    reply: str


class _Answers(msgspec.Struct, frozen=True):
    schema: int
    answers: dict[str, list[_Answer]]


def encoded(references: Mapping[str, Reference]) -> bytes:
    """The file: what each track's reference answered to an undisturbed client."""
    told = {
        track: [
            {"request": _text(request), "reply": _text(reply)} for request, reply in sorted(one.undisturbed.items())
        ]
        for track, one in sorted(references.items())
    }
    return f"{json.dumps({'schema': SCHEMA, 'about': ABOUT, 'answers': told}, indent=1)}\n".encode("ascii")


def decoded(data: bytes, where: str) -> dict[str, Reference]:
    """By track's name, a reference of which nothing is known but its answers.

    Raises:
        NoAnswers: the file is torn, or another grader's.
    """
    try:
        read = msgspec.json.decode(data, type=_Answers)
        if read.schema != SCHEMA:
            raise NoAnswers(
                f"{where} has schema {read.schema}, and this grader reads {SCHEMA}: take the hand-out's own"
            )
        return {
            track: Reference({}, {_bytes(one.request): _bytes(one.reply) for one in answers})
            for track, answers in read.answers.items()
        }
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise NoAnswers(f"{where} can't be read: {error}; take it from the hand-out once more") from error


def _text(data: bytes) -> str:
    return data.decode("latin-1")


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")
