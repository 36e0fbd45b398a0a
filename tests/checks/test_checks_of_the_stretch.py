"""The checks beyond the core, by recordings on both sides of each edge."""

from __future__ import annotations

import msgspec
import pytest

from grader.model import BLOCKING, FORKING, TRACKS, Outcome, Result, Track
from grader.recording import Calm, Output, Recording, What
from grader.rubric import rubric
from tests.recordings import (
    LISTENER,
    PAGE,
    changed,
    check_called,
    child,
    event,
    judged,
    listener,
    process,
    server,
    snapshot,
    thread,
    visit,
    with_events,
    with_snapshot,
    without,
    zombie,
)
from tests.right_scenes import right

BOTH = pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.name)
STRETCH = [check.id for check in rubric() if check.stretch]
PAGE_404 = b"HTTP/1.1 404 Not Found\r\n\r\n"


def result(check_id: str, **more: Recording) -> Result:
    """What a check makes of a right server's scenes with some of them changed."""
    check = check_called(check_id)
    scenes = {**right(check.track), **more}
    return judged(check_id, *(scenes[name] for name in check.needs))


def outcome(check_id: str, **more: Recording) -> tuple[Outcome, str]:
    """The outcome and what was observed."""
    told = result(check_id, **more)
    return told.outcome, told.observed


def scene(name: str, track: Track = FORKING) -> Recording:
    """A scene of a right server."""
    return right(track)[name]


def cut(seen: Recording, after: int, about: str, why: str = "the server ended with status 1") -> Recording:
    """The same scene, that ended after so many looks."""
    return changed(seen, snapshots=seen.snapshots[:after], cut=why, about=about)


@pytest.mark.parametrize("check_id", STRETCH)
def test_a_right_server_earns_the_bonus(check_id: str) -> None:
    """All of it."""
    assert result(check_id).outcome is Outcome.PASSED


@pytest.mark.parametrize("check_id", [check_id for check_id in STRETCH if "visits" in check_called(check_id).needs])
def test_a_server_that_answers_nobody_has_nothing_to_lose(check_id: str) -> None:
    """Nor one that ends over the first few: `answers` failed for it; what prints nothing twice needs no answers."""
    seen = scene("visits", check_called(check_id).track)
    mute = changed(seen, events=tuple(there for there in seen.events if there.what is not What.RECEIVED))
    prints = check_id.endswith("prints_nothing_twice")
    one_is_missed = without(seen, seen.clients[1], What.RECEIVED)
    silent = changed(mute, events=tuple(there for there in mute.events if there.what is not What.ENDED))
    for visits in (mute, silent, one_is_missed):
        assert result(check_id, visits=visits).outcome is (Outcome.PASSED if prints else Outcome.NOT_REACHED)
    assert result(check_id, visits=cut(seen, 1, "answers")).outcome is Outcome.NOT_REACHED
    unclear = changed(seen, unclear="no core was to be had", snapshots=())
    assert result(check_id, visits=unclear).outcome is Outcome.INCONCLUSIVE


# ---------------------------------------------------------------------- rude clients


@BOTH
def test_a_server_that_ends_over_a_rude_client_does_not_survive(track: Track) -> None:
    """Nor does one that serves nobody any more."""
    rude, name = scene("rude", track), f"{track.name}/survives_rude_clients"
    ended = cut(rude, 2, "survives_rude_clients")
    assert outcome(name, rude=ended) == (Outcome.FAILED, "the server ended with status 1")
    assert outcome(name, rude=without(rude, "last", What.RECEIVED)) == (Outcome.FAILED, "it is not answered")


@BOTH
def test_a_server_that_spins_anyhow_may_end_by_that(track: Track) -> None:
    """Its time on the CPU is used up in a long scene, by no rude client."""
    ended = cut(scene("rude", track), 2, "survives_rude_clients", "the server was ended by SIGKILL")
    spins = with_snapshot(scene("visits", track), snapshot("waiting", server(state="R"), calm=Calm.SPINNING))
    told = outcome(f"{track.name}/survives_rude_clients", rude=ended, visits=spins)
    assert told[0] is Outcome.NOT_REACHED


def test_a_child_that_a_rude_client_leaves_behind_is_one_too_many() -> None:
    """A zombie is none, here."""
    rude = scene("rude")
    lives = with_snapshot(rude, snapshot("all have gone", server(), child(8, "says half")))
    assert outcome("forking/survives_rude_clients", rude=lives) == (Outcome.FAILED, "2 living when they have gone")
    ended = with_snapshot(rude, snapshot("all have gone", server(), zombie(8)))
    assert outcome("forking/survives_rude_clients", rude=ended)[0] is Outcome.PASSED


@pytest.mark.parametrize("after", ["the first clients have gone", "many clients have gone"])
def test_children_that_every_client_leaves_behind_are_no_rude_ones(after: str) -> None:
    """More and more of them is a failure of the core; as many as after the first few are helpers."""
    lives = with_snapshot(scene("rude"), snapshot("all have gone", server(), child(8, "says half")))
    stays = with_snapshot(scene("visits"), snapshot(after, server(), child(8, "client 9")))
    told = outcome("forking/survives_rude_clients", rude=lives, visits=stays)[0]
    assert told is (Outcome.NOT_REACHED if after.startswith("many") else Outcome.FAILED)


@BOTH
def test_a_connection_that_a_rude_client_leaves_behind_is_one_too_many(track: Track) -> None:
    """Unless polite ones leave theirs, too."""
    kept = with_snapshot(scene("rude", track), snapshot("all have gone", server("says all, resets")))
    name = f"{track.name}/survives_rude_clients"
    assert outcome(name, rude=kept) == (Outcome.FAILED, "2 when they have gone")
    leaks = with_snapshot(scene("visits", track), snapshot("many clients have gone", server("client 9")))
    assert outcome(name, rude=kept, visits=leaks)[0] is Outcome.NOT_REACHED


def test_a_log_that_is_opened_at_the_first_error_is_no_connection() -> None:
    """A pipe is as bad as one."""
    log, pipe = (
        process(7, thread(7, "accept4"), parent=1, sockets=[LISTENER], files=[target])
        for target in ("/work/errors.log", "pipe:[9]")
    )
    for holds, expected in ((log, Outcome.PASSED), (pipe, Outcome.FAILED)):
        seen = with_snapshot(scene("rude"), snapshot("all have gone", holds))
        assert outcome("forking/survives_rude_clients", rude=seen)[0] is expected


def test_descriptors_of_a_program_that_is_gone_are_none() -> None:
    """The scene would have been cut: nothing is counted, and nothing breaks."""
    gone = with_snapshot(scene("rude"), snapshot("all have gone", child(8, "A")))
    assert outcome("forking/survives_rude_clients", rude=gone)[0] is Outcome.PASSED


# ---------------------------------------------------------------------- unhurried clients


def test_a_reply_before_the_blank_line_is_too_early() -> None:
    """And so is the end of the connection."""
    early = without(scene("unhurried"), "B", What.RECEIVED, What.ENDED)
    at = scene("unhurried").snapshot("B's blank line is still to come").at
    for happens, observed in (
        (event("B", What.RECEIVED, at, PAGE), '"HTTP/1.1 200 OK\\r\\n\\r\\nHello, World!"'),
        (event("B", What.ENDED, at), "the end of the connection"),
    ):
        seen = with_events(early, happens)
        assert outcome("forking/waits_for_the_whole_request", unhurried=seen) == (Outcome.FAILED, observed)
    right_after = with_events(early, event("B", What.RECEIVED, at + 1 / 64, PAGE))
    assert outcome("forking/waits_for_the_whole_request", unhurried=right_after)[0] is Outcome.PASSED


@pytest.mark.parametrize(
    ("client", "name"),
    [("B", "waits_for_the_whole_request"), ("C", "delivers_reply_despite_unread_bytes"), ("D", "bears_any_bytes")],
)
def test_whoever_gets_no_reply_or_another_one_is_not_served(client: str, name: str) -> None:
    """A reply is right here if others get it too, or others differ: whether it is the lesson's is asked by `answers`."""
    silent = without(scene("unhurried"), client, What.RECEIVED)
    assert outcome(f"forking/{name}", unhurried=silent) == (Outcome.FAILED, "nothing")
    other = with_events(silent, event(client, What.RECEIVED, 0.8125, PAGE_404))
    assert outcome(f"forking/{name}", unhurried=other) == (Outcome.FAILED, '"HTTP/1.1 404 Not Found"')
    also = [seen for seen in visit("client 5", 0.5, reply=PAGE_404) if seen.what is What.RECEIVED]
    visits = with_events(without(scene("visits"), "client 5", What.RECEIVED), *also)
    assert outcome(f"forking/{name}", unhurried=other, visits=visits)[0] is Outcome.PASSED
    echo = with_events(silent, event(client, What.RECEIVED, 0.8125, b"what it said"))
    assert outcome(f"forking/{name}", unhurried=echo, visits=visits)[0] is Outcome.PASSED


def test_a_reply_that_is_right_though_longer_is_the_usual_one() -> None:
    """It is compared as a reply, not byte by byte."""
    silent = without(scene("unhurried"), "D", What.RECEIVED)
    longer = with_events(silent, event("D", What.RECEIVED, 0.8125, PAGE.replace(b"\r\n\r\n", b"\r\nServer: x\r\n\r\n")))
    assert outcome("forking/bears_any_bytes", unhurried=longer)[0] is Outcome.PASSED


def test_a_reset_after_the_reply_delivers_it_to_the_quick_only() -> None:
    """Though C has read it in time."""
    reset = with_events(without(scene("unhurried"), "C", What.ENDED), event("C", What.RESET, 0.65))
    assert outcome("forking/delivers_reply_despite_unread_bytes", unhurried=reset) == (
        Outcome.FAILED,
        "a reset: whoever reads slowly loses the reply",
    )


def test_a_server_that_ends_over_odd_bytes_does_not_bear_them() -> None:
    """E, the next client, is the one who learns of it."""
    unhurried = scene("unhurried", BLOCKING)
    silent = without(cut(unhurried, 4, "bears_any_bytes"), "D", What.RECEIVED)
    assert outcome("blocking/bears_any_bytes", unhurried=silent) == (Outcome.FAILED, "nothing")
    served = cut(unhurried, 4, "bears_any_bytes")
    assert outcome("blocking/bears_any_bytes", unhurried=served) == (Outcome.FAILED, "the server ended with status 1")


@BOTH
def test_a_slow_client_that_is_cut_off_was_not_waited_for(track: Track) -> None:
    """The end came, or nothing did."""
    seen, name = scene("unhurried", track), f"{track.name}/waits_for_slow_clients"
    assert outcome(name, unhurried=without(seen, "A", What.RECEIVED)) == (Outcome.FAILED, "A is cut off")
    assert outcome(name, unhurried=without(seen, "A", What.RECEIVED, What.ENDED)) == (Outcome.FAILED, "A gets nothing")


# ---------------------------------------------------------------------- nothing left


@BOTH
def test_a_server_without_descriptors_rests(track: Track) -> None:
    """It neither ends nor spins; one that spins while it has some is no case for this."""
    seen, name = scene("scarce_descriptors", track), f"{track.name}/survives_full_descriptor_table"
    ended = cut(seen, 2, "survives_full_descriptor_table")
    assert outcome(name, scarce_descriptors=ended) == (Outcome.FAILED, "the server ended with status 1")
    spins = with_snapshot(seen, snapshot("no descriptor is left", server(state="R"), calm=Calm.SPINNING))
    told = outcome(name, scarce_descriptors=spins)
    assert told == (Outcome.FAILED, "a server that calls accept again and again")
    always = with_snapshot(scene("visits", track), snapshot("many clients have gone", server(), calm=Calm.SPINNING))
    assert outcome(name, scarce_descriptors=spins, visits=always)[0] is Outcome.NOT_REACHED


def test_a_client_for_whom_there_is_no_child_is_let_go() -> None:
    """By the look at which no process was to be had, and no later."""
    seen, name = scene("failed_fork"), "forking/survives_failed_fork"
    waits = without(seen, "A", What.ENDED)
    assert outcome(name, failed_fork=waits) == (Outcome.FAILED, "A still waits, and nobody will serve it")
    late = with_events(waits, event("A", What.ENDED, 0.53125))
    assert outcome(name, failed_fork=late)[0] is Outcome.FAILED
    assert outcome(name, failed_fork=with_events(waits, event("A", What.RESET, 0.5)))[0] is Outcome.PASSED
    assert outcome(name, failed_fork=cut(seen, 2, "survives_failed_fork"))[0] is Outcome.FAILED


def test_a_server_that_does_not_fork_has_no_fork_that_fails() -> None:
    """It serves its clients itself."""
    threads = with_snapshot(scene("crowd"), snapshot("all are there", server("C1", "C2"), clients=("C1", "C2")))
    assert outcome("forking/survives_failed_fork", crowd=threads)[0] is Outcome.NOT_REACHED


@BOTH
def test_a_server_that_ends_over_an_aborted_connection_loses_the_next_client(track: Track) -> None:
    """The scene is about just that."""
    ended = cut(scene("aborted", track), 2, "survives_aborted_connection")
    told = outcome(f"{track.name}/survives_aborted_connection", aborted=ended)
    assert told == (Outcome.FAILED, "the server ended with status 1")


# ---------------------------------------------------------------------- parents and children


@pytest.mark.parametrize("ending", ["SIGKILL", "SIGINT"])
def test_a_child_that_ends_with_its_parent_answers_nobody(ending: str) -> None:
    """Whichever way the parent went."""
    lost = without(scene("orphans"), f"B ({ending})", What.RECEIVED)
    assert outcome("forking/children_outlive_parent", orphans=lost) == (
        Outcome.FAILED,
        f"B ({ending}) is not answered",
    )


def test_a_child_that_never_ends_outlives_its_parent_too_long() -> None:
    """A zombie has ended; so will what was there before the first client."""
    seen, label = scene("orphans"), "both have gone (SIGKILL)"
    stays = with_snapshot(seen, snapshot(label, child(8, "A"), zombie(9)))
    assert outcome("forking/children_outlive_parent", orphans=stays) == (Outcome.FAILED, "1 that live on")
    helper = process(8, thread(8, "read"))
    helped = with_snapshot(stays, snapshot("waiting (SIGKILL)", server(), helper))
    assert outcome("forking/children_outlive_parent", orphans=helped)[0] is Outcome.PASSED
    always = with_snapshot(scene("visits"), snapshot("many clients have gone", server(), child(8, "client 9")))
    assert outcome("forking/children_outlive_parent", orphans=stays, visits=always)[0] is Outcome.NOT_REACHED


def test_without_a_child_there_is_none_to_outlive() -> None:
    """A server of threads ends as one; and whoever still waits for a child waits for its parent."""
    clients = ("A (SIGKILL)", "B (SIGKILL)")
    label = "both are silent (SIGKILL)"
    threads = snapshot(label, server(*clients), clients=clients)
    one_only = snapshot(label, server(), child(8, clients[0]), clients=clients)
    for there in (threads, one_only):
        told = outcome("forking/children_outlive_parent", orphans=with_snapshot(scene("orphans"), there))
        assert told[0] is Outcome.NOT_REACHED


@pytest.mark.parametrize(
    ("stdout", "expected"),
    [
        ("Port 8888\n" + "served pid 8\n" * 24, Outcome.PASSED),
        ("Port 8888\nserved pid 8\nPort 8888\n", Outcome.FAILED),
        ("", Outcome.PASSED),
    ],
    ids=["the greeting once", "the greeting twice", "nothing, since it never was flushed"],
)
def test_a_greeting_is_printed_once(stdout: str, expected: Outcome) -> None:
    """A line for each client is no greeting."""
    visits = changed(scene("visits"), stdout=Output(size=len(stdout), head=stdout))
    assert outcome("forking/prints_nothing_twice", visits=visits)[0] is expected


TWICE = changed(scene("visits"), stdout=Output(size=20, head="Port 8888\nPort 8888\n"))


def test_a_greeting_that_is_printed_twice_is_counted() -> None:
    """Numbers may differ from run to run."""
    told = result("forking/prints_nothing_twice", visits=TWICE)
    assert (told.expected, told.observed) == ('1 x "Port #", whoever comes', '2 x "Port #" after 24 clients')


def test_a_server_that_wakes_by_itself_may_print_when_it_does() -> None:
    """How often is a matter of time; where we have not heard it out, nothing is proven."""
    timed = with_snapshot(scene("printed"), snapshot("waiting", server(timed=True)))
    gone = with_snapshot(scene("printed"), snapshot("waiting", child(8, "A")))
    unheard = without(scene("printed"), "server", What.PRINTED)
    for printed, expected in (
        (timed, Outcome.PASSED),
        (gone, Outcome.FAILED),
        (unheard, Outcome.INCONCLUSIVE),
    ):
        assert outcome("forking/prints_nothing_twice", printed=printed, visits=TWICE)[0] is expected


# ---------------------------------------------------------------------- the port and the end


@BOTH
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
def test_a_server_that_lives_on_was_told_in_vain(track: Track, number: str) -> None:
    """Its children may; one that wakes by a timer may look then whether it was told."""
    seen, name = scene("reachable", track), f"{track.name}/ends_when_told"
    stays = with_snapshot(seen, snapshot(f"{number} came", server()))
    assert outcome(name, reachable=stays) == (Outcome.FAILED, "pid 7 (the server) sleeps in accept4()")
    looks_again = with_snapshot(seen, snapshot(f"{number} came", server(call="poll", timed=True)))
    assert outcome(name, reachable=looks_again)[0] is Outcome.INCONCLUSIVE
    child_stays = with_snapshot(seen, snapshot(f"{number} came", child(8, "A")))
    assert outcome(name, reachable=child_stays)[0] is Outcome.PASSED


@BOTH
@pytest.mark.parametrize(
    ("kind", "observed"), [(What.REFUSED, "A is refused"), (What.CONNECTING, "A gets nothing")], ids=["refused", "mute"]
)
def test_a_client_from_elsewhere_is_answered(track: Track, kind: What, observed: str) -> None:
    """Where the server listens is told."""
    for listeners, where in (((listener(track.port),), "0.0.0.0"), ((), "none")):
        there = snapshot("A came by another address", server(), listeners=listeners)
        seen = with_events(without(with_snapshot(scene("reachable", track), there), "A"), event("A", kind, 0.25))
        told = result(f"{track.name}/is_reachable_everywhere", reachable=seen)
        assert (told.outcome, told.observed) == (Outcome.FAILED, observed)
        assert told.evidence[-1] == f"the server listens on the address {where}"


@BOTH
def test_two_servers_on_a_port_are_one_too_many(track: Track) -> None:
    """But not two sockets of one server, nor a second server on another port."""
    seen, name = scene("reachable", track), f"{track.name}/keeps_its_port"
    one, two = listener(track.port), listener(track.port, 6)
    shared = with_snapshot(seen, snapshot("another server was started", server(), listeners=(one, two)))
    assert outcome(name, reachable=shared)[0] is Outcome.FAILED
    before = with_snapshot(shared, snapshot("waiting", server(), listeners=(one, two)))
    assert outcome(name, reachable=before)[0] is Outcome.PASSED
    elsewhere = snapshot("another server was started", server(), listeners=(one, listener(9000)))
    assert outcome(name, reachable=with_snapshot(seen, elsewhere))[0] is Outcome.PASSED


@pytest.mark.parametrize("state", ["", "SYN_RECV", "NEW_SYN_RECV"])
def test_a_client_that_the_server_does_not_know_is_in_no_queue(state: str) -> None:
    """Though it takes itself for connected: it has seen the server's half of the handshake, and its own was dropped."""
    there = scene("reachable", BLOCKING).snapshot("five are waiting")
    connections = tuple(
        msgspec.structs.replace(seen, state=state) if seen.client == "Q5" else seen for seen in there.connections
    )
    unknown = with_snapshot(scene("reachable", BLOCKING), msgspec.structs.replace(there, connections=connections))
    told = outcome("blocking/queues_five_clients", reachable=unknown)
    assert told == (Outcome.FAILED, "4: the queue takes no more")
    served = with_events(unknown, event("Q5", What.ENDED, there.at))
    assert outcome("blocking/queues_five_clients", reachable=served)[0] is Outcome.PASSED


def test_the_bonus_is_25_points() -> None:
    """Over both chapters."""
    assert sum(check_called(check_id).points for check_id in STRETCH) == 25
