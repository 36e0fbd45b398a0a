"""Beyond the core: how the server ends, what it prints, and who can reach it."""

from __future__ import annotations

from grader.causes.cause import BOTH, CHILDREN, Cause
from grader.clues import Seen, shows
from grader.recording import Snapshot


def _outlives(name: str, seen: Seen) -> bool:
    there = seen.look("reachable", f"{name} came")
    return there.parent is not None


def _listens_on_one_address(seen: Seen) -> bool:
    listeners = _waiting(seen).listeners
    return bool(listeners) and all(listener.address not in ("0.0.0.0", "::", "*") for listener in listeners)


def _waiting(seen: Seen) -> Snapshot:
    return seen.look("reachable", "waiting")


CAUSES = (
    Cause(
        name="children_end_with_their_parent",
        tracks=CHILDREN,
        sentence="When the parent is ended, its children end with it, in the middle of their work.",
        roots=("children_outlive_parent",),
        evidence=(
            shows(
                "a client loses its child with the parent",
                lambda seen: any(
                    not seen.scene("orphans").received(f"A ({name})")
                    and seen.look("orphans", f"both have asked ({name})").at < 1e9
                    for name in ("SIGKILL", "SIGINT")
                ),
            ),
        ),
        hint="What ties a child's life to its parent's? daemon, killpg, PR_SET_PDEATHSIG, multiprocessing's atexit",
        apart="A client that is being served sees its end, without a reply, when the parent is ended.",
    ),
    Cause(
        name="children_print_the_parents_lines",
        tracks=CHILDREN,
        sentence="What the parent has printed and not flushed is copied by fork, and printed again by every child.",
        roots=("prints_nothing_twice",),
        evidence=(),
        hint="A child is a copy, buffers included: what prints them, and how does a child end without that? _exit(2), fflush(3)",
        apart="Piped into a file, the parent's lines stand there once for each client; on a terminal once.",
    ),
    Cause(
        name="sigterm_does_not_end_it",
        tracks=BOTH,
        sentence="SIGTERM does not end the server: it is ignored, or noticed only when the next client comes.",
        roots=("ends_when_told",),
        evidence=(shows("it outlives SIGTERM", lambda seen: _outlives("SIGTERM", seen)),),
        hint="What does the handler do, and which call goes on after it as if nothing had been? signal(7), PEP 475",
        apart="`kill PID` does not end it, and Ctrl-C does.",
    ),
    Cause(
        name="ctrl_c_does_not_end_it",
        tracks=BOTH,
        sentence="Ctrl-C does not end the server: KeyboardInterrupt is caught with all other exceptions.",
        roots=("ends_when_told",),
        evidence=(
            shows(
                "it outlives SIGINT, and not SIGTERM",
                lambda seen: _outlives("SIGINT", seen) and not _outlives("SIGTERM", seen),
            ),
        ),
        hint="Which exceptions does a bare `except` catch? KeyboardInterrupt, BaseException",
        apart="Ctrl-C does not end it, and `kill PID` does.",
    ),
    Cause(
        name="bound_to_one_address",
        tracks=BOTH,
        sentence="The server is bound to one address of the machine, so that whoever comes by another one is refused.",
        roots=("is_reachable_everywhere",),
        evidence=(shows("it listens on one address", _listens_on_one_address),),
        hint="Which address does bind() get, and whom does it leave out? ip(7), INADDR_ANY",
        apart="`ss -ltn` shows an address before the port, in place of 0.0.0.0 or *.",
    ),
    Cause(
        name="port_is_shared",
        tracks=BOTH,
        sentence="The server lets a second one have the same port, and the kernel deals clients out to both.",
        roots=("keeps_its_port",),
        evidence=(
            shows(
                "two listen on the port",
                lambda seen: len(seen.look("reachable", "another server was started").listeners) > 1,
            ),
        ),
        hint="Which socket option lets two servers share a port, and which one is asked for here? socket(7)",
        apart="A second start does not fail with EADDRINUSE.",
    ),
)
