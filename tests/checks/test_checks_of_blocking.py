"""The checks of chapter 1, by recordings on both sides of each edge."""

from __future__ import annotations

import pytest

from grader.model import BLOCKING, Outcome
from grader.recording import Recording, Snapshot, ThreadSeen, What
from tests.recordings import (
    GREETING,
    LISTENER,
    SERVER,
    changed,
    event,
    inode_of,
    judged,
    process,
    recording,
    server,
    snapshot,
    thread,
    visit,
    with_events,
    with_snapshot,
    without,
)
from tests.right_scenes import REFERENCES, held_back_by_turns, in_turn

ONE_AT_A_TIME = "blocking/serves_one_client_at_a_time"
IN_ORDER = "blocking/serves_in_order_of_arrival"
BY_TURNS = "blocking/takes_turns_in_time"
ONE_PROCESS = "blocking/works_in_one_process"


# ---------------------------------------------------------------------- one client at a time


def test_others_wait_while_a_is_silent() -> None:
    """The right server serves them when A has gone."""
    assert judged(ONE_AT_A_TIME, held_back_by_turns()).outcome is Outcome.PASSED


def test_a_client_is_answered_while_a_is_silent() -> None:
    """At the very instant of the look is still within it."""
    early = with_events(held_back_by_turns(), event("C", What.RECEIVED, 0.625, b"H"))
    result = judged(ONE_AT_A_TIME, early)
    assert result.outcome is Outcome.FAILED
    assert (result.expected, result.observed) == (
        "C waits while A is being served",
        "C is answered while A has not spoken yet",
    )
    assert "pid 7 (the server) sleeps in recvfrom() on A's connection" in result.evidence


def test_a_client_is_refused_while_a_is_served() -> None:
    """Nobody waits in a queue that is not there."""
    result = judged(ONE_AT_A_TIME, with_events(held_back_by_turns(), event("D", What.REFUSED, 0.5)))
    assert (result.outcome, result.observed) == (Outcome.FAILED, "D is refused")


def test_cut_off_is_not_overtaken() -> None:
    """A server may end a silent client and serve the next."""
    seen = without(held_back_by_turns(), "A", What.SENT, What.RECEIVED, What.ENDED)
    cut_off = with_events(seen, event("A", What.ENDED, 0.4375), event("B", What.RECEIVED, 0.53125, GREETING))
    assert judged(ONE_AT_A_TIME, cut_off).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("at", "outcome"), [(0.875, Outcome.PASSED), (0.8125, Outcome.FAILED)], ids=["at once", "before"]
)
def test_a_is_served_to_its_end_first(at: float, outcome: Outcome) -> None:
    """Another's first byte must not come before A's last."""
    result = judged(ONE_AT_A_TIME, with_events(held_back_by_turns(), event("B", What.RECEIVED, at, b"H")))
    assert result.outcome is outcome
    if outcome is Outcome.FAILED:
        assert result.observed == "another client's first byte came before A's last"


def test_a_server_that_stops_serving_is_told_how() -> None:
    """The scene is about this very check."""
    seen = held_back_by_turns()
    result = judged(ONE_AT_A_TIME, changed(seen, snapshots=seen.snapshots[:2], cut="the server ended with status 1"))
    assert (result.outcome, result.observed) == (Outcome.FAILED, "the server ended with status 1")


# ---------------------------------------------------------------------- in order of arrival


def test_who_came_first_is_served_first() -> None:
    """The right server does so."""
    assert judged(IN_ORDER, held_back_by_turns()).outcome is Outcome.PASSED


def test_who_came_last_is_served_first() -> None:
    """The order in which they were served is told."""
    overtaken = with_events(held_back_by_turns(), event("D", What.RECEIVED, 0.8125, b"H"))
    result = judged(IN_ORDER, overtaken)
    assert result.outcome is Outcome.FAILED
    assert (result.expected, result.observed) == (
        "served in the order A, B, C, D",
        "served in the order D, A, B, C",
    )


def test_who_was_turned_away_has_no_place_before_coming_again() -> None:
    """A full queue has them come when they will, after those who were in it."""
    seen = without(without(held_back_by_turns(), "C", What.CONNECTED, What.RECEIVED), "D", What.CONNECTED)
    came_again = [event("C", What.CONNECTED, 0.96875), event("D", What.CONNECTED, 0.9375)]
    assert (
        judged(IN_ORDER, with_events(seen, *came_again, event("C", What.RECEIVED, 0.984375, b"H"))).outcome
        is Outcome.PASSED
    )
    overtakes = with_events(seen, *came_again, event("C", What.RECEIVED, 0.8125, b"H"))
    assert judged(IN_ORDER, overtakes).observed == "served in the order C, A, B, D"


def test_who_was_not_served_has_no_place() -> None:
    """A client that was cut off is not counted."""
    assert judged(IN_ORDER, without(held_back_by_turns(), "A", What.RECEIVED)).outcome is Outcome.PASSED


def test_order_is_not_reached_where_the_server_ended() -> None:
    """Another check answers for the scene."""
    seen = held_back_by_turns()
    ended = changed(seen, snapshots=seen.snapshots[:3], cut="the server ended with status 1")
    assert judged(IN_ORDER, ended).outcome is Outcome.NOT_REACHED


# ---------------------------------------------------------------------- turns in time


def turns(*ends: float, look: Snapshot | None = None) -> Recording:
    """A, B and C come at 0.25, and are served until these times; DELAY is an eighth of a second."""
    there = look or in_turn().snapshot("all have asked")
    served = (seen for name, end in zip("ABC", ends, strict=True) for seen in visit(name, 0.25, took=end - 0.25))
    return changed(recording("in_turn", *served, there, track=BLOCKING), delays=(0.125,), about="takes_turns_in_time")


@pytest.mark.parametrize(
    ("ends", "outcome", "observed"),
    [
        ((0.375, 0.5, 0.625), Outcome.PASSED, ""),
        ((0.375, 0.375, 0.609375), Outcome.FAILED, "0.359 s: two at once"),
        ((0.25, 0.375, 0.5), Outcome.FAILED, "0.250 s: DELAY is not slept"),
    ],
    ids=["three times DELAY", "a little less", "one does not sleep"],
)
def test_three_clients_take_three_times_delay(ends: tuple[float, ...], outcome: Outcome, observed: str) -> None:
    """To the very instant; less is two at once, or no sleep at all."""
    result = judged(BY_TURNS, turns(*ends))
    assert (result.outcome, result.observed) == (outcome, observed)
    assert not observed or result.expected == "at least 3 x DELAY = 0.375 s for three clients"


def test_who_got_no_reply_was_not_served_beside_another() -> None:
    """A server that its first client ends closes all three connections at once: that is no overlap."""
    ended = without(turns(0.375, 0.375, 0.375), "B", What.RECEIVED)
    result = judged(BY_TURNS, without(ended, "C", What.RECEIVED))
    assert (result.outcome, result.observed) == (Outcome.FAILED, "0.125 s: no reply came to B, C")


def test_the_references_times_stand_beside_it() -> None:
    """Where there are any."""
    result = judged(BY_TURNS, turns(0.375, 0.375, 0.375), reference=REFERENCES["blocking"])
    assert result.evidence == (
        "A: 0.125 s",
        "B: 0.125 s",
        "C: 0.125 s",
        "the reference, from connect to end: 0.125 s, 0.250 s, 0.375 s",
    )


def test_two_tasks_at_one_instant_are_no_turns() -> None:
    """Threads with a long sleep reach the total, and are seen."""
    threads = [thread(tid, "clock_nanosleep", asleep_since=0.25, timed=True) for tid in (8, 9)]
    program = process(
        SERVER, thread(SERVER, "accept4", LISTENER), *threads, parent=1, sockets=[LISTENER, *map(inode_of, "ABC")]
    )
    result = judged(BY_TURNS, turns(1.25, 1.25, 1.25, look=snapshot("all have asked", program, clients="ABC")))
    assert result.outcome is Outcome.FAILED
    assert (result.expected, result.observed) == (
        "one task at work at a time",
        "2 tasks at work for 3 clients at one instant",
    )


def test_turns_that_no_look_saw_are_not_proven() -> None:
    """Long enough, and nobody was accepted at any look: neither the server's fault nor its merit."""
    result = judged(BY_TURNS, turns(0.375, 0.5, 0.625, look=snapshot("all have asked", server(), clients="ABC")))
    assert (result.outcome, result.earned) == (Outcome.INCONCLUSIVE, 0.0)


def test_a_server_that_ends_in_its_turns_fails() -> None:
    """The scene is about this check."""
    ended = changed(in_turn(), snapshots=(), cut="the server ended with status 1")
    assert judged(BY_TURNS, ended).outcome is Outcome.FAILED


# ---------------------------------------------------------------------- one process


def serving(*threads: ThreadSeen, before: tuple[ThreadSeen, ...] = ()) -> Recording:
    """The server's threads while A is silent, and those that waited before."""
    seen = held_back_by_turns()
    if before:
        seen = with_snapshot(seen, snapshot("waiting", process(SERVER, *before, parent=1)))
    program = process(SERVER, *threads, parent=1, sockets=[LISTENER, inode_of("A")])
    return with_snapshot(seen, snapshot("A is silent", program, clients="A"))


ACCEPTS = thread(SERVER, "accept4", LISTENER)
READS = thread(SERVER, "recvfrom", inode_of("A"))
IDLE = thread(8, "futex")


@pytest.mark.parametrize(
    "seen",
    [
        held_back_by_turns(),
        serving(thread(SERVER, "select")),
        serving(IDLE, READS, before=(IDLE, thread(SERVER, "poll"))),
        serving(IDLE, thread(9, "recvfrom", inode_of("A")), before=(IDLE, thread(9, "futex"))),
    ],
    ids=["it reads", "it polls", "the thread that polled reads", "nobody was seen to wait"],
)
def test_the_thread_that_accepts_serves(seen: Recording) -> None:
    """Threads from before the first client are none too many."""
    assert judged(ONE_PROCESS, seen).outcome is Outcome.PASSED


def test_a_thread_for_a_client_is_one_too_many() -> None:
    """It came with the client."""
    result = judged(ONE_PROCESS, serving(ACCEPTS, thread(8, "recvfrom", inode_of("A"))))
    assert result.outcome is Outcome.FAILED
    assert (result.expected, result.observed) == (
        "no thread beside the 1 that waited for a client",
        "1 more since the client came",
    )


def test_a_timer_that_is_made_anew_is_none_too_many() -> None:
    """Each of its threads is another one, and at no time are there more of them."""
    seen = serving(READS, thread(9, "futex", timed=True), before=(ACCEPTS, thread(8, "futex", timed=True)))
    assert judged(ONE_PROCESS, seen).outcome is Outcome.PASSED


def test_a_process_for_a_client_is_one_too_many() -> None:
    """A zombie is none: it does nothing."""
    child = process(8, thread(8, "recvfrom", inode_of("A")), sockets=[inode_of("A")])
    dead = process(9, thread(9, state="Z"))
    there = snapshot("A is silent", server(), child, dead, clients="A")
    result = judged(ONE_PROCESS, with_snapshot(held_back_by_turns(), there))
    assert (result.outcome, result.observed) == (Outcome.FAILED, "1 more since the client came")


def test_another_thread_than_the_one_that_waited_serves() -> None:
    """None is added, and yet two share the work."""
    seen = serving(ACCEPTS, thread(8, "recvfrom", inode_of("A")), before=(ACCEPTS, IDLE))
    result = judged(ONE_PROCESS, seen)
    assert (result.outcome, result.observed) == (Outcome.FAILED, "another thread serves it")


def test_a_client_that_is_gone_is_served_by_nobody() -> None:
    """The kernel knows no connection of A's."""
    gone = with_snapshot(held_back_by_turns(), snapshot("A is silent", server()))
    assert judged(ONE_PROCESS, gone).outcome is Outcome.PASSED


def test_threads_are_not_counted_where_the_server_ended() -> None:
    """The scene was cut before A came."""
    seen = held_back_by_turns()
    ended = changed(seen, snapshots=seen.snapshots[:1], cut="the server ended with status 1")
    assert judged(ONE_PROCESS, ended).outcome is Outcome.NOT_REACHED
