"""Why a server of chapter 2 does not serve each client by a child of its own."""

from __future__ import annotations

from grader.causes.cause import CHILDREN, Cause
from grader.clues import Clue, Seen, failed, not_so, passed, shows
from grader.clues.endings import SILENCE, End, cut_by, errno
from grader.clues.looks import (
    another_holds_the_listener_in_accept,
    anywhere,
    at,
    has_several_threads,
    living_others,
    nobody_else,
    program_reads_a_client,
    program_sleeps,
    program_waits_for_a_child,
    some_child_serves,
)
from grader.model import Outcome
from grader.recording import POLLING_CALLS, SLEEPING_CALLS, Recording, Snapshot

THERE, WAITING = "all are there", "waiting"
NO_CHILD = (
    "parent_closes_connections", "children_close_listener", "reaps_each_child", "zombies_do_not_pile_up",
    "reaps_a_burst", "goes_on_while_children_live",
)  # fmt: skip
HELD_UP = ("serves_others_while_one_is_silent", "gives_each_client_a_child", "overlaps_in_time")
NOBODY_ELSE = at("crowd", THERE, "no other process", nobody_else)
SEVERAL_THREADS = at("crowd", THERE, "several threads", has_several_threads)
READS_ITSELF = at("crowd", THERE, "the program itself reads from a client", program_reads_a_client)
WAITS = at("held_back", "the others have asked", "the program waits for a child", program_waits_for_a_child)
READING_ITSELF = End(
    "the program itself reads from a client",
    2,
    lambda scene: bool(scene.cut and scene.snapshots) and program_reads_a_client(scene.snapshots[-1]),
)


def _lives_on(scene: Recording) -> bool:
    """The program has ended in silence, and another process goes on as the server."""
    return SILENCE.cut(scene) and bool(scene.snapshots) and another_holds_the_listener_in_accept(scene.snapshots[-1])


GOES_ON_AS_THE_SERVER = End("the program ended and another process goes on as the server", 3, _lives_on)


def _works_itself(_: Recording, look: Snapshot) -> bool:
    return look.label.startswith("all have asked") and program_sleeps(look)


def _waits_for_a_lock(look: Snapshot) -> bool:
    """Some children work and others sleep with no timer, on no socket: for a lock, or for each other."""
    idle = [
        process
        for process in living_others(look)
        if all(t.call and not t.timed and not t.inode and t.call not in POLLING_CALLS for t in process.threads)
    ]
    busy = [p for p in living_others(look) if any(t.call in SLEEPING_CALLS for t in p.threads)]
    return bool(idle) and bool(busy)


def _waits_for_a_place(look: Snapshot) -> bool:
    """Several children serve, the program sleeps away from accept, and others wait."""
    serving = [process for process in living_others(look) if process.sockets]
    return len(serving) > 1 and (program_waits_for_a_child(look) or program_sleeps(look))


def _makes_children(seen: Seen) -> bool:
    """There was one at some look, or fork failed where no process was to be had, or work was done side by side."""
    looks = (look for scene in seen.recordings.values() for look in scene.snapshots)
    return (
        any(look.others for look in looks)
        or errno(11).cut(seen.scene("failed_fork"))
        or seen.came_to("overlaps_in_time", Outcome.PASSED)
    )


def _workers_wait(look: Snapshot) -> bool:
    """A helper or two may be there from the start, but never in accept."""
    return len(living_others(look)) > 2 or another_holds_the_listener_in_accept(look)


MAKES_CHILDREN: Clue = shows("makes children", _makes_children)

MAKES_CHILDREN_AT_WORK: Clue = at("at_work", "all have asked", "children are at work", lambda look: bool(look.others))

CAUSES = (
    Cause(
        name="roles_swapped",
        tracks=CHILDREN,
        sentence="After fork the parent serves the client and ends, and the child goes on in its place as the server.",
        roots=("gives_each_client_a_child", "answers"),
        evidence=(cut_by(GOES_ON_AS_THE_SERVER),),
        follows=HELD_UP,
        ends=SILENCE,
        hint="What does fork() return in which of the two processes? fork(2)",
        apart="The process that was started is gone after its first client, and another one listens.",
    ),
    Cause(
        name="workers_made_beforehand",
        tracks=CHILDREN,
        sentence="Processes are made before clients come and serve one client after another, in place of one child for each.",
        roots=("gives_each_client_a_child",),
        evidence=(
            at("crowd", WAITING, "other processes wait", _workers_wait),
            not_so(failed("serves_others_while_one_is_silent")),
        ),
        follows=("children_close_listener", "reaps_a_burst", "goes_on_while_children_live"),
        hint="When is the process made that serves a client, and when does it end?",
        apart="`ps` shows several processes before the first client has come.",
    ),
    Cause(
        name="threads_in_place_of_processes",
        tracks=CHILDREN,
        sentence="Each client is served by a thread of the one process, in place of a process of its own.",
        roots=("gives_each_client_a_child",),
        evidence=(NOBODY_ELSE, SEVERAL_THREADS),
        follows=("overlaps_in_time",),
        hint="Which call makes a process, and which a thread? fork(2), clone(2)",
        apart="`ps -L` shows one process with a thread more for each client.",
    ),
    Cause(
        name="event_loop_in_place_of_processes",
        tracks=CHILDREN,
        sentence="One process watches all its clients at once, and none has a process of its own.",
        roots=("gives_each_client_a_child",),
        evidence=(
            NOBODY_ELSE,
            passed("serves_others_while_one_is_silent"),
            not_so(READS_ITSELF),
            not_so(SEVERAL_THREADS),
            not_so(MAKES_CHILDREN_AT_WORK),
        ),
        follows=("overlaps_in_time",),
        hint="That is the lesson of chapter 3: which call makes a process for a client? fork(2)",
        apart="There is one process, asleep in select, poll or epoll_wait, and it holds all connections.",
    ),
    Cause(
        name="forks_when_a_client_speaks",
        tracks=CHILDREN,
        sentence="The parent makes a child for a client when that has said something, so that one that is silent has none.",
        roots=("gives_each_client_a_child",),
        evidence=(
            NOBODY_ELSE,
            passed("serves_others_while_one_is_silent"),
            not_so(READS_ITSELF),
            MAKES_CHILDREN_AT_WORK,
        ),
        hint="Which process is to wait for a client's first word, by the hand-out? fork(2)",
        apart="`ps` shows a child as soon as the client has spoken, and none before.",
    ),
    Cause(
        name="does_not_fork",
        tracks=CHILDREN,
        sentence="No child is made: the server serves its clients itself, and one that says nothing holds up all others.",
        roots=("serves_others_while_one_is_silent",),
        evidence=(NOBODY_ELSE, READS_ITSELF, failed("overlaps_in_time"), not_so(MAKES_CHILDREN)),
        follows=HELD_UP,
        hint="Who waits in recv() for a silent client, and who could wait there in its place? fork(2)",
        apart="`ps` never shows a second process.",
    ),
    Cause(
        name="parent_reads_before_it_forks",
        tracks=CHILDREN,
        sentence="The parent reads from a client before it makes a child for it, and one that says nothing holds up all others.",
        roots=("serves_others_while_one_is_silent",),
        evidence=(NOBODY_ELSE, READS_ITSELF, MAKES_CHILDREN),
        follows=HELD_UP,
        hint="What does the parent do with a client between accept() and fork(), and can that wait?",
        apart="`ps` shows a child as soon as the client has spoken, and none before.",
    ),
    Cause(
        name="waits_for_the_child_at_once",
        tracks=CHILDREN,
        sentence="The parent waits for a child to end before it serves the next client, so that there is one client at a time.",
        roots=("serves_others_while_one_is_silent",),
        evidence=(WAITS, failed("overlaps_in_time")),
        follows=(*HELD_UP, "reaps_each_child", "goes_on_while_children_live"),
        hint="In which call is the parent while a child is at work, and what may it do in the meantime? waitpid(2), WNOHANG",
        apart="The parent sleeps in wait4() while a client is there, whether or not a child has ended before.",
    ),
    Cause(
        name="parent_serves_some_itself",
        tracks=CHILDREN,
        sentence="Some clients get a child, and others are served by the parent itself, which meanwhile accepts nobody.",
        roots=("gives_each_client_a_child",),
        evidence=(READS_ITSELF, at("crowd", THERE, "a child serves a client", some_child_serves)),
        follows=(*HELD_UP, "reaps_each_child"),
        ends=READING_ITSELF,
        hint="On what does it depend who serves a client, and who accepts the next one while the parent does?",
        apart="`ss -tnp` names children as the holders of some connections, and the parent as that of another.",
    ),
    Cause(
        name="so_many_children_at_most",
        tracks=CHILDREN,
        sentence="Only so many children may be there at a time, and the next client waits until one of them has ended.",
        roots=("gives_each_client_a_child",),
        evidence=(at("crowd", THERE, "some are served and the program waits for a place", _waits_for_a_place),),
        follows=(
            "goes_on_while_children_live",
            "reaps_a_burst",
            "overlaps_in_time",
            "serves_others_while_one_is_silent",
        ),
        hint="How many silent clients does it take to keep all others out?",
        apart="With a silent client more than there may be children nobody else is accepted.",
    ),
    Cause(
        name="parent_works_too",
        tracks=CHILDREN,
        sentence="The parent sleeps DELAY as well, before or after it makes a child, so that the next client has to wait for it.",
        roots=("overlaps_in_time",),
        evidence=(
            passed("serves_others_while_one_is_silent"),
            anywhere("the program sleeps while clients are at work", _works_itself, "at_work"),
        ),
        hint="Which of the two processes is to do the work, and which is to be back in accept()?",
        apart="The parent sleeps in clock_nanosleep() while clients wait in the queue.",
    ),
    Cause(
        name="children_wait_for_each_other",
        tracks=CHILDREN,
        sentence="Every client has a child, and the children take turns at their work: one has what the others wait for.",
        roots=("overlaps_in_time",),
        evidence=(
            passed("serves_others_while_one_is_silent"),
            at("at_work", "all have asked", "children wait for a lock while another works", _waits_for_a_lock),
        ),
        hint="What do the children share, and in which call do those wait that do not work? futex(2), flock(2)",
        apart="One child sleeps in clock_nanosleep(), and the others in futex() or flock().",
    ),
)
