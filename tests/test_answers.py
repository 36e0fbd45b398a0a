"""The reference's answers, written and read back; and what is said of a file that is not what it should be."""

from __future__ import annotations

import pytest

from grader.answers import NoAnswers, decoded, encoded
from grader.model import Inconclusive
from grader.reference import Reference
from tests.recordings import recording, visit

ALL_BYTES = bytes(range(256))


def test_what_was_answered_is_read_back_byte_for_byte() -> None:
    """Of clients that nothing disturbed, and of no others."""
    visits = recording("visits", *visit("x", 1.0, request=ALL_BYTES, reply=ALL_BYTES[::-1]))
    crowd = recording("crowd", *visit("y", 1.0, request=b"in the crowd", reply=b"odd"))
    read = decoded(encoded({"forking": Reference({"visits": visits, "crowd": crowd})}), "answers.json")
    assert read["forking"].reply_to(ALL_BYTES) == ALL_BYTES[::-1]
    assert read["forking"].recordings == {}
    with pytest.raises(Inconclusive):
        read["forking"].reply_to(b"in the crowd")


def test_equal_answers_make_equal_files() -> None:
    """Whenever they were given, and in whatever order."""
    one, two = visit("x", 1.0, request=b"1", reply=b"a"), visit("y", 2.0, request=b"2", reply=b"b")
    later = visit("z", 9.0, request=b"2", reply=b"b")
    assert encoded({"forking": Reference({"visits": recording("visits", *one, *two)})}) == encoded(
        {"forking": Reference({"visits": recording("visits", *later, *one)})}
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "can't be read"),
        (b'{"schema": 1, "answers": {"forking": [{"request": "a"}]}}', "can't be read"),
        (b'{"schema": 1, "answers": {"forking": [{"request": "\\u0100", "reply": ""}]}}', "can't be read"),
        (b"\xff", "can't be read"),
        (b'{"schema": 2, "answers": {}}', "has schema 2"),
    ],
)  # fmt: skip
def test_a_file_that_is_something_else_is_named(data: bytes, why: str) -> None:
    """With what to do."""
    with pytest.raises(NoAnswers, match=f"answers.json {why}.* the hand-out"):
        decoded(data, "answers.json")
