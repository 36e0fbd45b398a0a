"""What a server may do beyond the core: a bonus, shown apart."""

import re
from collections import Counter

from grader import (
    BLOCKING,
    FORKING,
    NEVER,
    Calm,
    Mismatch,
    NotReached,
    Recording,
    Reference,
    Snapshot,
    What,
    check,
    shown,
    track_named,
)
from grader.replies import difference


@check(points=2, on=BLOCKING, stretch=True)
@check(points=2, on=FORKING, stretch=True)
def test_survives_rude_clients(rude: Recording) -> None:
    """A client that leaves without a word, in the middle of a request, after it, or by reset ends nobody's service."""
    before, after = rude.snapshot("one has been served"), rude.snapshot("all have gone")
    if rude.received("first") and not rude.received("last"):
        raise Mismatch(
            expected="the last client is answered as the first one was",
            observed="it is not answered",
            evidence=rude.story("last"),
            hint="What has the server kept of those who left without waiting for their reply?",
        )
    had, has = _living(before), _living(after)
    if len(has) > len(had):
        raise Mismatch(
            expected=f"{len(had)} living, as before the rude clients",
            observed=f"{len(has)} living when they have gone",
            evidence=tuple(after.account(process) for process in after.processes[:6]),
            hint="Which way does a child take out of its work when its client is gone? Is it the way out for good?",
        )
    if before.parent and after.parent and len(after.parent.descriptors) > len(before.parent.descriptors):
        raise Mismatch(
            expected=f"{len(before.parent.descriptors)} descriptors, as before the rude clients",
            observed=f"{len(after.parent.descriptors)} descriptors when they have gone",
            evidence=(f"look yourself: ls -l /proc/{after.program}/fd",),
            hint="Who closes a connection on which recv() or sendall() has raised?",
        )


def _living(there: Snapshot) -> list[int]:
    return [process.pid for process in there.processes if not process.is_zombie]


@check(points=1, on=FORKING, stretch=True)
def test_waits_for_the_whole_request(unhurried: Recording) -> None:
    """A request in two pieces is answered once, when it is complete."""
    usual = _usual_reply(unhurried)
    half = unhurried.snapshot("B has asked half")
    if min(unhurried.first("B", What.RECEIVED), unhurried.end_of("B")) <= half.at:
        raise Mismatch(
            expected="nothing, while the blank line is still to come",
            observed=shown(unhurried.received("B")) if unhurried.received("B") else "the end of the connection",
            evidence=unhurried.story("B"),
            hint="TCP knows no messages: how does the server know that a request is complete? RFC 9112, 2.1",
        )
    unhurried.snapshot("B has asked all")
    _must_be_answered_as_usual(unhurried, "B", usual, "Who puts the pieces together, and what ends a request?")


@check(points=1, on=FORKING, stretch=True)
def test_delivers_reply_despite_unread_bytes(unhurried: Recording) -> None:
    """Bytes of the client left unread do not turn the end into a reset."""
    usual = _usual_reply(unhurried)
    unhurried.snapshot("C has said too much")
    if unhurried.first("C", What.RESET) < NEVER:
        raise Mismatch(
            expected="the end of the connection, in order",
            observed="a reset: whoever reads slowly loses the reply",
            evidence=unhurried.story("C"),
            hint="What does the kernel do when a socket is closed before all is read? RFC 9112, 9.6",
        )
    _must_be_answered_as_usual(unhurried, "C", usual, "What comes after the blank line, and who cares?")


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_bears_any_bytes(unhurried: Recording, reference: Reference) -> None:
    """Bytes that are no text are a request like any other."""
    _usual_reply(unhurried)
    unhurried.snapshot("D has sent bytes that are no text")
    usual = reference.received("unhurried", "D")
    _must_be_answered_as_usual(unhurried, "D", usual, "Must a request be text to be answered? bytes.decode")
    unhurried.snapshot("E has gone")


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_waits_for_slow_clients(unhurried: Recording, visits: Recording) -> None:
    """A client that is slow to speak is still served."""
    if not visits.received(track_named(visits.track).requests[0].name):
        raise NotReached("a client that asks at once is not answered either")
    unhurried.snapshot("A has asked")
    if not unhurried.received("A"):
        raise Mismatch(
            expected="A is answered when it asks at last",
            observed="A is cut off" if unhurried.end_of("A") < NEVER else "A gets nothing",
            evidence=unhurried.story("A"),
            hint="How long does the server wait for a client, and why no longer? socket.settimeout",
        )


def _usual_reply(unhurried: Recording) -> bytes:
    """What A got.

    Raises:
        NotReached: nothing; then the others' replies tell nothing.
    """
    unhurried.snapshot("A has asked")
    if not unhurried.received("A"):
        raise NotReached("a client that asks as all do is not answered either", evidence=unhurried.story("A"))
    return unhurried.received("A")


def _must_be_answered_as_usual(unhurried: Recording, client: str, usual: bytes, hint: str) -> None:
    differs = difference(track_named(unhurried.track).speech, usual, unhurried.received(client))
    if differs:
        raise Mismatch(
            expected=differs[0],
            observed=differs[1],
            evidence=(*unhurried.story(client), *unhurried.last_words),
            hint=hint,
        )


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_survives_full_descriptor_table(scarce_descriptors: Recording) -> None:
    """With no descriptor left at accept (EMFILE) the server neither ends nor spins, and serves again afterwards."""
    there = scarce_descriptors.snapshot("no descriptor is left")
    if there.calm is Calm.SPINNING:
        raise Mismatch(
            expected="a server that rests until a descriptor may be free again",
            observed="a server that calls accept again and again",
            evidence=tuple(map(there.account, there.processes[:4])),
            hint="The client stays in the queue when accept fails with EMFILE. What will the next call say? accept(2)",
        )
    scarce_descriptors.snapshot("C has gone")


@check(points=2, on=FORKING, stretch=True)
def test_survives_failed_fork(failed_fork: Recording) -> None:
    """When there is no process to be had at fork (EAGAIN), the client is let go and the server serves on."""
    there = failed_fork.snapshot("no process is to be had")
    if failed_fork.end_of("A") > there.at:
        raise Mismatch(
            expected="A sees the end of its connection",
            observed="A still waits, and nobody will serve it",
            evidence=(*failed_fork.story("A"), *map(there.account, there.processes[:4])),
            hint="fork() has raised: who closes the connection of the client for whom there is no child?",
        )
    failed_fork.snapshot("B has gone")


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_survives_aborted_connection(aborted: Recording) -> None:
    """A connection aborted before accept is nobody else's loss."""
    aborted.snapshot("B has gone")


@check(points=1, on=FORKING, stretch=True)
def test_children_outlive_parent(orphans: Recording) -> None:
    """When the parent is ended, by SIGINT to it alone too, children finish their replies, and then end."""
    for ending in ("SIGKILL", "SIGINT"):
        clients = [f"A ({ending})", f"B ({ending})"]
        silent = orphans.snapshot(f"both are silent ({ending})")
        if not all(_has_a_child(silent, client) for client in clients):
            raise NotReached("no client is served by a process of its own")
        asked = orphans.snapshot(f"both have asked ({ending})")
        for client in clients:
            if not orphans.received(client):
                raise Mismatch(
                    expected=f"{client} is answered, though the parent is gone",
                    observed=f"{client} is not answered",
                    evidence=(*orphans.story(client), *map(asked.account, asked.processes[:4])),
                    hint="What ties a child's life to its parent's? daemon, killpg, PR_SET_PDEATHSIG",
                )
        gone = orphans.snapshot(f"both have gone ({ending})")
        if any(process.pid != gone.program for process in gone.processes if not process.is_zombie):
            raise Mismatch(
                expected="no child, once both clients have gone",
                observed=f"{len(_living(gone))} processes that live on",
                evidence=tuple(map(gone.account, gone.processes[:4])),
                hint="What does a child do when its one client has gone?",
            )


def _has_a_child(there: Snapshot, client: str) -> bool:
    return any(holder.pid != there.program for holder in there.holders(client))


@check(points=1, on=FORKING, stretch=True)
def test_prints_nothing_twice(printed: Recording, visits: Recording) -> None:
    """What the parent has printed is not printed again by a child."""
    printed.snapshot("both have gone")
    visits.snapshot("many clients have gone")
    before, after = (_lines(event.data) for event in printed.of("server", What.PRINTED))
    once = {line for line, count in before.items() if after[line] == count}
    buffered = _lines((visits.stdout.head + visits.stdout.tail).encode("utf-8", "backslashreplace"))
    twice = sorted(line for line in once if buffered[line] > before[line])
    if twice:
        raise Mismatch(
            expected=f"{before[twice[0]]} x {shown(twice[0].encode())}, whoever comes",
            observed=f"{buffered[twice[0]]} x {shown(twice[0].encode())} after {len(visits.clients)} clients",
            evidence=("printed at once, it is there once; printed in blocks, each child prints the parent's again",),
            hint="A child is a copy, with what its parent has printed and not flushed yet. How does it end? _exit(2)",
        )


def _lines(said: bytes) -> Counter[str]:
    """Lines and how often they are there; numbers, which may differ from run to run, as #."""
    text = re.sub(r"\d+", "#", said.decode("utf-8", "backslashreplace"))
    return Counter(line for line in text.splitlines() if line.strip())


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_ends_when_told(reachable: Recording) -> None:
    """SIGTERM and Ctrl-C end the server."""
    for name in ("SIGTERM", "SIGINT"):
        there = reachable.snapshot(f"{name} came")
        if there.parent is not None:
            raise Mismatch(
                expected=f"the server ends at {name}",
                observed=there.account(there.parent),
                hint="Which exceptions does the loop catch, and which signals are ignored? signal(7), KeyboardInterrupt",
            )


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_is_reachable_everywhere(reachable: Recording, visits: Recording) -> None:
    """Every IPv4 address of the machine leads to the server."""
    if not visits.received(track_named(visits.track).requests[0].name):
        raise NotReached("a client that comes by 127.0.0.1 is not answered either")
    there = reachable.snapshot("A came by another address")
    if not reachable.received("A"):
        addresses = ", ".join(listener.address for listener in there.listeners) or "none"
        raise Mismatch(
            expected="A, who comes by 127.0.0.2, is answered as one who comes by 127.0.0.1",
            observed="A is refused" if reachable.first("A", What.REFUSED) < NEVER else "A gets nothing",
            evidence=(*reachable.story("A"), f"the server listens on the address {addresses}"),
            hint="Which address does bind() get, and whom does it leave out? ip(7), INADDR_ANY",
        )


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_keeps_its_port(reachable: Recording) -> None:
    """A second server on the same port is refused."""
    there = reachable.snapshot("another server was started")
    listening = [seen for seen in there.listeners if seen.port == reachable.port]
    if len(listening) > 1:
        raise Mismatch(
            expected=f"one socket that listens on port {reachable.port}",
            observed=f"{len(listening)}: the kernel deals clients out to both servers",
            evidence=tuple(map(there.account, there.processes[:4])),
            hint="Which socket option lets two servers share a port, and which one is asked for here? socket(7)",
        )


@check(points=1, on=BLOCKING, stretch=True)
def test_queues_five_clients(reachable: Recording) -> None:
    """Five clients can wait while one is served."""
    there = reachable.snapshot("five are waiting")
    waiting = [name for name in ("Q1", "Q2", "Q3", "Q4", "Q5") if reachable.first(name, What.CONNECTED) <= there.at]
    if len(waiting) < 5:
        raise Mismatch(
            expected="five clients that wait in the queue",
            observed=f"{len(waiting)}: the queue takes no more",
            evidence=tuple(f"queue of {seen.queue}, {seen.waiting} in it" for seen in there.listeners),
            hint="What does the number in listen() count? listen(2)",
        )
