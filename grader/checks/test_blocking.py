"""What the server of chapter 1 must do, besides: one client at a time."""

from grader import (
    ACCEPTING_CALLS,
    BLOCKING,
    NEVER,
    POLLING_CALLS,
    Mismatch,
    Recording,
    Reference,
    Snapshot,
    What,
    check,
    say,
)
from grader.timing import Take, in_seconds, takes

OTHERS = ("B", "C", "D")


@check(points=6, on=BLOCKING)
def test_serves_one_client_at_a_time(held_back: Recording) -> None:
    """A second client waits while the first one is being served."""
    there = held_back.snapshot("the others have asked")
    a_is_open = held_back.end_of("A") > there.at
    for name in OTHERS:
        refused = held_back.first(name, What.REFUSED) < NEVER
        answered = a_is_open and held_back.first(name, What.RECEIVED) <= there.at
        if refused or answered:
            raise Mismatch(
                expected=say("{name} waits while A is being served", name=name),
                observed=say("{name} is refused", name=name)
                if refused
                else say("{name} is answered while A has not spoken yet", name=name),
                evidence=(*held_back.story("A", name), *map(there.account, there.processes[:4])),
                hint="In chapter 1 nobody is served before the one before has gone. Where do two meet?",
            )
    held_back.snapshot("all have asked")
    first = min(held_back.first(name, What.RECEIVED) for name in OTHERS)
    if first < held_back.last("A", What.RECEIVED) < NEVER:
        raise Mismatch(
            expected="A's whole reply before any other's first byte",
            observed="another client's first byte came before A's last",
            evidence=held_back.story("A", *OTHERS),
            hint="Is the work for A done when the next client's begins?",
        )


@check(points=3, on=BLOCKING)
def test_serves_in_order_of_arrival(held_back: Recording) -> None:
    """Waiting clients are served in the order in which they came."""
    held_back.snapshot("all have asked")
    looked_at = held_back.snapshot("the others have asked").at
    served = sorted(filter(held_back.received, ("A", *OTHERS)), key=lambda name: held_back.first(name, What.RECEIVED))
    turned_away = [name for name in served if held_back.first(name, What.CONNECTED) > looked_at]
    came = sorted(set(served).difference(turned_away)) + turned_away  # by a full queue, to come again when they will
    if served != came:
        raise Mismatch(
            expected=say("served in the order {names}", names=say(", ").join(came)),
            observed=say("served in the order {names}", names=say(", ").join(served)),
            evidence=held_back.story(*came),
            hint="The kernel keeps those who wait in order: listen(2). Who changes it?",
        )


@check(points=3, on=BLOCKING)
def test_takes_turns_in_time(in_turn: Recording, reference: Reference) -> None:
    """Serving n clients takes at least n times DELAY: the work for one is done before the next one's begins."""
    take = takes(in_turn, "ABC")[-1]
    measured = [f"{name}: {in_seconds(took)}" for name, took in zip(take.clients, take.services, strict=True)]
    theirs = reference.recording("in_turn")
    if theirs is not None:
        took = ", ".join(map(in_seconds, takes(theirs, "ABC")[-1].services))
        measured.append(say("the reference, from connect to end: {took}", took=took))
    if take.total < take.least:
        raise Mismatch(
            expected=say("at least 3 x DELAY = {least:g} s for three clients", least=take.least),
            observed=say("{total:.3f} s: {why}", total=take.total, why=_why_so_short(in_turn, take)),
            evidence=tuple(measured),
            hint="Where in the handling of a request does the server sleep DELAY, and for whom?",
        )
    if take.tasks > 1:
        raise Mismatch(
            expected="one task at work at a time",
            observed=say(
                "{tasks} tasks at work for {clients} clients at one instant",
                tasks=take.tasks,
                clients=len(take.accepted),
            ),
            evidence=(*measured, *map(take.look.account, take.look.processes[:4])),
            hint="Who else is at work while the first client is being served?",
        )
    if not take.accepted:
        raise in_turn.missing("a look at work under way")


def _why_so_short(scene: Recording, take: Take) -> str:
    """What the clients saw of it."""
    turned_away = [client for client in take.clients if not scene.received(client)]
    if turned_away:
        return say("no reply came to {names}", names=say(", ").join(turned_away))
    return say("two at once") if take.each_took_its_delay else say("DELAY is not slept")


@check(points=3, on=BLOCKING)
def test_works_in_one_process(held_back: Recording) -> None:
    """The thread that accepts a client also serves it; none is added, and no process."""
    waiting, serving = held_back.snapshot("waiting"), held_back.snapshot("A is silent")
    before, now = _threads(waiting), _threads(serving)
    added = len(now) - len(before)  # a timer's thread may be another one at each look
    if added > 0:
        raise Mismatch(
            expected=say("no thread beside the {number} that waited for a client", number=len(before)),
            observed=say("{number} more since the client came", number=added),
            evidence=tuple(map(serving.account, serving.processes[:4])),
            hint="Chapter 1 needs neither fork nor threads. What is started for each client?",
        )
    there = serving.connection("A")
    on_a = {tid for tid, (_, inode) in now.items() if there and there.inode and inode == there.inode}
    waited = {tid for tid, (call, _) in before.items() if call in ACCEPTING_CALLS | POLLING_CALLS}
    if on_a and waited and not on_a & waited:
        raise Mismatch(
            expected="the thread that waited for a client serves it",
            observed="another thread serves it",
            evidence=(*map(waiting.account, waiting.processes), *map(serving.account, serving.processes)),
            hint="Who calls accept(), and who calls recv()?",
        )


def _threads(there: Snapshot) -> dict[int, tuple[str, int]]:
    """Call and socket of every living thread."""
    return {
        thread.tid: (thread.call, thread.inode)
        for process in there.processes
        if not process.is_zombie
        for thread in process.threads
    }
