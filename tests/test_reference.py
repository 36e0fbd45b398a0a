"""What the reference said, and that nothing is made up where it was not asked."""

from __future__ import annotations

import pytest

from grader.model import FORKING, Inconclusive
from grader.recording import What
from grader.reference import Reference
from tests.recordings import PAGE, comes, event, recording, visit


def test_a_reply_is_what_the_reference_said_to_the_same_bytes() -> None:
    """The request decides, not the client's name."""
    visits = recording(
        "visits", *visit("x", 1.0, request=b"one", reply=b"1"), *visit("y", 2.0, request=b"two", reply=b"2")
    )
    assert Reference({"visits": visits}).reply_to(b"two") == b"2"


def test_a_request_that_was_not_put_to_it_is_not_known() -> None:
    """Nor one that it did not answer, nor any where it was not looked at."""
    silent = recording("visits", *comes("x", 1.0), event("x", What.SENT, 1.0, FORKING.request))
    for reference in (Reference({}), Reference({"visits": silent}), Reference({"visits": recording("visits")})):
        with pytest.raises(Inconclusive, match="not known here"):
            reference.reply_to(FORKING.request)


def test_its_scenes_are_there_or_none() -> None:
    """The hand-out carries some of them only."""
    crowd = recording("crowd", *visit("A", 1.0, reply=PAGE))
    assert Reference({"crowd": crowd}).recording("crowd") == crowd
    assert Reference({}).recording("crowd") is None


def test_every_scene_is_asked_and_the_undisturbed_one_first() -> None:
    """A hidden check's scene puts requests of its own."""
    crowd = recording("crowd", *visit("A", 1.0, request=b"one", reply=b"odd"), *visit("B", 2.0, request=b"two"))
    visits = recording("visits", *visit("x", 1.0, request=b"one", reply=b"usual"))
    reference = Reference({"crowd": crowd, "visits": visits})
    assert (reference.reply_to(b"one"), reference.reply_to(b"two")) == (b"usual", PAGE)
