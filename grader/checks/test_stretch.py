"""What a server may do beyond the core: a bonus, shown apart."""

import re
from collections import Counter
from collections.abc import Callable

from grader import (
    BLOCKING,
    FORKING,
    NEVER,
    Calm,
    Inconclusive,
    Mismatch,
    NotReached,
    Recording,
    Snapshot,
    What,
    check,
    say,
    shown,
    track_named,
)
from grader.replies import difference


@check(points=2, on=BLOCKING, stretch=True)
@check(points=2, on=FORKING, stretch=True)
def test_survives_rude_clients(rude: Recording, visits: Recording) -> None:
    """A client that leaves without a word, in the middle of a request, after it, or by reset ends nobody's service."""
    _must_answer(visits)
    _must_rest(visits)
    before, after = rude.snapshot("some have been served"), rude.snapshot("all have gone")
    if not rude.received("last"):
        raise Mismatch(
            expected="the last client is answered as those before the rude ones were",
            observed="it is not answered",
            evidence=rude.story("last"),
            hint="What has the server kept of those who left without waiting for their reply?",
        )
    if _living(after) > _living(before):
        _must_not_grow(visits, _living, say("processes stay behind, whoever has come and however they left"))
        raise Mismatch(
            expected=say("{number} living, as before the rude clients", number=_living(before)),
            observed=say("{number} living when they have gone", number=_living(after)),
            evidence=tuple(map(after.account, after.processes[:6])),
            hint="Which way does a child take out of its work when its client is gone? Is it the way out for good?",
        )
    if _sockets_and_pipes(after) > _sockets_and_pipes(before):
        why = say("descriptors stay open, whoever has come and however they left")
        _must_not_grow(visits, _sockets_and_pipes, why)
        raise Mismatch(
            expected=say(
                "{number} descriptors of sockets and pipes, as before the rude clients",
                number=_sockets_and_pipes(before),
            ),
            observed=say("{number} when they have gone", number=_sockets_and_pipes(after)),
            evidence=(say("look yourself: {command}", command=f"ls -l /proc/{after.program}/fd"),),
            hint="Who closes a connection on which recv() or sendall() has raised?",
        )


def _must_answer(visits: Recording) -> None:
    """Raise NotReached where clients that are as all are see the end without a reply: then no silence tells anything."""
    visits.snapshot("the first clients have gone")
    answered = [client for client in visits.clients if visits.received(client)]
    ended = [client for client in visits.clients if visits.first(client, What.ENDED) < NEVER]
    if not answered or set(ended) - set(answered):
        raise NotReached("clients that ask at once are not answered either", evidence=visits.story(*visits.clients[:2]))


def _must_rest(visits: Recording) -> None:
    """Raise NotReached where the server spins anyhow: it soon has used up its time on the CPU, whoever comes."""
    if any(look.calm is Calm.SPINNING for look in visits.snapshots):
        raise NotReached("the server spins, whoever comes and however they leave")


def _must_not_grow(visits: Recording, count: Callable[[Snapshot], int], why: str) -> None:
    """Raise NotReached where there is more and more of it though clients leave as they should."""
    few, many = visits.snapshot("the first clients have gone"), visits.snapshot("many clients have gone")
    if count(many) > count(few):
        raise NotReached(
            say("{why}: {few} after the first clients, {many} after many", why=why, few=count(few), many=count(many))
        )


def _living(there: Snapshot) -> int:
    return len(there.processes) - len(there.zombies)


def _sockets_and_pipes(there: Snapshot) -> int:
    """How many the program holds; a file may be the log that it has opened at the first error."""
    targets = there.parent.descriptors.values() if there.parent else ()
    return sum(target.startswith(("socket:", "pipe:")) for target in targets)


@check(points=1, on=FORKING, stretch=True)
def test_waits_for_the_whole_request(unhurried: Recording, visits: Recording) -> None:
    """A request in two pieces is answered once, when it is complete."""
    _must_answer(visits)
    half = unhurried.snapshot("B's blank line is still to come")
    if min(unhurried.first("B", What.RECEIVED), unhurried.end_of("B")) <= half.at:
        raise Mismatch(
            expected="nothing, while the blank line is still to come",
            observed=shown(unhurried.received("B")) if unhurried.received("B") else "the end of the connection",
            evidence=unhurried.story("B"),
            hint="TCP knows no messages: how does the server know that a request is complete? RFC 9112, 2.1",
        )
    unhurried.snapshot("B has asked all")
    _must_be_answered_as_others("B", unhurried, visits, say("Who puts the pieces together, and what ends a request?"))


@check(points=1, on=FORKING, stretch=True)
def test_delivers_reply_despite_unread_bytes(unhurried: Recording, visits: Recording) -> None:
    """Bytes of the client left unread do not turn the end into a reset."""
    _must_answer(visits)
    unhurried.snapshot("C has said too much")
    if unhurried.first("C", What.RESET) < NEVER:
        raise Mismatch(
            expected="the end of the connection, in order",
            observed="a reset: whoever reads slowly loses the reply",
            evidence=unhurried.story("C"),
            hint="What does the kernel do when a socket is closed before all is read? RFC 9112, 9.6",
        )
    _must_be_answered_as_others("C", unhurried, visits, say("What comes after the blank line, and who cares?"))


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_bears_any_bytes(unhurried: Recording, visits: Recording) -> None:
    """Bytes that are no text are a request like any other."""
    _must_answer(visits)
    unhurried.snapshot("D has sent bytes that are no text")
    _must_be_answered_as_others("D", unhurried, visits, say("Must a request be text to be answered? bytes.decode"))
    unhurried.snapshot("E has gone")


def _must_be_answered_as_others(client: str, unhurried: Recording, visits: Recording, hint: str) -> None:
    """Whether replies are right is asked by `answers`; here a client must get one that others get as well."""
    received = unhurried.received(client)
    usual = list(dict.fromkeys(filter(None, map(visits.received, visits.clients))))
    if received in usual or (received and len(usual) > 1):  # an echo, say, is wrong, but not for this client alone
        return
    differs = difference(track_named(visits.track).speech, usual[0], received)
    if differs:
        raise Mismatch(
            expected=differs[0],
            observed=differs[1],
            evidence=(*unhurried.story(client), *unhurried.last_words),
            hint=hint,
        )


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_waits_for_slow_clients(unhurried: Recording, visits: Recording) -> None:
    """A client that is slow to speak is still served."""
    _must_answer(visits)
    unhurried.snapshot("A has asked")
    if not unhurried.received("A"):
        raise Mismatch(
            expected="A is answered when it asks at last",
            observed="A is cut off" if unhurried.end_of("A") < NEVER else "A gets nothing",
            evidence=unhurried.story("A"),
            hint="How long does the server wait for a client, and why no longer? socket.settimeout",
        )


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_survives_full_descriptor_table(scarce_descriptors: Recording, visits: Recording) -> None:
    """With no descriptor left at accept (EMFILE) the server neither ends nor spins, and serves again afterwards."""
    _must_answer(visits)
    there = scarce_descriptors.snapshot("no descriptor is left")
    if there.calm is Calm.SPINNING:
        _must_rest(visits)
        raise Mismatch(
            expected="a server that rests until a descriptor may be free again",
            observed="a server that calls accept again and again",
            evidence=tuple(map(there.account, there.processes[:4])),
            hint="The client stays in the queue when accept fails with EMFILE. What will the next call say? accept(2)",
        )
    scarce_descriptors.snapshot("C has gone")


@check(points=2, on=FORKING, stretch=True)
def test_survives_failed_fork(failed_fork: Recording, visits: Recording, crowd: Recording) -> None:
    """When there is no process to be had at fork (EAGAIN), the client is let go and the server serves on."""
    _must_answer(visits)
    crowded = crowd.snapshot("all are there")
    if not any(_has_a_child(crowded, seen.client) for seen in crowded.connections):
        raise NotReached("no client is served by a process of its own")
    there = failed_fork.snapshot("no process is to be had")
    if failed_fork.end_of("A") > there.at:
        raise Mismatch(
            expected="A sees the end of its connection",
            observed="A still waits, and nobody will serve it",
            evidence=(*failed_fork.story("A"), *map(there.account, there.processes[:4])),
            hint="fork() has raised: who closes the connection of the client for whom there is no child?",
        )
    failed_fork.snapshot("B has gone")


def _has_a_child(there: Snapshot, client: str) -> bool:
    return any(holder.pid != there.program for holder in there.holders(client))


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_survives_aborted_connection(aborted: Recording, visits: Recording) -> None:
    """A connection aborted before accept is nobody else's loss."""
    _must_answer(visits)
    aborted.snapshot("B has gone")


@check(points=1, on=FORKING, stretch=True)
def test_children_outlive_parent(orphans: Recording, visits: Recording) -> None:
    """When the parent is ended, by SIGINT to it alone too, children finish their replies, and then end."""
    _must_answer(visits)
    for ending in ("SIGKILL", "SIGINT"):
        clients = [f"A ({ending})", f"B ({ending})"]
        before = orphans.snapshot(f"waiting ({ending})")
        silent = orphans.snapshot(f"both are silent ({ending})")
        if not all(_has_a_child(silent, client) for client in clients):
            raise NotReached("a client is not served by a process of its own: with the parent it loses its server")
        asked = orphans.snapshot(f"both have asked ({ending})")
        for client in clients:
            if not orphans.received(client):
                raise Mismatch(
                    expected=say("{client} is answered, though the parent is gone", client=client),
                    observed=say("{client} is not answered", client=client),
                    evidence=(*orphans.story(client), *map(asked.account, asked.processes[:4])),
                    hint="What ties a child's life to its parent's? daemon, killpg, PR_SET_PDEATHSIG",
                )
        gone = orphans.snapshot(f"both have gone ({ending})")
        left = [process for process in gone.processes if not (process.is_zombie or before.process(process.pid))]
        if left:
            _must_not_grow(visits, _living, say("children live on when their client has gone, parent or not"))
            raise Mismatch(
                expected="no child, once both clients have gone",
                observed=say("{number} that live on", number=len(left)),
                evidence=tuple(map(gone.account, left[:4])),
                hint="What does a child do when its one client has gone?",
            )


@check(points=1, on=FORKING, stretch=True)
def test_prints_nothing_twice(printed: Recording, visits: Recording) -> None:
    """What the parent has printed is not printed again by a child."""
    printed.snapshot("both have gone")
    visits.snapshot("many clients have gone")
    said = [_lines(event.data) for event in printed.of("server", What.PRINTED)]
    if len(said) < 2:
        raise printed.missing("lines of the server")
    if _wakes_by_itself(printed.snapshot("waiting")):
        return  # how often it prints is a matter of time, not of clients
    before, after = said
    once = {line for line, count in before.items() if after[line] == count}
    buffered = _lines(visits.stdout.kept.encode("utf-8", "backslashreplace"))
    twice = sorted(line for line in once if buffered[line] > before[line])
    if twice:
        raise Mismatch(
            expected=say("{number} x {line}, whoever comes", number=before[twice[0]], line=shown(twice[0].encode())),
            observed=say(
                "{number} x {line} after {clients} clients",
                number=buffered[twice[0]],
                line=shown(twice[0].encode()),
                clients=len(visits.clients),
            ),
            evidence=(
                say("printed at once, it is there once; printed in blocks, each child prints the parent's again"),
            ),
            hint="A child is a copy, with what its parent has printed and not flushed yet. How does it end? _exit(2)",
        )


def _wakes_by_itself(there: Snapshot) -> bool:
    return any(thread.timed for thread in there.parent.threads) if there.parent else False


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
        if _wakes_by_itself(there):
            raise Inconclusive(
                say("at {signal} the server sleeps on, with a timer: it may end when it wakes", signal=name)
            )
        if there.parent:
            raise Mismatch(
                expected=say("the server ends at {signal}", signal=name),
                observed=there.account(there.parent),
                hint="Which exceptions does the loop catch, and which signals are ignored? signal(7), KeyboardInterrupt",
            )


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_is_reachable_everywhere(reachable: Recording, visits: Recording) -> None:
    """Every IPv4 address of the machine leads to the server."""
    _must_answer(visits)
    there = reachable.snapshot("A came by another address")
    if not reachable.received("A"):
        addresses = say(", ").join(listener.address for listener in there.listeners) or say("none")
        raise Mismatch(
            expected="A, who comes by 127.0.0.2, is answered as one who comes by 127.0.0.1",
            observed="A is refused" if reachable.first("A", What.REFUSED) < NEVER else "A gets nothing",
            evidence=(*reachable.story("A"), say("the server listens on the address {addresses}", addresses=addresses)),
            hint="Which address does bind() get, and whom does it leave out? ip(7), INADDR_ANY",
        )


@check(points=1, on=BLOCKING, stretch=True)
@check(points=1, on=FORKING, stretch=True)
def test_keeps_its_port(reachable: Recording) -> None:
    """A second server on the same port is refused."""
    before, there = reachable.snapshot("waiting"), reachable.snapshot("another server was started")
    had, has = (sum(seen.port == reachable.port for seen in look.listeners) for look in (before, there))
    if has > had:
        raise Mismatch(
            expected=say(
                "{had} that listens on port {port}, as before the second server was started",
                had=had,
                port=reachable.port,
            ),
            observed=say("{has}: the kernel deals clients out to both servers", has=has),
            evidence=tuple(map(there.account, there.processes[:4])),
            hint="Which socket option lets two servers share a port, and which one is asked for here? socket(7)",
        )


@check(points=1, on=BLOCKING, stretch=True)
def test_queues_five_clients(reachable: Recording) -> None:
    """Five clients can wait while one is served."""
    there = reachable.snapshot("five are waiting")
    # A client may take itself for connected when the queue was full at the last step: the server's side tells.
    known = {seen.client for seen in there.connections if seen.state not in ("", "SYN_RECV", "NEW_SYN_RECV")}
    queue = ("Q1", "Q2", "Q3", "Q4", "Q5")
    waiting = [name for name in queue if name in known or reachable.end_of(name) <= there.at]
    if len(waiting) < 5:
        raise Mismatch(
            expected="five clients that wait in the queue",
            observed=say("{number}: the queue takes no more", number=len(waiting)),
            evidence=tuple(
                say("queue of {size}, {waiting} in it", size=seen.queue, waiting=seen.waiting)
                for seen in there.listeners
            ),
            hint="What does the number in listen() count? listen(2)",
        )
