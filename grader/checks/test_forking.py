"""What the server of chapter 2 must do, besides: a child for each client, and none left behind."""

from grader import (
    FORKING,
    Calm,
    ConnectionSeen,
    Inconclusive,
    Mismatch,
    NotReached,
    ProcessSeen,
    Recording,
    Reference,
    Snapshot,
    What,
    check,
    say,
)
from grader.timing import (
    each_reads_in_a_process_of_its_own,
    in_seconds,
    overlap_is_refuted,
    overlap_is_seen,
    overlap_is_timed,
    takes,
)


@check(points=8, on=FORKING)
def test_serves_others_while_one_is_silent(held_back: Recording) -> None:
    """A client that says nothing holds up nobody."""
    there = held_back.snapshot("the others have asked")
    for name in "BCD":
        served = min(held_back.first(name, What.RECEIVED), held_back.end_of(name))
        if served > there.at:
            raise Mismatch(
                expected=say("{name} is served while A is silent", name=name),
                observed=say("{name} has nothing: {calm}", name=name, calm=there.calm.words),
                evidence=(*held_back.story("A", name), *map(there.account, there.processes[:4])),
                hint="In which call is the server, and on whose connection? Who could wait there in its place? fork(2)",
            )


@check(points=5, on=FORKING)
def test_gives_each_client_a_child(crowd: Recording) -> None:
    """Each client is served by a process of its own, forked for it, that serves no other."""
    clients_of: dict[int, list[str]] = {}
    for label in ("all are there", "four more are there"):
        there = crowd.snapshot(label)
        if not there.connections:
            raise NotReached(
                say(
                    "no client was connected any more when {label}: the server ends silent clients at once", label=label
                )
            )
        for client, processes in _servers(there).items():
            if not processes:
                holders = [there.account(holder) for holder in there.holders(client)]
                raise Mismatch(
                    expected=say("a child that serves {client}", client=client),
                    observed=say("; ").join(holders)
                    if holders
                    else say("{client} still waits to be accepted", client=client),
                    evidence=tuple(map(there.account, there.processes[:6])),
                    hint="What happens between accept() and the first recv(), and in which process? fork(2)",
                )
            for process in processes:
                clients_of.setdefault(process.pid, []).append(client)
    for pid, clients in clients_of.items():
        if len(clients) > 1:
            raise Mismatch(
                expected="a process for each client that serves no other",
                observed=say("pid {pid} serves {clients}", pid=pid, clients=say(" and ").join(clients)),
                evidence=tuple(
                    say("pid {pid} serves {clients}", pid=pid, clients=say(", ").join(theirs))
                    for pid, theirs in list(clients_of.items())[:8]
                ),
                hint="When is the process made that serves a client, and when does it end?",
            )


@check(points=4, on=FORKING)
def test_overlaps_in_time(at_work: Recording, crowd: Recording, reference: Reference) -> None:
    """The work for several clients is done at the same time."""
    found = takes(at_work, "ABCD")
    if any(overlap_is_seen(take) or overlap_is_timed(take) for take in found):
        return
    take = found[-1]
    does_not_sleep = min(take.services) < take.delay
    if does_not_sleep and each_reads_in_a_process_of_its_own(crowd.snapshot("all are there")):
        return
    if not does_not_sleep and not any(map(overlap_is_refuted, found)):
        raise Inconclusive(
            "the machine did not let us see four clients at work at one instant, nor that one had to wait"
        )
    theirs = reference.recording("at_work")
    measured = [f"{name}: {in_seconds(took)}" for name, took in zip(take.clients, take.services, strict=True)]
    if theirs is not None:
        total = takes(theirs, "ABCD")[-1].total
        measured.append(say("the reference: {total:.3f} s for all four", total=total))
    raise Mismatch(
        expected=say(
            "four clients at work at one instant, each in a process of its own (DELAY is {delay:g} s)", delay=take.delay
        ),
        observed=say(
            "{total} for all four, and {number} at work at one instant",
            total=in_seconds(take.total),
            number=sum(map(bool, take.at_work.values())),
        ),
        evidence=(*measured, *map(take.look.account, take.look.processes[:6])),
        hint="Who waits for whom while a child works? Is the parent back in accept() at once?",
    )


@check(points=5, on=FORKING)
def test_parent_closes_connections(crowd: Recording) -> None:
    """The parent closes its copy of every connection that it gives to a child."""
    there = crowd.snapshot("all are there")
    _some_client_has_a_child(there)
    given = [client for client, processes in _servers(there).items() if processes]
    kept = [client for client in given if there.parent in there.holders(client)]
    if kept:
        raise Mismatch(
            expected="none of the connections that children serve is open in the parent",
            observed=say(
                "{kept} of {given} are open in the parent too: {names}",
                kept=len(kept),
                given=len(given),
                names=say(", ").join(kept),
            ),
            evidence=tuple(
                say("{client}'s connection is held by {holder}", client=kept[0], holder=there.called(holder))
                for holder in there.holders(kept[0])
            ),
            hint="After fork() both processes have every descriptor. Which does each of them need? fork(2), close(2)",
        )


@check(points=4, on=FORKING)
def test_children_close_listener(crowd: Recording) -> None:
    """A child closes its copy of the listening socket."""
    there = crowd.snapshot("all are there")
    _some_client_has_a_child(there)
    listeners = {listener.inode for listener in there.listeners}
    serving = {process.pid: process for processes in _servers(there).values() for process in processes}
    keeping = [process for process in serving.values() if process.sockets & listeners]
    if keeping:
        raise Mismatch(
            expected="no child holds the listening socket",
            observed=say("{keeping} of {serving} children hold it", keeping=len(keeping), serving=len(serving)),
            evidence=tuple(
                say("{process} holds the listening socket", process=there.called(process)) for process in keeping[:3]
            ),
            hint="What would happen to the port if the parent ended now? Which socket does a child need?",
        )


@check(points=3, on=FORKING)
def test_outlives_its_descriptor_limit(many_visits: Recording) -> None:
    """The server serves more clients, one after the other, than it may have descriptors."""
    many_visits.snapshot("all have gone")


@check(points=4, on=FORKING)
def test_reaps_each_child(oldest_stays: Recording) -> None:
    """A child that has ended is reaped while the server waits for the next client, whoever else is still being served."""
    _some_client_has_a_child(oldest_stays.snapshot("A is silent"))
    for label in ("the others have gone", "A has gone"):
        there = oldest_stays.snapshot(label)
        if there.zombies:
            raise Mismatch(
                expected="no zombie while the server waits for the next client",
                observed=say("{number} when {label}", number=len(there.zombies), label=label),
                evidence=tuple(map(there.account, there.processes[:6])),
                hint="Who learns that a child has ended, and when? signal(7) on SIGCHLD, waitpid(2)",
            )


@check(points=4, on=FORKING)
def test_zombies_do_not_pile_up(visits: Recording, oldest_stays: Recording) -> None:
    """However many clients come and go, zombies do not become more and more."""
    _some_client_has_a_child(oldest_stays.snapshot("A is silent"))
    before, after = visits.snapshot("the first clients have gone"), visits.snapshot("many clients have gone")
    more = len(after.zombies) - len(before.zombies)
    came = len(visits.clients) - 4
    if more * 2 >= came:
        raise Mismatch(
            expected="no more zombies after many clients than after the first few",
            observed=say(
                "{few} zombies after 4 clients, {many} after {clients}",
                few=len(before.zombies),
                many=len(after.zombies),
                clients=len(visits.clients),
            ),
            evidence=tuple(map(after.account, after.processes[:4])),
            hint="What does the kernel keep of a process that has ended, until when, and for whom? waitpid(2)",
        )


@check(points=6, on=FORKING)
def test_reaps_a_burst(burst: Recording) -> None:
    """After a burst of disconnects and one more client, no process that served the burst is left, dead or alive, though many endings may send one signal."""
    there = burst.snapshot("all are there")
    _some_client_has_a_child(there)
    after = burst.snapshot("one more client has come")
    born = {process.pid for process in there.others} - {process.pid for process in burst.snapshot("waiting").processes}
    serving = {holder.pid for seen in there.connections for holder in there.holders(seen.client)}
    # A process that lives on and never held a client's connection is a helper: a fork server, a resource tracker.
    left = [p for p in after.others if p.pid in born and (p.is_zombie or p.pid in serving)]
    if left:
        dead = sum(process.is_zombie for process in left)
        raise Mismatch(
            expected=say("none of the {born} processes that served the burst", born=len(born)),
            observed=say(
                "{left} of them: {dead} zombies, {alive} still alive", left=len(left), dead=dead, alive=len(left) - dead
            ),
            evidence=tuple(map(after.account, left[:4])),
            hint="Signals of one kind do not queue: how many children may have ended when a handler runs? signal(7)",
        )


@check(points=4, on=FORKING)
def test_goes_on_while_children_live(live_children: Recording) -> None:
    """A SIGCHLD neither blocks nor spins the server, whether children still work or none is left."""
    _some_client_has_a_child(live_children.snapshot("A and B are silent"))
    for label in ("C has gone", "A's child was stopped and continued", "no child is left"):
        there = live_children.snapshot(label)
        if there.calm is Calm.SPINNING:
            raise Mismatch(
                expected="a server that sleeps until the next client comes",
                observed=say("a server that spins when {label}", label=label),
                evidence=tuple(map(there.account, there.processes[:4])),
                hint="What does waitpid() return while children live, and what when none is left? Does your loop end then?",
            )
    if not live_children.was_served("F"):
        raise live_children.missing("F was served")


@check(points=4, on=FORKING)
def test_restarts_interrupted_accept(interrupted_accept: Recording) -> None:
    """When `accept` is interrupted by a signal (EINTR), the server carries on and accepts the next client."""
    interrupted_accept.snapshot("both have gone")
    if len(interrupted_accept.of("server", What.INTERRUPTED)) < 3:
        raise Inconclusive("accept could not be interrupted: the server never called it through socket.accept")


@check(points=3, on=FORKING)
def test_survives_signals(storm: Recording) -> None:
    """Clients are all served while children come and go and signals arrive."""
    storm.snapshot("the storm is over")
    if not storm.was_served("D"):
        raise storm.missing("D was served")


def _some_client_has_a_child(there: Snapshot) -> None:
    """Raise NotReached where no client is served by a process of its own: there is nothing to look at."""
    if not any(_servers(there).values()):
        raise NotReached("no client is served by a process of its own")


def _servers(there: Snapshot) -> dict[str, list[ProcessSeen]]:
    """Which processes serve each client: they read from it, or they hold no newer connection; never the program.

    A child also holds what its parent forgot to close before the fork, so that holding alone tells nothing.
    """
    newest_first = list(reversed(there.connections))
    found: dict[str, list[ProcessSeen]] = {}
    for seen in there.connections:
        others = [holder for holder in there.holders(seen.client) if holder.pid != there.program]
        on_it = [p for p in others if any(thread.inode == seen.inode for thread in p.threads)]
        newest = [p for p in others if _first_held(p, newest_first) == seen.inode]
        found[seen.client] = on_it or newest
    return found


def _first_held(process: ProcessSeen, connections: list[ConnectionSeen]) -> int:
    return next((seen.inode for seen in connections if seen.inode in process.sockets), 0)
