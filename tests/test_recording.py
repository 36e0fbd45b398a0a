"""The questions that checks ask of a recording."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import Inconclusive, NotReached
from grader.recording import NEVER, Calm, Exit, What, shown, told
from tests.recordings import (
    SERVER,
    changed,
    child,
    comes,
    event,
    inode_of,
    listener,
    process,
    recording,
    server,
    snapshot,
    thread,
    visit,
    zombie,
)

# ---------------------------------------------------------------------- processes


def test_sockets_are_told_from_files() -> None:
    """Only descriptors that lead to a socket have an inode to compare."""
    assert child(8, "A").sockets == {inode_of("A")}


@pytest.mark.parametrize(
    ("threads", "is_zombie"),
    [
        ((thread(8, state="Z"),), True),
        ((thread(8, "accept4"),), False),
        ((thread(8, state="Z"), thread(9, "futex")), False),
        ((thread(9, "futex"), thread(8, state="Z")), False),
    ],
)
def test_a_zombie_has_no_living_thread(threads: tuple[object, ...], is_zombie: bool) -> None:
    """A process whose first thread has ended still serves by the others."""
    assert process(8, *threads).is_zombie is is_zombie  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("threads", "doing"),
    [
        ((thread(8, state="Z"),), "has ended and was not waited for (a zombie)"),
        ((thread(8, "accept4"),), "sleeps in accept4()"),
        ((thread(8, state="T", call="read"),), "is stopped"),
        ((thread(8, state="R", ran=1.5),), "runs (it has used 1.50 s of CPU)"),
        ((thread(8),), "runs (it has used 0.00 s of CPU)"),
        ((thread(8, "poll"), thread(9, "futex"), thread(10, "futex")), "sleeps in poll() and sleeps in futex()"),
    ],
)
def test_what_a_process_does_is_told_in_words(threads: tuple[object, ...], doing: str) -> None:
    """Each thing that its threads do is named once."""
    assert process(8, *threads).doing == doing  # type: ignore[arg-type]


# ---------------------------------------------------------------------- snapshots


def test_the_program_is_told_from_the_others() -> None:
    """The parent is the process that was started; everybody else, zombies included, is another."""
    there = snapshot("x", server(), child(8, "A"), zombie(9))
    assert there.parent == server()
    assert [other.pid for other in there.others] == [8, 9]
    assert [dead.pid for dead in there.zombies] == [9]


def test_a_program_that_has_ended_is_not_there() -> None:
    """No parent is invented."""
    assert snapshot("x", child(8, "A")).parent is None


def test_a_connection_is_held_by_whoever_has_its_socket() -> None:
    """A is held by two, B waits in the queue, of C the kernel knows nothing."""
    there = snapshot("x", server("A"), child(8, "A"), clients="AB")
    assert [holder.pid for holder in there.holders("A")] == [SERVER, 8]
    assert there.holders("B") == there.holders("C") == ()
    assert there.connection("C") is None


def test_a_listener_is_known_by_its_port() -> None:
    """Its owners are the processes that hold it."""
    there = snapshot("x", server(), child(8, "A"))
    found = there.listener_on(8888)
    assert found == listener()
    assert found is not None
    assert [owner.pid for owner in there.owners(found)] == [SERVER]
    assert there.listener_on(80) is None


def test_evidence_names_a_process_by_its_kin() -> None:
    """The server, its child, and any other, with what each does and on whose connection."""
    grandchild = process(9, thread(9, "wait4"), parent=8)
    there = snapshot("x", server(), child(8, "A"), grandchild, clients="A")
    assert [there.account(seen) for seen in there.processes] == [
        "pid 7 (the server) sleeps in accept4()",
        "pid 8 (a child) sleeps in recvfrom() on A's connection",
        "pid 9 (another process) sleeps in wait4()",
    ]
    assert there.accounts.count("; ") == 2


def test_the_accounts_of_the_first_few_are_a_line() -> None:
    """Four of them, however many there are."""
    there = snapshot("x", server(), *(child(8 + place, name) for place, name in enumerate("ABCD")), clients="ABCD")
    assert there.accounts.split("; ") == [there.account(seen) for seen in there.processes[:4]]


@pytest.mark.parametrize("calm", Calm)
def test_each_end_of_a_wait_has_words(calm: Calm) -> None:
    """Evidence says how the wait ended, and never the enum's own name."""
    assert calm.words != calm.value


# ---------------------------------------------------------------------- how a server ended


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (Exit(at=1.0, status=1), "ended with status 1"),
        (Exit(at=1.0, status=-9, signal="SIGKILL"), "was ended by SIGKILL"),
        (Exit(at=1.0, status=-9, signal="SIGKILL", ended_by_us="too much output"), "was ended by the grader: too much output"),
    ],
)  # fmt: skip
def test_the_end_of_a_server_is_told(end: Exit, words: str) -> None:
    """By status, by signal, or by us and why."""
    assert end.told == words


def test_last_words_are_those_of_a_server_that_ended() -> None:
    """One that lives has none."""
    ended = recording("visits", exit=Exit(at=1.0, status=1, last_words=("OSError: no",)))
    assert ended.last_words == ("stderr: OSError: no",)
    assert recording("visits").last_words == ()


# ---------------------------------------------------------------------- recordings

SCENE = recording("crowd", *visit("A", 1.0, took=0.5), *comes("B", 2.0), snapshot("all are there", server()))


def test_a_snapshot_is_found_by_its_label() -> None:
    """The one that was asked for."""
    assert SCENE.snapshot("all are there").label == "all are there"


def test_a_scene_that_was_cut_was_not_played_so_far() -> None:
    """The reason is how it was cut, with who answers for it and the server's last words."""
    end = Exit(at=1.0, status=1, last_words=("boom",))
    cut = changed(SCENE, cut="the server ended", about="listens", exit=end)
    with pytest.raises(NotReached) as raised:
        cut.snapshot("four more are there")
    assert (raised.value.reason, raised.value.about) == ("the server ended", "listens")
    assert raised.value.evidence == ("stderr: boom",)


def test_an_unclear_scene_proves_nothing() -> None:
    """Not even where it was cut too."""
    unclear = changed(SCENE, unclear="no core was to be had", cut="the server ended", about="listens")
    with pytest.raises(Inconclusive, match="no core was to be had"):
        unclear.snapshot("four more are there")


def test_a_whole_scene_without_the_moment_is_not_the_servers_fault() -> None:
    """Nobody loses a point for a label that an older grader did not write down."""
    with pytest.raises(Inconclusive, match="the scene 'crowd' has no 'four more are there'"):
        changed(SCENE, about="gives_each_client_a_child").snapshot("four more are there")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, False),
        ({"unclear": "no core"}, True),
        ({"cut": "the server ended", "about": "answers"}, False),
        ({"cut": "the time limit was used up"}, True),
    ],
)
def test_it_is_known_who_stopped_a_scene(more: dict[str, str], expected: bool) -> None:
    """The machine and the time limit are ours; the end of the server is its own."""
    assert changed(SCENE, **more).was_stopped_by_us is expected


def test_clients_are_named_in_the_order_in_which_they_came() -> None:
    """The server is none."""
    assert changed(SCENE, events=(event("server", What.STARTED, 0.0), *SCENE.events)).clients == ("A", "B")


def test_it_is_known_whether_anything_listened() -> None:
    """By the event alone."""
    assert not SCENE.listened
    assert recording("crowd", event("server", What.LISTENING, 0.0)).listened


def test_bytes_are_put_together() -> None:
    """A reply in two pieces is one reply."""
    pieces = recording(
        "x", event("A", What.RECEIVED, 1.0, b"Hel"), event("A", What.RECEIVED, 2.0, b"lo"), *visit("B", 1.0)
    )
    assert (pieces.received("A"), pieces.sent("A")) == (b"Hello", b"")


def test_times_are_first_and_last_of_their_kind() -> None:
    """What never was is NEVER."""
    assert (SCENE.first("A", What.CONNECTING), SCENE.last("A", What.CONNECTING, What.ENDED)) == (1.0, 1.5)
    assert SCENE.first("B", What.RECEIVED) == SCENE.last("B", What.RECEIVED) == NEVER


def test_events_are_asked_for_by_kind_or_all() -> None:
    """No kind is every kind."""
    assert len(SCENE.of("A")) == 5
    assert len(SCENE.of("A", What.SENT)) == 1


@pytest.mark.parametrize("end", [What.ENDED, What.RESET])
def test_a_connection_ends_in_order_or_by_reset(end: What) -> None:
    """Both are an end."""
    ended = recording("x", event("A", end, 3.0))
    assert (ended.end_of("A"), ended.was_served("A")) == (3.0, True)


def test_a_byte_is_service_too() -> None:
    """Who got something was served, though the connection has not ended; who got nothing was not."""
    answered = recording("x", event("A", What.RECEIVED, 1.0, b"!"), *comes("B", 1.0))
    assert answered.was_served("A")
    assert not answered.was_served("B")


def test_a_service_counts_from_the_connect() -> None:
    """Of one that has no end, or never came, it is NEVER."""
    assert SCENE.service("A") == 0.5
    assert SCENE.service("B") == SCENE.service("nobody") == NEVER


def test_a_story_is_told_of_some_clients_and_the_server() -> None:
    """Other clients are left out."""
    told_of = recording("x", *comes("A", 0.5), *comes("B", 0.5), event("server", What.STARTED, 0.0))
    assert told_of.story("A") == (
        "0.000 s  server started",
        "0.500 s  A asks for a connection",
        "0.500 s  A is connected",
    )


@pytest.mark.parametrize(
    ("what", "data", "note", "line"),
    [
        (What.SENT, b"Hi", "", '0.250 s  A sent 2 bytes: "Hi"'),
        (What.REFUSED, b"", "ECONNREFUSED", "0.250 s  A is refused (ECONNREFUSED)"),
        (What.SIGNALLED, b"", "SIGCHLD to the server", "0.250 s  A signalled SIGCHLD to the server"),
        (What.LEFT, b"", "by reset", "0.250 s  A has left (by reset)"),
    ],
)
def test_an_event_is_a_line(what: What, data: bytes, note: str, line: str) -> None:
    """When, who, what, and how much of what."""
    assert told(event("A", what, 0.25, data, note)) == line


# ---------------------------------------------------------------------- bytes, for people


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Hello, I'm server", '"Hello, I\'m server"'),
        (b"one\r\n", r'"one\r\n"'),
        (rb"one\r\n", r'"one\\r\\n"'),
        ("Grüße, 你好".encode(), '"Grüße, 你好"'),
        (b'say "hi"', r'"say \"hi\""'),
        (b"\xff\x00", r'"\xff\x00"'),
        ("\u202eevil".encode(), r'"\xe2\x80\xaeevil"'),
        (b"x" * 61, '"' + "x" * 60 + '" …'),
        (b"", '""'),
    ],
)
def test_bytes_are_shown_as_people_read_them(data: bytes, text: str) -> None:
    """Text as text, everything else escaped, long ones cut."""
    assert shown(data) == text


ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


@given(st.binary(max_size=60) | st.text(max_size=15).map(str.encode))
def test_other_bytes_are_shown_otherwise(data: bytes) -> None:
    """What is shown can be read back, so that expected and observed never look alike though they differ."""
    text = shown(data).encode()[1:-1]
    assert data == re.sub(rb"\\(x..|.)", lambda found: _unescaped(found[1]), text)


def _unescaped(escape: bytes) -> bytes:
    """The byte behind what follows a backslash."""
    return bytes.fromhex(escape[1:].decode()) if escape[:1] == b"x" else ESCAPES.get(escape, escape)
