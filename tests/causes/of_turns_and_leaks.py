"""What mistakes in taking turns, closing, descriptors and starting again show."""

from __future__ import annotations

from grader.model import BLOCKING, FORKING, Track
from grader.recording import ProcessSeen, Recording, What
from tests.causes.showing import blocking, ended, forking, looked, relisted, says, scene, stopped
from tests.recordings import (
    GREETING,
    changed,
    child,
    event,
    inode_of,
    process,
    recording,
    server,
    snapshot,
    thread,
    visit,
    with_events,
    with_snapshot,
)

READS_A = ("recvfrom", inode_of("A"))


def holding(*targets: str) -> ProcessSeen:
    """The program in accept, with these descriptors beside its listener."""
    return process(7, thread(7, "accept4", 5), parent=1, sockets=(5,), files=targets)


def grown(track: Track, target: str) -> Recording:
    """After many clients the program holds two more of these."""
    return looked(track, "visits", "many clients have gone", holding(target, target))


def took(delay: float, *services: float) -> Recording:
    """Three clients ask at once, and take so long."""
    at_work = (event for name, took in zip("ABC", services, strict=True) for event in visit(name, 0.25, took=took))
    works = server("A", call="clock_nanosleep", on=0, timed=True, asleep_since=0.25)
    look = snapshot("all have asked", works, clients="ABC", at=0.3125)
    return recording("in_turn", snapshot("waiting", server()), *at_work, look, track=BLOCKING, delays=(delay,))


def with_a_thread(*others: ProcessSeen) -> Recording:
    """While A is silent the program has a second thread, or these processes are there."""
    threads = (thread(7, "accept4", 5),) if others else (thread(7, "accept4", 5), thread(8, *READS_A))
    program = process(7, *threads, parent=1, sockets=(5, inode_of("A")))
    return looked(BLOCKING, "held_back", "A is silent", program, *others, clients="A")


def refused_in_many_visits() -> Recording:
    """A hundred are served, and the next one is refused."""
    seen = scene(FORKING, "many_visits")
    return changed(seen, cut="the server stopped serving: client 101 asked for a connection and was refused")


def served_once() -> Recording:
    """The first client is served, and the server is gone."""
    seen = ended(BLOCKING, "visits", status=0)
    return changed(seen, events=tuple(one for one in seen.events if one.who == "the lesson's greeting"))


def overtaken(*others: ProcessSeen, threads: int = 1) -> Recording:
    """B, C and D are answered while A is silent, by these processes or so many threads."""
    program = process(7, *(thread(7 + n, *READS_A) for n in range(threads)), parent=1, sockets=(5, inode_of("A")))
    seen = looked(BLOCKING, "held_back", "A is silent", program, *others, clients="A")
    return with_events(seen, *(event(name, What.RECEIVED, 0.5625, GREETING) for name in "BCD"))


OPEN_IN_TIME = "serves_one_client_at_a_time serves_in_order_of_arrival takes_turns_in_time"
SHOWN = {
    "parent_keeps_its_copy": forking(
        "closes_after_reply parent_closes_connections",
        looked(FORKING, "crowd", "all are there", server("C1"), child(8, "C1"), clients=["C1"]),
    ),
    "parent_closes_its_copy_late": forking(
        "parent_closes_connections",
        looked(
            FORKING, "crowd", "all are there", server("C1", "C2"), child(8, "C1"), child(9, "C2"), clients=("C1", "C2")
        ),
    ),
    "parent_closes_its_copy_at_the_next_client": forking(
        "parent_closes_connections",
        looked(FORKING, "crowd", "all are there", server("C2"), child(8, "C1"), child(9, "C2"), clients=("C1", "C2")),
    ),
    "waits_for_the_client_to_close": forking(
        "closes_after_reply parent_closes_connections",
        with_snapshot(
            changed(
                scene(FORKING, "held_back"),
                events=tuple(
                    one for one in scene(FORKING, "held_back").events if (one.who, one.what) != ("B", What.ENDED)
                ),
            ),
            snapshot("the others have asked", server(), child(9, "B"), clients="B", at=0.625),
        ),
    )._replace(failed=("closes_after_reply",)),
    "never_closes": blocking("closes_after_reply leaves_no_descriptor_open", grown(BLOCKING, "socket:[99]")),
    "closes_at_the_next_client": blocking("closes_after_reply"),
    "connection_stays_open": forking("closes_after_reply"),
    "refuses_while_it_serves": blocking(
        OPEN_IN_TIME, with_events(scene(BLOCKING, "held_back"), event("B", What.REFUSED, 0.5))
    ),
    "threads_for_clients": blocking(f"{OPEN_IN_TIME} works_in_one_process", overtaken(threads=2)),
    "processes_for_clients": blocking(f"{OPEN_IN_TIME} works_in_one_process", overtaken(child(8, "A"))),
    "serves_whoever_speaks_first": blocking(OPEN_IN_TIME, overtaken()),
    "another_thread_works": blocking("works_in_one_process", with_a_thread()),
    "another_process_works": blocking("works_in_one_process", with_a_thread(child(8, "A"))),
    "queue_is_too_short": blocking("queues_five_clients", relisted(scene(BLOCKING, "reachable"), "waiting", queue=1)),
    "serves_in_another_order": blocking("serves_in_order_of_arrival"),
    "sleeps_at_the_wrong_place": blocking("takes_turns_in_time", took(0.125, 0.0, 0.125, 0.25)),
    "does_not_sleep_delay": blocking("takes_turns_in_time", took(0.125, 0.0, 0.0, 0.0)),
    "a_file_per_client": forking(
        "leaves_no_descriptor_open outlives_its_descriptor_limit", grown(FORKING, "/home/ada/server.log")
    ),
    "a_pipe_per_client": forking("leaves_no_descriptor_open", grown(FORKING, "pipe:[99]")),
    "a_poll_object_per_client": forking("leaves_no_descriptor_open", grown(FORKING, "anon_inode:[eventpoll]")),
    "keeps_sockets_open": blocking("leaves_no_descriptor_open", grown(BLOCKING, "socket:[99]")),
    "ends_after_so_many_clients": forking("outlives_its_descriptor_limit", refused_in_many_visits()),
    "serves_one_client_and_ends": blocking("answers takes_turns_in_time", served_once()),
    "descriptors_run_out": forking(
        "outlives_its_descriptor_limit", says(refused_in_many_visits(), "OSError: [Errno 24] Too many open files")
    ),
    "address_is_not_reused": forking(
        "starts_again_at_once", ended(FORKING, "restart", "OSError: [Errno 98] Address already in use")
    ),
    "waits_until_the_port_is_free": blocking(
        "starts_again_at_once",
        with_events(
            changed(
                stopped(BLOCKING, "restart"),
                snapshots=(snapshot("it does not listen", server(call="clock_nanosleep", on=0), listeners=()),),
            ),
            event("server", What.LISTENING, 0.0),
        ),
    ),
}
