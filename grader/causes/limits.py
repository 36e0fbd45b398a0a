"""Beyond the core: what happens when no descriptor or no process is to be had."""

from __future__ import annotations

from grader.causes.cause import BOTH, CHILDREN, Cause
from grader.clues import Seen, not_so, shows
from grader.clues.endings import cut_by, errno
from grader.clues.looks import at, spins
from grader.recording import ACCEPTING_CALLS, Snapshot

FULL, NO_PROCESS = "survives_full_descriptor_table", "survives_failed_fork"


def _is_kept(seen: Seen) -> bool:
    there = seen.look("failed_fork", "no process is to be had")
    return bool(there.processes) and seen.scene("failed_fork").end_of("A") > there.at


def _is_back_in_accept(look: Snapshot) -> bool:
    return look.parent is not None and any(thread.call in ACCEPTING_CALLS for thread in look.parent.threads)


KEEPS_THE_CLIENT = shows("the client is kept", _is_kept)
BACK_IN_ACCEPT = at("failed_fork", "no process is to be had", "the program is back in accept", _is_back_in_accept)

CAUSES = (
    Cause(
        name="no_descriptor_ends_it",
        tracks=BOTH,
        sentence="When no descriptor is left for the next client, the error is not caught, and ends the server.",
        roots=(FULL,),
        evidence=(cut_by(errno(24), "scarce_descriptors"),),
        hint="What may accept() fail with, and is that the server's end? accept(2), EMFILE",
        apart="The last word of the traceback is EMFILE.",
    ),
    Cause(
        name="no_descriptor_makes_it_spin",
        tracks=BOTH,
        sentence="When no descriptor is left, accept is called again at once and fails again, without end.",
        roots=(FULL,),
        evidence=(at("scarce_descriptors", "no descriptor is left", "the server spins", spins),),
        hint="The client stays in the queue when accept fails: what will the next call say? accept(2), EMFILE",
        apart="top(1) shows the server at work as long as no descriptor is left.",
    ),
    Cause(
        name="no_process_ends_it",
        tracks=CHILDREN,
        sentence="When no process is to be had for a client, the error is not caught, and ends the server.",
        roots=(NO_PROCESS,),
        evidence=(cut_by(errno(11), "failed_fork"),),
        hint="What may fork() fail with, and is that the server's end? fork(2), EAGAIN",
        apart="The last word of the traceback is EAGAIN.",
    ),
    Cause(
        name="no_process_keeps_the_client",
        tracks=CHILDREN,
        sentence="When no process is to be had, the client's connection is left open, and nobody will ever serve it.",
        roots=(NO_PROCESS,),
        evidence=(KEEPS_THE_CLIENT, BACK_IN_ACCEPT),
        hint="fork() has raised: who closes the connection of the client for whom there is no child?",
        apart="The server accepts the next client, and the first one still waits.",
    ),
    Cause(
        name="no_process_and_it_tries_for_ever",
        tracks=CHILDREN,
        sentence="When no process is to be had, the server tries again and again, and serves nobody meanwhile.",
        roots=(NO_PROCESS,),
        evidence=(KEEPS_THE_CLIENT, not_so(BACK_IN_ACCEPT)),
        hint="How long may one client's bad luck hold up all others?",
        apart="The server accepts nobody as long as no process is to be had.",
    ),
)
