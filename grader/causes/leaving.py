"""Why a child does not end with its client, or holds what only the parent needs."""

from __future__ import annotations

from grader.causes.cause import CHILDREN, Cause
from grader.clues import failed
from grader.clues.looks import another_holds_the_listener_in_accept, at, living_others
from grader.recording import Snapshot


def _somebody_is_left_without_a_client(look: Snapshot) -> bool:
    """A process that holds no socket but listening ones, all clients having gone."""
    listening = {listener.inode for listener in look.listeners}
    return any(process.sockets <= listening for process in living_others(look))


def _serves_and_listens(look: Snapshot) -> bool:
    """A process that is not the program holds a client's connection and the listening socket."""
    listening = {listener.inode for listener in look.listeners}
    clients = {seen.inode for seen in look.connections if seen.inode}
    return any(process.sockets & listening and process.sockets & clients for process in living_others(look))


NOBODY_LIVES_ON = at("visits", "many clients have gone", "no other process lives", lambda look: not living_others(look))

CAUSES = (
    Cause(
        name="child_goes_back_to_accept",
        tracks=CHILDREN,
        sentence="A child does not end when its client has gone: it goes back into the loop and accepts clients too.",
        roots=("children_close_listener", "reaps_a_burst"),
        evidence=(
            failed("children_close_listener"),
            at(
                "visits",
                "many clients have gone",
                "other processes wait in accept",
                another_holds_the_listener_in_accept,
            ),
        ),
        follows=("reaps_a_burst", "outlives_its_descriptor_limit", "gives_each_client_a_child", "reaps_each_child"),
        hint="Which line does the child run after its reply, and which one should be its last? _exit(2)",
        apart="`ps` shows a process more after each client.",
    ),
    Cause(
        name="child_goes_on_after_an_error",
        tracks=CHILDREN,
        sentence="A child whose client is lost by an error does not end: it goes on in the parent's loop.",
        roots=("children_close_listener", "survives_rude_clients"),
        evidence=(
            failed("survives_rude_clients"),
            NOBODY_LIVES_ON,
            at("rude", "all have gone", "a child without a client lives on", _somebody_is_left_without_a_client),
        ),
        follows=("survives_rude_clients",),
        hint="Which way does an exception take in the child, and where does that way end? _exit(2), finally",
        apart="`ps` shows a process more after each client that resets its connection, and none after others.",
    ),
    Cause(
        name="child_keeps_the_listener",
        tracks=CHILDREN,
        sentence="A child does not close its copy of the listening socket, or closes it too late.",
        roots=("children_close_listener",),
        evidence=(
            at("crowd", "all are there", "a child that serves holds the listener", _serves_and_listens),
            NOBODY_LIVES_ON,
        ),
        hint="After fork() both processes have every descriptor: which does a child need? fork(2), close(2)",
        apart="`ls -l /proc/PID/fd` of a child shows two sockets, and it ends when its client has gone.",
    ),
)
