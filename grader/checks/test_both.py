"""What both servers must do."""

from grader import (
    BLOCKING,
    FORKING,
    NEVER,
    Calm,
    Mismatch,
    NotReached,
    Recording,
    Reference,
    What,
    check,
    say,
    shown,
    track_named,
)
from grader.replies import difference


@check(points=2, on=BLOCKING)
@check(points=2, on=FORKING)
def test_listens(visits: Recording) -> None:
    """The server listens on its port and sleeps there until a client comes."""
    waiting = visits.snapshot("waiting")
    port = track_named(visits.track).port
    listener = waiting.listener_on(port)
    if listener is None:
        ports = say(" and ").join(str(other) for other in sorted({seen.port for seen in waiting.listeners}))
        raise Mismatch(
            expected=say("a socket that listens on port {port}", port=port),
            observed=say("a socket that listens on port {port}", port=ports) if ports else "no socket that listens",
            hint=say("PORT is {port} in the environment. Which number does bind() get? ip(7)", port=port),
        )
    if waiting.parent is None or waiting.parent not in waiting.owners(listener):
        raise Mismatch(
            expected="the process that was started holds the listening socket",
            observed=say(", ").join(waiting.called(p) for p in waiting.owners(listener)) or "no process holds it",
            evidence=tuple(map(waiting.account, waiting.processes)),
            hint="Who calls listen(), and is that the process that you started?",
        )
    if waiting.calm is not Calm.SETTLED:
        raise Mismatch(
            expected="a server that sleeps until a client comes",
            observed="a server that never comes to rest",
            evidence=tuple(map(waiting.account, waiting.processes)),
            hint="Which call waits for a client without using the processor? accept(2)",
        )


@check(points=6, on=BLOCKING)
@check(points=6, on=FORKING)
def test_answers(visits: Recording, held_back: Recording, reference: Reference) -> None:
    """Every request gets the reply that the reference gives."""
    track = track_named(visits.track)
    for request in track.requests:
        if request.name not in visits.clients:
            raise visits.missing(request.name)
        received = visits.received(request.name)
        differs = difference(track.speech, reference.reply_to(request.data), received)
        if differs and visits.end_of(request.name) == NEVER and visits.was_stopped_by_us:
            raise visits.missing(request.name)
        if differs:
            complaints = () if received else visits.complaints
            raise Mismatch(
                expected=say("to {request}: {expected}", request=request.name, expected=differs[0]),
                observed=differs[1],
                evidence=(*visits.story(request.name), *(complaints or visits.last_words)),
                hint="What did the server do last, and what did it meet there?"
                if complaints
                else "Compare byte by byte with the hand-out: what is sent, and what of it is seen here?",
            )
    if held_back.first("A", What.RECEIVED) < held_back.first("A", What.SENT):
        raise Mismatch(
            expected="nothing, before the client has asked",
            observed=shown(held_back.received("A")),
            evidence=held_back.story("A"),
            hint="What does your server wait for before it answers?",
        )
    visits.snapshot("the first clients have gone")


@check(points=3, on=BLOCKING)
@check(points=4, on=FORKING)
def test_closes_after_reply(visits: Recording) -> None:
    """The connection is closed once the reply has been sent."""
    there = visits.snapshot("the first clients have gone")
    if not any(map(visits.received, visits.clients)):
        raise NotReached("no client got a reply", evidence=visits.story(*visits.clients[:2]))
    for request in track_named(visits.track).requests:
        if visits.end_of(request.name) == NEVER:
            raise Mismatch(
                expected="the end of the connection after the reply",
                observed=say("the reply, and nothing after it: {calm}", calm=there.calm.words),
                evidence=(*visits.story(request.name), *map(there.account, there.processes[:4])),
                hint="A connection ends when the last descriptor of it is closed, in every process: close(2).",
            )


@check(points=3, on=BLOCKING)
@check(points=3, on=FORKING)
def test_leaves_no_descriptor_open(visits: Recording) -> None:
    """However many clients have gone, no more descriptors are open than after the first few."""
    # Two looks early and two late: what is given back at the next client only is there at one of them and not the other.
    early = [
        _descriptors(visits, label) for label in ("all but one of the first have gone", "the first clients have gone")
    ]
    late = [_descriptors(visits, label) for label in ("all but one have gone", "many clients have gone")]
    had, has = max(early, key=len), min(late, key=len)
    if len(has) > len(had):
        new = sorted({target.split("[")[0] for number, target in has.items() if number not in had})
        raise Mismatch(
            expected=say(
                "{had} descriptors, as after the first {first} clients",
                had=len(had),
                first=len(track_named(visits.track).requests),
            ),
            observed=say("{has} descriptors after {many} clients", has=len(has), many=len(visits.clients)),
            evidence=(
                say("new ones lead to: {targets}", targets=say(", ").join(new)),
                say("look yourself: {command}", command="ls -l /proc/PID/fd"),
            ),
            hint="What is opened for each client, and who closes it when the client has gone?",
        )


def _descriptors(visits: Recording, label: str) -> dict[int, str]:
    """What the program has open at a look."""
    there = visits.snapshot(label)
    if there.parent is None:
        raise visits.missing("the server itself")
    return there.parent.descriptors


@check(points=1, on=BLOCKING)
@check(points=1, on=FORKING)
def test_starts_again_at_once(restart: Recording) -> None:
    """The server can be started again right after it was ended."""
    restart.snapshot("C has gone")
