"""What the takes of a timed scene prove, on both sides of each edge."""

from __future__ import annotations

import pytest

from grader.model import Inconclusive, NotReached
from grader.recording import NEVER, Calm, ProcessSeen, Snapshot, What
from grader.timing import (
    Take,
    delays_from,
    each_reads_in_a_process_of_its_own,
    in_seconds,
    label_of,
    name_of,
    overlap_is_refuted,
    overlap_is_seen,
    overlap_is_timed,
    proves_overlap_or_its_lack,
    proves_turns_or_their_lack,
    takes,
)
from tests.recordings import (
    answered,
    changed,
    child,
    comes,
    inode_of,
    process,
    recording,
    server,
    snapshot,
    thread,
    visit,
    without,
    worker,
    zombie,
)

ALL_AT_WORK = snapshot(
    "all have asked", server(), *(worker(8 + n, name) for n, name in enumerate("ABCD")), clients="ABCD"
)
ONE_AT_WORK = snapshot("all have asked", server(), worker(8, "A"), clients="ABCD")
NOBODY = snapshot("all have asked", server(), clients="ABCD")


def take(
    look: Snapshot = NOBODY,
    *,
    total: float = 4.0,
    services: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0),
    clients: str = "ABCD",
) -> Take:
    """Four clients with DELAY of a second, served in turn."""
    return Take(delay=1.0, clients=tuple(clients), total=total, services=services, look=look)


# ---------------------------------------------------------------------- what a take consists of


def test_takes_grow_longer_up_to_a_second() -> None:
    """Each four times as long as the one before."""
    assert [delays_from(first) for first in (0.05, 0.1, 0.5)] == [(0.05, 0.2, 0.8), (0.1, 0.4, 1.0), (0.5, 1.0, 1.0)]


def test_later_takes_have_names_of_their_own() -> None:
    """A client and a look are told from those of the first take."""
    assert [name_of("A", 0), name_of("A", 1), name_of("A", 2)] == ["A", "A2", "A3"]
    assert [label_of(0), label_of(2)] == ["all have asked", "all have asked (3)"]


def test_a_take_counts_from_the_first_connect_to_the_last_end() -> None:
    """A comes first, B ends last."""
    scene = recording("at_work", *visit("A", 1.0, took=0.5), *visit("B", 1.25, took=1.0), NOBODY, delays=(0.5,))
    (found,) = takes(scene, "AB")
    assert (found.total, found.services, found.least) == (1.25, (0.5, 1.0), 1.0)
    assert (found.clients, found.look) == (("A", "B"), NOBODY)


def test_a_take_without_an_end_is_never_over() -> None:
    """B got its reply, and its connection stays open."""
    scene = recording("at_work", *visit("A", 1.0), *visit("B", 1.0), NOBODY, delays=(0.5,))
    (found,) = takes(without(scene, "B", What.ENDED), "AB")
    assert (found.total, found.services) == (NEVER, (0.0, NEVER))


def test_each_take_has_its_own_delay() -> None:
    """Two starts of the server, two takes."""
    second = changed_label(NOBODY, "all have asked (2)")
    scene = recording("at_work", *visit("A", 1.0), *visit("A2", 2.0), NOBODY, second, delays=(0.5, 1.0))
    assert [found.delay for found in takes(scene, "A")] == [0.5, 1.0]


def changed_label(there: Snapshot, label: str) -> Snapshot:
    """The same look under another name."""
    return Snapshot(label, there.at, there.calm, there.program, there.processes, there.connections, there.listeners)


def test_a_take_that_was_cut_is_no_take() -> None:
    """Neither before the look, nor in the second take, nor where a client got nothing, nor where none began."""
    whole = recording("at_work", *visit("A", 1.0), NOBODY, delays=(0.5,), cut="the server ended")
    for cut in (
        changed(whole, snapshots=()),
        changed(whole, delays=(0.5, 1.0)),
        without(whole, "A", What.RECEIVED, What.ENDED),
        changed(whole, delays=()),
    ):
        with pytest.raises(NotReached, match="the server ended"):
            takes(cut, "A")


def test_no_take_of_a_whole_scene_proves_nothing() -> None:
    """It is no fault of the server's."""
    with pytest.raises(Inconclusive, match="has no 'a first take'"):
        takes(recording("at_work", delays=()), "A")


# ---------------------------------------------------------------------- who is at work


@pytest.mark.parametrize(
    ("holder", "at_work"),
    [
        (worker(8, "A"), {8}),
        (child(8, "A", call="", state="R"), {8}),
        (child(8, "A", call="futex"), set()),
        (server("A", call="clock_nanosleep", timed=True), set()),
        (zombie(8), set()),
    ],
    ids=["sleeps by a timer", "runs", "waits for a lock", "is the program", "has ended"],
)
def test_who_is_at_work(holder: ProcessSeen, at_work: set[int]) -> None:
    """Whoever holds the connection and sleeps by a timer or runs; never the program."""
    assert take(snapshot("x", holder, clients="A"), clients="A").at_work == {"A": at_work}


def test_tasks_are_sleeps_that_began_with_the_clients() -> None:
    """A sleep that is older than they are is no work of theirs, and there are no more tasks than clients."""
    threads = [thread(tid, "clock_nanosleep", asleep_since=since) for tid, since in ((7, 0.0), (8, 5.0), (9, 5.0))]
    program = process(7, *threads, sockets=map(inode_of, "AB"))
    two = take(snapshot("x", program, clients="ABC", at=5.5), total=1.0, clients="ABC")
    assert (two.tasks, two.accepted) == (2, ("A", "B"))
    one = take(snapshot("x", process(7, *threads, sockets=[inode_of("A")]), clients="ABC", at=5.5), total=1.0)
    assert one.tasks == 1


def test_every_sleep_is_a_task_where_nothing_ended() -> None:
    """There is no total to count back from."""
    threads = [thread(tid, "nanosleep", asleep_since=0.0) for tid in (7, 8)]
    look = snapshot("x", process(7, *threads, sockets=map(inode_of, "AB")), clients="AB")
    assert take(look, total=NEVER, clients="AB").tasks == 2


# ---------------------------------------------------------------------- turns


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (take(total=3.9), True),
        (take(total=4.0), False),
        (take(ONE_AT_WORK, total=4.0), True),
    ],
    ids=["too short", "long enough, nobody seen", "long enough, one seen"],
)
def test_when_turns_are_proven_or_refuted(seen: Take, expected: bool) -> None:
    """A total below n x DELAY, or a look at somebody's service."""
    assert proves_turns_or_their_lack(seen) is expected


# ---------------------------------------------------------------------- overlap


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (ALL_AT_WORK, True),
        (ONE_AT_WORK, False),
        (
            snapshot("x", server(), process(8, thread(8, timed=True), sockets=map(inode_of, "ABCD")), clients="ABCD"),
            False,
        ),
    ],
    ids=["four processes", "one client", "one process for four"],
)
def test_overlap_is_seen_in_as_many_processes_as_clients(look: Snapshot, expected: bool) -> None:
    """Every client at work, and no process for two of them."""
    assert overlap_is_seen(take(look)) is expected


@pytest.mark.parametrize(
    ("total", "services", "expected"),
    [
        (3.9, (1.0, 1.0, 1.0, 1.0), True),
        (4.0, (1.0, 1.0, 1.0, 1.0), False),
        (3.9, (1.0, 1.0, 1.0, 0.9), False),
    ],
    ids=["both", "too long", "one did not sleep"],
)
def test_overlap_is_timed(total: float, services: tuple[float, ...], expected: bool) -> None:
    """Less than one after the other can take, though each took its DELAY."""
    assert overlap_is_timed(take(total=total, services=services)) is expected


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (ONE_AT_WORK, True),
        (ALL_AT_WORK, False),
        (NOBODY, False),
        (snapshot("x", server(), worker(8, "A"), clients="ABC"), False),
        (snapshot("x", server(), worker(8, "A"), clients="ABCD", calm=Calm.SPINNING), False),
    ],
    ids=["one works, three wait", "all work", "nobody works", "one has ended", "something moves"],
)
def test_overlap_is_refuted_by_one_who_waits(look: Snapshot, expected: bool) -> None:
    """Nothing could move, none had ended, somebody was at work and somebody had to wait."""
    assert overlap_is_refuted(take(look)) is expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (take(ALL_AT_WORK), True),
        (take(total=3.0), True),
        (take(ONE_AT_WORK), True),
        (take(services=(0.5, 1.0, 1.0, 1.0)), True),
        (take(), False),
    ],
    ids=["seen", "timed", "refuted", "does not sleep", "nothing of it"],
)
def test_when_another_take_would_teach_nothing(seen: Take, expected: bool) -> None:
    """Each way of proof ends the scene."""
    assert proves_overlap_or_its_lack(seen) is expected


# ---------------------------------------------------------------------- a crowd in its reads


def polls(pid: int, client: str, call: str, inode: int) -> ProcessSeen:
    """A child that waits in a poll of some kind."""
    return process(pid, thread(pid, call, inode), sockets=[inode_of(client)])


@pytest.mark.parametrize(
    ("processes", "expected"),
    [
        ((child(8, "A"), child(9, "B")), True),
        ((child(8, "A", call="recvmsg"), polls(9, "B", "poll", inode_of("B"))), True),
        ((child(8, "A"), polls(9, "B", "ppoll", inode_of("B"))), True),
        ((child(8, "A"), polls(9, "B", "select", 0)), True),
        ((child(8, "A"), polls(9, "B", "epoll_wait", 0)), True),
        ((child(8, "A"), worker(9, "B")), False),
        ((child(8, "A"), polls(9, "B", "poll", inode_of("A"))), False),
        ((child(8, "A"),), False),
        ((process(8, thread(8, "recvfrom", inode_of("A")), thread(9, "recvfrom", inode_of("B")), sockets=map(inode_of, "AB")),), False),
    ],
    ids=["read", "poll", "ppoll", "select", "epoll", "sleeps", "polls another's", "nobody's", "threads of one process"],
)  # fmt: skip
def test_each_reads_in_a_process_of_its_own(processes: tuple[ProcessSeen, ...], expected: bool) -> None:
    """By whatever call a process waits for its client's bytes."""
    assert each_reads_in_a_process_of_its_own(snapshot("x", server(), *processes, clients="AB")) is expected


def test_nobody_reads_from_nobody() -> None:
    """A crowd without clients proves nothing."""
    assert not each_reads_in_a_process_of_its_own(snapshot("x", server()))


def test_the_program_itself_is_no_process_of_its_own() -> None:
    """Chapter 1's server reads too."""
    there = snapshot("x", server("A", call="recvfrom", on=inode_of("A")), clients="A")
    assert not each_reads_in_a_process_of_its_own(there)


def test_a_refused_client_has_no_take() -> None:
    """It came, and got neither a byte nor an end."""
    scene = recording("at_work", *comes("A", 1.0), *comes("B", 1.0), *answered("B", 2.0), NOBODY, delays=(0.5,))
    with pytest.raises(Inconclusive):
        takes(scene, "AB")


def test_a_time_without_an_end_is_told_as_none() -> None:
    """Not as a number."""
    assert [in_seconds(NEVER), in_seconds(0.125)] == ["no end", "0.125 s"]
