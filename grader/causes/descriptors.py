"""Why descriptors become more and more, and why a server ends after so many clients."""

from __future__ import annotations

from grader.causes.cause import BOTH, CHILDREN, TURNS, Cause
from grader.clues import Seen, last_look, not_so, passed, shows
from grader.clues.endings import REFUSED, SILENCE, End, cut_by
from grader.clues.looks import grows, living_others
from grader.recording import Recording

LEAKS = ("leaves_no_descriptor_open", "outlives_its_descriptor_limit")


def _leaves_in_silence(scene: Recording) -> bool:
    """It ended without a word, or listens no more and has said nothing."""
    return SILENCE.cut(scene) or (REFUSED.cut(scene) and not scene.stderr.size)


LEFT_IN_SILENCE = End("ended without a word", 2, _leaves_in_silence)


def _has_served_many(seen: Seen) -> bool:
    scene = seen.scene("visits" if seen.failed("leaves_no_descriptor_open") else "many_visits")
    return sum(map(scene.was_served, scene.clients)) >= 5


def _has_served_one(seen: Seen) -> bool:
    """One client had its reply, and no process of the server is left."""
    scene = seen.scene("visits")
    nobody_is_left = not living_others(last_look(scene))
    return nobody_is_left and sum(bool(scene.received(client)) for client in scene.clients) == 1


CAUSES = (
    Cause(
        name="a_file_per_client",
        tracks=BOTH,
        sentence="A file is opened for clients and never closed, so that descriptors run out in time.",
        roots=LEAKS,
        evidence=(grows("/", "its open files become more"),),
        follows=LEAKS,
        hint="What is opened while a client is served, and who closes it? open(2), `with`",
        apart="`ls -l /proc/PID/fd` shows the same file again and again.",
    ),
    Cause(
        name="a_pipe_per_client",
        tracks=BOTH,
        sentence="A pipe is made for each client, and an end of it stays open, so that descriptors run out in time.",
        roots=LEAKS,
        evidence=(grows("pipe:", "its open pipes become more"),),
        follows=LEAKS,
        hint="How many ends has a pipe, how many processes hold each of them, and who closes which? pipe(2); Process.close",
        apart="`ls -l /proc/PID/fd` shows a pipe more for each client.",
    ),
    Cause(
        name="a_poll_object_per_client",
        tracks=BOTH,
        sentence="An epoll object, or another one of the kernel's, is made for each client and never closed.",
        roots=LEAKS,
        evidence=(grows("anon_inode:", "its objects of the kernel become more"),),
        follows=LEAKS,
        hint="How many of them does one process need, and what closes one? epoll_create(2)",
        apart="`ls -l /proc/PID/fd` shows an anon_inode more for each client.",
    ),
    Cause(
        name="keeps_sockets_open",
        tracks=TURNS,
        sentence="Clients see the end, and yet the server keeps every socket, so that descriptors run out in time.",
        roots=LEAKS,
        evidence=(passed("closes_after_reply"), grows("socket:", "its sockets become more")),
        follows=("survives_rude_clients", "survives_aborted_connection"),
        hint="What does shutdown() end, and what does it leave open? shutdown(2), close(2)",
        apart="`ls -l /proc/PID/fd` shows a socket more for each client.",
    ),
    Cause(
        name="ends_after_so_many_clients",
        tracks=BOTH,
        sentence="The server serves so many clients and then comes to its end, without an error.",
        roots=LEAKS,
        evidence=(
            cut_by(LEFT_IN_SILENCE, "visits", "many_visits"),
            shows("several clients were served before", _has_served_many),
            not_so(cut_by(SILENCE, "crowd", "held_back")),
        ),
        hint="What ends the loop over clients, and should anything?",
        apart="It ends at the same client each time, with status 0.",
    ),
    Cause(
        name="serves_one_client_and_ends",
        tracks=BOTH,
        sentence="The server serves its first client and then comes to its end: nothing leads back to the next one.",
        roots=("answers",),
        evidence=(cut_by(LEFT_IN_SILENCE, "visits"), shows("one client was served before", _has_served_one)),
        follows=("overlaps_in_time", "takes_turns_in_time"),
        ends=SILENCE,
        hint="Which line runs next when the first client has gone?",
        apart="The first client gets its reply, and the second one is refused.",
    ),
    Cause(
        name="descriptors_run_out",
        tracks=CHILDREN,
        sentence="Something that is opened for each client stays open somewhere, and in the end no descriptor is left.",
        roots=("outlives_its_descriptor_limit",),
        evidence=(
            passed("leaves_no_descriptor_open"),
            cut_by(
                End("ran out of descriptors", 3, lambda scene: "[Errno 24]" in scene.stderr.kept),
                "many_visits",
            ),
        ),
        follows=LEAKS,
        hint="What does the parent hold after a few clients that it did not hold before? `ls -l /proc/PID/fd`",
        apart="The last word of the traceback is EMFILE: too many open files.",
    ),
)
