"""Why a client does not see the end of its connection, or the parent keeps what it gave away."""

from __future__ import annotations

from grader.causes.cause import BOTH, CHILDREN, TURNS, Cause
from grader.clues import OUTCOME, Seen, failed, passed, shows
from grader.clues.endings import WAITING_FOR_THE_CLIENTS_END
from grader.clues.looks import anywhere, at, grows, somebody_reads_on_after_the_reply
from grader.recording import Snapshot


def _holds_what_a_child_serves(look: Snapshot) -> bool:
    return bool(_held_by_the_parent(look) & _served_by_children(look))


def _held_by_the_parent(look: Snapshot) -> frozenset[int]:
    return look.parent.sockets if look.parent else frozenset()


def _served_by_children(look: Snapshot) -> set[int]:
    return {seen.inode for seen in look.connections for child in look.others if seen.inode in child.sockets}


def _holds_all_that_children_serve(look: Snapshot) -> bool:
    return _held_by_the_parent(look) >= _served_by_children(look)


def _holds_the_newest_alone(look: Snapshot) -> bool:
    served = _served_by_children(look)
    return len(served) > 1 and _held_by_the_parent(look) & served == {look.connections[-1].inode}


def _somebody_notices(seen: Seen) -> bool:
    return seen.failed("closes_after_reply") or seen.failed("leaves_no_descriptor_open")


CAUSES = (
    Cause(
        name="parent_keeps_its_copy",
        tracks=CHILDREN,
        sentence="The parent keeps its own copy of the connection that it gives to a child, so that the child's close ends nothing.",
        roots=("parent_closes_connections",),
        evidence=(
            at("crowd", "all are there", "the parent holds what a child serves", _holds_what_a_child_serves),
            shows("clients see no end, or descriptors become more", _somebody_notices, OUTCOME),
        ),
        follows=("closes_after_reply", "leaves_no_descriptor_open", "outlives_its_descriptor_limit"),
        hint="After fork() both processes have every descriptor: which does the parent still need? fork(2), close(2)",
        apart="`ls -l /proc/PID/fd` of the parent shows sockets of clients that children serve, or have served.",
    ),
    Cause(
        name="parent_closes_its_copy_late",
        tracks=CHILDREN,
        sentence="The parent does close its copy of a connection, but only when the child has ended, and holds it until then.",
        roots=("parent_closes_connections",),
        evidence=(
            passed("closes_after_reply", "leaves_no_descriptor_open"),
            at("crowd", "all are there", "the parent holds all that children serve", _holds_all_that_children_serve),
        ),
        hint="When does the parent need the connection for the last time?",
        apart="`ls -l /proc/PID/fd` of the parent shows the sockets of clients that are being served, and of no others.",
    ),
    Cause(
        name="parent_closes_its_copy_at_the_next_client",
        tracks=CHILDREN,
        sentence="The parent does not close its copy of a connection: it ends by itself when the next client takes its place.",
        roots=("parent_closes_connections",),
        evidence=(
            at("crowd", "all are there", "the parent holds the newest client's alone", _holds_the_newest_alone),
            passed("leaves_no_descriptor_open"),
        ),
        follows=("closes_after_reply",),
        hint="What closes the parent's copy: a call, or that nothing refers to it any more? socket.socket.close",
        apart="`ls -l /proc/PID/fd` of the parent shows the socket of the last client, and no other's.",
    ),
    Cause(
        name="waits_for_the_client_to_close",
        tracks=BOTH,
        sentence="When the reply is sent, the server waits for the client to speak again or to close, and the client waits for the end.",
        roots=("closes_after_reply",),
        evidence=(anywhere("reads from a client that has its reply", somebody_reads_on_after_the_reply),),
        follows=("takes_turns_in_time",),
        ends=WAITING_FOR_THE_CLIENTS_END,
        hint="Who is to close first, by the hand-out? What does the server do after sendall()?",
        apart="Whoever serves the client sleeps in recv() though the reply is sent.",
    ),
    Cause(
        name="never_closes",
        tracks=TURNS,
        sentence="No connection is ever closed, so that the client waits for its end and descriptors become more and more.",
        roots=("closes_after_reply",),
        evidence=(failed("leaves_no_descriptor_open"), grows("socket:", "its sockets become more")),
        follows=("leaves_no_descriptor_open",),
        hint="Which line is the last that deals with a client, and what does it leave open? close(2)",
        apart="`ls -l /proc/PID/fd` shows a socket more for each client.",
    ),
    Cause(
        name="closes_at_the_next_client",
        tracks=TURNS,
        sentence="A connection is not closed when its reply is sent: it ends by itself when the next client takes its place.",
        roots=("closes_after_reply",),
        evidence=(passed("leaves_no_descriptor_open", "answers"),),
        hint="What closes the connection: a call, or that nothing refers to it any more? socket.socket.close, makefile",
        apart="`ls -l /proc/PID/fd` shows the last client's socket, and no more than that one.",
    ),
    Cause(
        name="connection_stays_open",
        tracks=CHILDREN,
        sentence="The reply is sent and the connection stays open, in the child that serves it.",
        roots=("closes_after_reply",),
        evidence=(passed("parent_closes_connections"),),
        hint="What does the child do after its reply, and what closes the connection? close(2), _exit(2)",
        apart="`ss -tnp` names a child as the holder of the connection.",
    ),
)
