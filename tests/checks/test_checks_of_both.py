"""The checks of both chapters, by recordings on both sides of each edge."""

from __future__ import annotations

import pytest

from grader.model import BLOCKING, FORKING, TRACKS, Outcome, Track
from grader.recording import Calm, Exit, Output, Recording, What
from tests.recordings import (
    GREETING,
    LISTENER,
    PAGE,
    SERVER,
    changed,
    child,
    event,
    judged,
    listener,
    process,
    server,
    snapshot,
    thread,
    with_events,
    with_snapshot,
    without,
)
from tests.right_scenes import REFERENCES, right, visits

BOTH = pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.name)


# ---------------------------------------------------------------------- listens


@BOTH
def test_a_server_that_sleeps_on_its_port_listens(track: Track) -> None:
    """The right server does."""
    assert judged(f"{track.name}/listens", visits(track)).outcome is Outcome.PASSED


def test_a_server_on_another_port_does_not_listen() -> None:
    """Every port on which it does is named, once."""
    two = (listener(9000), listener(80, 6), listener(9000, 8))
    result = judged("forking/listens", with_snapshot(visits(FORKING), snapshot("waiting", server(), listeners=two)))
    assert result.outcome is Outcome.FAILED
    assert result.expected == "a socket that listens on port 8888"
    assert result.observed == "a socket that listens on port 80 and 9000"


def test_a_server_that_has_stopped_listening_has_no_port() -> None:
    """It may have closed its listener right after listen()."""
    result = judged("forking/listens", with_snapshot(visits(FORKING), snapshot("waiting", server(), listeners=())))
    assert (result.outcome, result.observed) == (Outcome.FAILED, "no socket that listens")


@pytest.mark.parametrize(
    ("processes", "observed"),
    [
        ((process(SERVER, thread(SERVER, "wait4"), parent=1), process(8, thread(8), sockets=[LISTENER])), "pid 8 (a child)"),
        ((process(8, thread(8), parent=1, sockets=[LISTENER]),), "pid 8 (another process)"),
        ((process(SERVER, thread(SERVER, "pause"), parent=1),), "no process holds it"),
    ],
    ids=["a child holds it", "the program has ended", "nobody holds it"],
)  # fmt: skip
def test_the_process_that_was_started_holds_the_listener(processes: tuple[object, ...], observed: str) -> None:
    """Whoever holds it in its place is named."""
    there = snapshot("waiting", *processes)  # type: ignore[arg-type]
    result = judged("forking/listens", with_snapshot(visits(FORKING), there))
    assert (result.outcome, result.observed) == (Outcome.FAILED, observed)


@pytest.mark.parametrize("calm", [Calm.SPINNING, Calm.OUT_OF_PATIENCE])
def test_a_server_that_never_rests_does_not_listen(calm: Calm) -> None:
    """It holds its port and does not sleep there."""
    busy = snapshot("waiting", server(call="", state="R", ran=0.6), calm=calm)
    result = judged("forking/listens", with_snapshot(visits(FORKING), busy))
    assert (result.outcome, result.observed) == (Outcome.FAILED, "a server that never comes to rest")
    assert result.evidence == ("pid 7 (the server) runs (it has used 0.60 s of CPU)",)


def test_a_server_that_ended_before_does_not_listen() -> None:
    """The scene was cut before it waited, and `listens` answers for that."""
    ended = changed(visits(FORKING), snapshots=(), cut="the server ended with status 1", about="listens")
    result = judged("forking/listens", ended)
    assert (result.outcome, result.observed) == (Outcome.FAILED, "the server ended with status 1")


# ---------------------------------------------------------------------- answers


def answers(track: Track, **more: Recording) -> object:
    """What `answers` makes of a right server's scenes with some of them changed."""
    scenes = {**right(track), **more}
    result = judged(f"{track.name}/answers", scenes["visits"], scenes["held_back"], reference=REFERENCES[track.name])
    return result.outcome, result.expected, result.observed


@BOTH
def test_the_references_replies_are_right(track: Track) -> None:
    """To each of the four requests."""
    assert answers(track) == (Outcome.PASSED, "", "")


def test_a_wrong_reply_is_named_by_its_request() -> None:
    """The first one that differs."""
    seen = visits(BLOCKING)
    wrong = with_events(
        without(seen, "a single byte", What.RECEIVED), event("a single byte", What.RECEIVED, 0.3, b"Hello")
    )
    assert answers(BLOCKING, visits=wrong) == (
        Outcome.FAILED,
        '''to a single byte: "Hello, I'm server"''',
        '"Hello"',
    )


def test_a_client_that_got_nothing_was_not_answered() -> None:
    """The server ended over its request, and its last words are evidence."""
    seen = without(visits(FORKING), "GET /", What.RECEIVED, What.ENDED)
    end = Exit(at=0.4, status=1, last_words=("TypeError: no",))
    cut = changed(seen, snapshots=seen.snapshots[:1], cut="the server ended with status 1", about="answers", exit=end)
    result = judged("forking/answers", cut, right(FORKING)["held_back"], reference=REFERENCES["forking"])
    assert (result.outcome, result.observed) == (Outcome.FAILED, "nothing")
    assert result.evidence[-1] == "stderr: TypeError: no"


def test_what_a_child_complains_of_is_evidence() -> None:
    """Its client got nothing, though the server goes on; there is nothing to compare byte by byte."""
    seen = without(visits(FORKING), "GET /", What.RECEIVED)
    complaining = changed(seen, stderr=Output(head="Traceback\nTypeError: no\n"))
    result = judged("forking/answers", complaining, right(FORKING)["held_back"], reference=REFERENCES["forking"])
    assert (result.outcome, result.observed) == (Outcome.FAILED, "nothing")
    assert result.evidence[-2:] == ("stderr: Traceback", "stderr: TypeError: no")
    assert "byte by byte" not in result.hint


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"unclear": "the machine did not let the server run"}, Outcome.INCONCLUSIVE),
        ({"cut": "the submission's time limit of 600 s was used up", "about": ""}, Outcome.NOT_REACHED),
    ],
)
def test_a_client_that_we_stopped_waiting_for_proves_nothing(more: dict[str, str], outcome: Outcome) -> None:
    """Where the machine or the time limit ended the scene, an unfinished reply is not the server's fault."""
    seen = without(visits(FORKING), "GET /", What.RECEIVED, What.ENDED)
    half = with_events(seen, event("GET /", What.RECEIVED, 0.3, PAGE[:9]))
    for stopped in (seen, half):
        assert answers(FORKING, visits=changed(stopped, **more)) == (outcome, "", "")


def test_a_wrong_reply_stays_wrong_where_we_stopped_later() -> None:
    """It was whole, and its connection had ended."""
    seen = without(visits(FORKING), "GET /", What.RECEIVED)
    wrong = changed(with_events(seen, event("GET /", What.RECEIVED, 0.25, b"Hi")), unclear="no core was to be had")
    assert answers(FORKING, visits=wrong) == (Outcome.FAILED, 'to GET /: the status line "HTTP/1.1 200 OK"', '"Hi"')


def test_a_client_that_never_came_was_not_asked_for() -> None:
    """The scene was cut before it, by the server's end: `answers` is about that scene."""
    seen = without(visits(FORKING), "900 bytes of headers")
    ended = changed(seen, snapshots=seen.snapshots[:1], cut="the server ended with status 1", about="answers")
    assert answers(FORKING, visits=ended) == (
        Outcome.FAILED,
        "the server goes on, and serves whoever comes next",
        "the server ended with status 1",
    )


def test_a_byte_to_a_silent_client_is_no_answer() -> None:
    """A got something before it asked."""
    scenes = right(BLOCKING)
    early = with_events(scenes["held_back"], event("A", What.RECEIVED, 0.3, b"Welcome"))
    assert answers(BLOCKING, held_back=early) == (
        Outcome.FAILED,
        "nothing, before the client has asked",
        '''"WelcomeHello, I'm server"''',
    )


def test_answers_without_an_end_of_the_scene_are_not_reached() -> None:
    """All four were answered, and then the time limit was used up."""
    seen = visits(FORKING)
    cut = changed(seen, snapshots=seen.snapshots[:1], cut="the time limit was used up", about="")
    assert answers(FORKING, visits=cut) == (Outcome.NOT_REACHED, "", "")


def test_without_the_references_answer_nothing_is_proven() -> None:
    """A hand-out whose answers are missing gives no zero."""
    scenes = right(FORKING)
    assert judged("forking/answers", scenes["visits"], scenes["held_back"]).outcome is Outcome.INCONCLUSIVE


# ---------------------------------------------------------------------- closes after reply


@BOTH
def test_a_connection_that_ends_is_closed(track: Track) -> None:
    """In order, or by a reset after the whole reply."""
    reset = without(visits(track), track.requests[0].name, What.ENDED)
    reset = with_events(reset, event(track.requests[0].name, What.RESET, 0.3))
    for seen in (visits(track), reset):
        assert judged(f"{track.name}/closes_after_reply", seen).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("calm", "observed"),
    [
        (Calm.SETTLED, "the reply, and nothing after it: nothing moves any more"),
        (Calm.SPINNING, "the reply, and nothing after it: the server spins"),
    ],
)
def test_a_connection_that_stays_is_not_closed(calm: Calm, observed: str) -> None:
    """What the server did meanwhile is told as it was."""
    stays = without(visits(FORKING), "HTTP/1.0", What.ENDED)
    stays = with_snapshot(stays, snapshot("the first clients have gone", server("HTTP/1.0"), calm=calm))
    result = judged("forking/closes_after_reply", stays)
    assert (result.outcome, result.observed) == (Outcome.FAILED, observed)
    assert result.expected == "the end of the connection after the reply"


def test_closing_is_not_reached_where_the_server_ended() -> None:
    """`answers` failed for it already."""
    ended = changed(visits(FORKING), snapshots=(), cut="the server ended with status 1", about="answers")
    assert judged("forking/closes_after_reply", ended).outcome is Outcome.NOT_REACHED


@BOTH
def test_closing_is_not_reached_where_nobody_was_answered(track: Track) -> None:
    """A connection that ends without a word shows nothing of what comes after a reply; one reply is enough."""
    seen = visits(track)
    first, *others = seen.clients
    for client in others:
        seen = without(seen, client, What.RECEIVED)
    assert judged(f"{track.name}/closes_after_reply", seen).outcome is Outcome.PASSED
    mute = judged(f"{track.name}/closes_after_reply", without(seen, first, What.RECEIVED))
    assert (mute.outcome, mute.message) == (Outcome.NOT_REACHED, "no client got a reply")


# ---------------------------------------------------------------------- leaves no descriptor open


LATE = ("all but one have gone", "many clients have gone")


def after_many(*clients: str, at: tuple[str, ...] = LATE) -> Recording:
    """The server holds these clients' connections when many have gone."""
    seen = visits(FORKING)
    for label in at:
        seen = with_snapshot(seen, snapshot(label, server(*clients)))
    return seen


def test_as_many_descriptors_as_before_are_none_too_many() -> None:
    """Fewer are right too."""
    before = with_snapshot(visits(FORKING), snapshot("the first clients have gone", server("a log file")))
    for seen in (visits(FORKING), before):
        assert judged("forking/leaves_no_descriptor_open", seen).outcome is Outcome.PASSED


def test_one_descriptor_more_is_one_too_many() -> None:
    """What it leads to is told."""
    result = judged("forking/leaves_no_descriptor_open", after_many("client 9"))
    assert result.outcome is Outcome.FAILED
    assert result.expected == "2 descriptors, as after the first 4 clients"
    assert result.observed == "3 descriptors after 24 clients"
    assert result.evidence == ("new ones lead to: socket:", "look yourself: ls -l /proc/PID/fd")


@pytest.mark.parametrize("label", LATE)
def test_what_is_given_back_at_the_next_client_is_not_left_open(label: str) -> None:
    """It is there at one look and gone at another."""
    assert judged("forking/leaves_no_descriptor_open", after_many("client 9", at=(label,))).outcome is Outcome.PASSED


@pytest.mark.parametrize("label", ["the first clients have gone", "many clients have gone"])
def test_descriptors_of_a_program_that_is_not_there_can_not_be_counted(label: str) -> None:
    """Nothing is proven by a look without it."""
    without_it = with_snapshot(visits(FORKING), snapshot(label, child(8, "A")))
    assert judged("forking/leaves_no_descriptor_open", without_it).outcome is Outcome.INCONCLUSIVE


def test_a_server_that_ends_after_the_first_clients_fails_by_its_descriptors() -> None:
    """From there on the scene is about them."""
    seen = visits(BLOCKING)
    ended = changed(seen, snapshots=seen.snapshots[:3], cut="the server ended with status 1")
    assert judged("blocking/leaves_no_descriptor_open", ended).outcome is Outcome.FAILED


# ---------------------------------------------------------------------- starts again at once


@BOTH
def test_a_server_that_serves_again_has_started_again(track: Track) -> None:
    """A client of its second life was served."""
    assert judged(f"{track.name}/starts_again_at_once", right(track)["restart"]).outcome is Outcome.PASSED


@BOTH
def test_a_server_that_does_not_listen_again_fails(track: Track) -> None:
    """With what bind(2) said."""
    seen = right(track)["restart"]
    why = "the server ended with status 1 before it listened: OSError: [Errno 98] Address already in use"
    result = judged(f"{track.name}/starts_again_at_once", changed(seen, snapshots=seen.snapshots[:2], cut=why))
    assert (result.outcome, result.observed) == (Outcome.FAILED, why)


def test_the_replies_are_those_of_the_lesson() -> None:
    """The builders say what the reference says."""
    assert REFERENCES["blocking"].reply_to(BLOCKING.request) == GREETING
    assert REFERENCES["forking"].reply_to(FORKING.request) == PAGE
