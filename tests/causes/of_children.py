"""What mistakes with children, zombies, signals and interrupted calls show."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import FORKING
from grader.recording import Calm, ProcessSeen, Recording, What
from tests.causes.showing import ended, forking, looked, scene, stopped
from tests.recordings import (
    changed,
    child,
    event,
    inode_of,
    process,
    server,
    snapshot,
    thread,
    with_events,
    with_snapshot,
    without,
    worker,
    zombie,
)
from tests.right_scenes import CROWD

CHECKS_OF_ZOMBIES = "reaps_each_child zombies_do_not_pile_up reaps_a_burst"
HELD_UP = "serves_others_while_one_is_silent gives_each_client_a_child overlaps_in_time"
ACCEPTS = process(9, thread(9, "accept4", 5), sockets=(5,))
IN_WAIT = server(call="wait4", on=0)
ASLEEP = server(call="clock_nanosleep", on=0, timed=True)
READS_C1 = server("C1", call="recvfrom", on=inode_of("C1"))


def at_the_crowd(*processes: ProcessSeen) -> Recording:
    """The look at the crowd shows these."""
    return looked(FORKING, "crowd", "all are there", *processes, clients=CROWD)


def with_others_nowhere(*crowd: ProcessSeen) -> tuple[Recording, ...]:
    """No scene shows another process than the program, and the crowd's look these."""
    scenes = []
    for name in ("held_back", "at_work", "oldest_stays", "burst", "live_children", "unhurried", "orphans", "crowd"):
        seen = scene(FORKING, name)
        scenes.append(changed(seen, snapshots=tuple(snapshot(there.label, server()) for there in seen.snapshots)))
    there = snapshot("all are there", *crowd, clients=CROWD, at=0.375)
    return tuple(with_snapshot(seen, there) if seen.experiment == "crowd" else seen for seen in scenes)


def left(goes_on: int, after: int) -> Recording:
    """So many zombies of the burst when the server goes on, and when one more client has come."""
    seen = scene(FORKING, "burst")
    looks = [
        snapshot(label, server(), *map(zombie, range(100, 100 + count)))
        for label, count in (("the server goes on", goes_on), ("one more client has come", after))
    ]
    return changed(seen, snapshots=(*seen.snapshots[:2], *looks))


def stays(others: int, a: int, *besides: ProcessSeen) -> Recording:
    """So many zombies while A outstays the others, and when A has gone."""
    seen = scene(FORKING, "oldest_stays")
    for label, count in (("the others have gone", others), ("A has gone", a)):
        there = snapshot(label, server(), *besides, *map(zombie, range(100, 100 + count)))
        seen = with_snapshot(seen, there)
    return seen


def spinning(label: str) -> Recording:
    """The server spins at that look of live children."""
    return looked(FORKING, "live_children", label, server(call="", on=0, state="R"), calm=Calm.SPINNING)


def interrupted(*words: str, status: int = 1, calls: int = 1) -> Recording:
    """The server ended when that many calls of accept had been interrupted."""
    seen = without(ended(FORKING, "interrupted_accept", *words, status=status), "server", What.INTERRUPTED)
    return with_events(seen, *(event("server", What.INTERRUPTED, 0.1 * call) for call in range(calls)))


def at_a_signal(*words: str) -> Recording:
    """The storm ended the server before any client had come."""
    seen = ended(FORKING, "storm", *words)
    return changed(seen, events=tuple(one for one in seen.events if one.who == "server"))


def middle_processes(count: int) -> Sequence[ProcessSeen]:
    """Zombies, and beside each a grandchild that serves."""
    serving = [
        process(200 + n, thread(200 + n, "recvfrom", inode_of(CROWD[n])), parent=1, sockets=(inode_of(CROWD[n]),))
        for n in range(count)
    ]
    return [*map(zombie, range(100, 100 + count)), *serving]


WHO_SERVES = {
    "roles_swapped": forking("answers gives_each_client_a_child", ended(FORKING, "crowd", status=0, left=[ACCEPTS])),
    "workers_made_beforehand": forking(
        "gives_each_client_a_child", looked(FORKING, "crowd", "waiting", IN_WAIT, ACCEPTS)
    ),
    "threads_in_place_of_processes": forking(
        "gives_each_client_a_child",
        *with_others_nowhere(process(7, thread(7, "accept4", 5), thread(8, "recvfrom", inode_of("C1")), parent=1)),
    ),
    "event_loop_in_place_of_processes": forking(
        "gives_each_client_a_child", *with_others_nowhere(server(*CROWD, call="epoll_wait", on=0))
    ),
    "forks_when_a_client_speaks": forking(
        "gives_each_client_a_child", at_the_crowd(server(*CROWD, call="epoll_wait", on=0))
    ),
    "does_not_fork": forking(HELD_UP, *with_others_nowhere(READS_C1)),
    "parent_reads_before_it_forks": forking(HELD_UP, at_the_crowd(READS_C1)),
    "waits_for_the_child_at_once": forking(
        HELD_UP, looked(FORKING, "held_back", "the others have asked", IN_WAIT, child(8, "A"), clients="A")
    ),
    "parent_serves_some_itself": forking("gives_each_client_a_child", at_the_crowd(READS_C1, child(8, "C2"))),
    "so_many_children_at_most": forking(
        "gives_each_client_a_child", at_the_crowd(ASLEEP, child(8, "C1"), child(9, "C2"))
    ),
    "parent_works_too": forking(
        "overlaps_in_time", looked(FORKING, "at_work", "all have asked", ASLEEP, worker(8, "A"), clients="ABCD")
    ),
    "children_wait_for_each_other": forking(
        "overlaps_in_time",
        looked(
            FORKING,
            "at_work",
            "all have asked",
            server(),
            worker(8, "A"),
            process(9, thread(9, "futex"), sockets=(inode_of("B"),)),
            clients="ABCD",
        ),
    ),
    "child_goes_back_to_accept": forking(
        "children_close_listener reaps_a_burst", looked(FORKING, "visits", "many clients have gone", server(), ACCEPTS)
    ),
    "child_goes_on_after_an_error": forking(
        "children_close_listener survives_rude_clients", looked(FORKING, "rude", "all have gone", server(), ACCEPTS)
    ),
    "child_keeps_the_listener": forking(
        "children_close_listener",
        at_the_crowd(server(), process(8, thread(8, "recvfrom", inode_of("C1")), sockets=(5, inode_of("C1")))),
    ),
}
ZOMBIES = {
    "nobody_waits_for_children": forking(
        CHECKS_OF_ZOMBIES,
        left(30, 31),
        looked(FORKING, "many_visits", "all have gone", server(), *map(zombie, range(100, 140))),
    ),
    "middle_process_stays": forking(CHECKS_OF_ZOMBIES, left(30, 31), at_the_crowd(server(), *middle_processes(12))),
    "looks_for_children_too_seldom": forking(
        CHECKS_OF_ZOMBIES,
        left(30, 31),
        looked(
            FORKING,
            "oldest_stays",
            "A is silent",
            process(7, thread(7, "accept4", 5), thread(8, "clock_nanosleep", timed=True), parent=1),
        ),
    ),
    "waits_until_there_are_many": forking(
        CHECKS_OF_ZOMBIES, left(30, 31), looked(FORKING, "many_visits", "all have gone", server(), zombie(100))
    ),
    "waits_at_the_next_client_only": forking("reaps_each_child", stays(1, 1)),
    "one_live_child_hides_the_others": forking("reaps_each_child", stays(5, 0)),
    "waits_for_one_certain_child": forking("reaps_each_child reaps_a_burst", stays(0, 1)),
    "one_child_per_signal": forking("reaps_a_burst", left(29, 29)),
    "stops_before_all_are_waited_for": forking("reaps_a_burst", left(20, 11)),
    "handler_blocks": forking(
        "reaps_each_child goes_on_while_children_live", stopped(FORKING, "oldest_stays", IN_WAIT, child(8, "A"))
    ),
    "handler_sleeps": forking(
        "reaps_each_child goes_on_while_children_live", stopped(FORKING, "oldest_stays", ASLEEP, child(8, "A"))
    ),
    "spins_while_a_child_lives": forking("goes_on_while_children_live", spinning("C has gone")),
    "spins_when_no_child_is_left": forking("goes_on_while_children_live", spinning("no child is left")),
    "waits_without_a_guard": forking(
        "survives_signals", ended(FORKING, "storm", "ChildProcessError: [Errno 10] No child processes")
    ),
}
EINTR = "InterruptedError: [Errno 4] Interrupted system call"
SIGNALS = {
    "restarts_accept_once": forking("restarts_interrupted_accept", interrupted(EINTR, calls=2)),
    "accept_is_not_restarted": forking("restarts_interrupted_accept", interrupted(EINTR)),
    "interruption_leaves_the_loop": forking(
        "restarts_interrupted_accept", interrupted("[forklab] call 1 of accept was interrupted", status=0)
    ),
    "goes_on_without_a_connection": forking("restarts_interrupted_accept"),
    "handler_raises": forking("survives_signals", at_a_signal("TypeError: reap() takes 0 positional arguments")),
    "signals_end_it": forking("survives_signals", at_a_signal("ended by SIGCONT")),
}
SHOWN = {**WHO_SERVES, **ZOMBIES, **SIGNALS}
