"""What a right server shows in each scene, written by hand: tests change one thing of it and see what it costs."""

from __future__ import annotations

from grader.model import BLOCKING, FORKING, TRACKS, Track
from grader.recording import ProcessSeen, Recording, What
from grader.reference import Reference
from tests.recordings import (
    GREETING,
    PAGE,
    answered,
    child,
    comes,
    event,
    inode_of,
    listener,
    recording,
    server,
    snapshot,
    visit,
    worker,
)

CROWD = tuple(f"C{number}" for number in range(1, 13))
MORE = tuple(f"D{number}" for number in range(1, 5))
BURST = tuple(f"C{number}" for number in range(1, 31))


def children(clients: tuple[str, ...] | str, first: int = 100) -> list[ProcessSeen]:
    """A child in its read for each client."""
    return [child(first + place, client) for place, client in enumerate(clients)]


def visits(track: Track) -> Recording:
    """Four clients with their requests, then twenty more."""
    waits = (listener(track.port),)
    reply = GREETING if track is BLOCKING else PAGE
    four = [
        seen
        for place, request in enumerate(track.requests)
        for seen in visit(request.name, 0.25 + place / 64, request=request.data, reply=reply)
    ]
    twenty = [seen for place in range(20) for seen in visit(f"client {place + 5}", 0.5 + place / 64, reply=reply)]
    return recording(
        "visits",
        snapshot("waiting", server(), at=0.125, listeners=waits),
        *four,
        snapshot("all but one of the first have gone", server(), at=0.3125, listeners=waits),
        snapshot("the first clients have gone", server(), at=0.375, listeners=waits),
        *twenty,
        snapshot("all but one have gone", server(), at=0.875, listeners=waits),
        snapshot("many clients have gone", server(), at=1.0, listeners=waits),
        track=track,
        about="leaves_no_descriptor_open",
    )


def held_back_by_turns() -> Recording:
    """Chapter 1: A is silent, and everybody waits for A."""
    waits = (listener(BLOCKING.port),)
    reads = server("A", call="recvfrom", on=inode_of("A"))
    asked = [event(name, What.SENT, 0.5, BLOCKING.request) for name in "BCD"]
    return recording(
        "held_back",
        snapshot("waiting", server(), at=0.125, listeners=waits),
        *comes("A", 0.25),
        snapshot("A is silent", reads, clients="A", at=0.375, listeners=waits),
        *(seen for name in "BCD" for seen in comes(name, 0.5)),
        *asked,
        snapshot("the others have asked", reads, clients="ABCD", at=0.625, listeners=waits),
        event("A", What.SENT, 0.75, BLOCKING.request),
        *(seen for place, name in enumerate("ABCD") for seen in answered(name, 0.875 + place / 64, GREETING)),
        snapshot("all have asked", server(), at=1.0, listeners=waits),
        track=BLOCKING,
        about="serves_one_client_at_a_time",
    )


def in_turn() -> Recording:
    """Chapter 1: three clients at once, one after the other at work."""
    works = server("A", call="clock_nanosleep", on=0, timed=True, asleep_since=0.25)
    return recording(
        "in_turn",
        snapshot("waiting", server(), at=0.125),
        *(seen for place, name in enumerate("ABC", 1) for seen in visit(name, 0.25, took=place / 8, reply=GREETING)),
        snapshot("all have asked", works, clients="ABC", at=0.3125),
        track=BLOCKING,
        delays=(0.125,),
        about="takes_turns_in_time",
    )


def restart(track: Track) -> Recording:
    """Started again right after it was ended."""
    return recording(
        "restart",
        snapshot("waiting", server(), at=0.125),
        *visit("A", 0.25),
        *comes("B", 0.375),
        snapshot("B is silent", server(), at=0.5),
        event("B", What.RESET, 0.625),
        snapshot("waiting again", server(), at=0.75),
        *visit("C", 0.875),
        snapshot("C has gone", server(), at=1.0),
        track=track,
        about="starts_again_at_once",
    )


def held_back_by_nobody() -> Recording:
    """Chapter 2: A is silent, and everybody else is served."""
    reads = child(8, "A")
    return recording(
        "held_back",
        snapshot("waiting", server(), at=0.125),
        *comes("A", 0.25),
        snapshot("A is silent", server(), reads, clients="A", at=0.375),
        *(seen for name in "BCD" for seen in visit(name, 0.5)),
        snapshot("the others have asked", server(), reads, clients="A", at=0.625),
        event("A", What.SENT, 0.75, FORKING.request),
        *answered("A", 0.875),
        snapshot("all have asked", server(), at=1.0),
        about="serves_others_while_one_is_silent",
    )


def crowd() -> Recording:
    """Twelve clients with a child each, then four more."""
    return recording(
        "crowd",
        snapshot("waiting", server(), at=0.125),
        *(seen for name in CROWD for seen in visit(name, 0.25, took=0.25)),
        snapshot("all are there", server(), *children(CROWD), clients=CROWD, at=0.375),
        *(seen for name in MORE for seen in visit(name, 0.625, took=0.25)),
        snapshot("four more are there", server(), *children(MORE, 200), clients=MORE, at=0.75),
        snapshot("all have gone", server(), at=1.0),
        about="gives_each_client_a_child",
    )


def at_work() -> Recording:
    """Four clients at once, and all at work."""
    at_it = [worker(8 + place, name, 0.25) for place, name in enumerate("ABCD")]
    return recording(
        "at_work",
        snapshot("waiting", server(), at=0.125),
        *(seen for name in "ABCD" for seen in visit(name, 0.25, took=0.125)),
        snapshot("all have asked", server(), *at_it, clients="ABCD", at=0.3125),
        delays=(0.125,),
        about="overlaps_in_time",
    )


def many_visits() -> Recording:
    """More clients than descriptors."""
    return recording(
        "many_visits",
        snapshot("waiting", server(), at=0.125),
        *(seen for number in range(1, 41) for seen in visit(f"client {number}", 0.25 + number / 64)),
        snapshot("all have gone", server(), at=1.0),
        about="outlives_its_descriptor_limit",
    )


def oldest_stays() -> Recording:
    """A outstays five others."""
    return recording(
        "oldest_stays",
        snapshot("waiting", server(), at=0.125),
        *comes("A", 0.25),
        snapshot("A is silent", server(), child(8, "A"), clients="A", at=0.375),
        *(seen for name in "BCDEF" for seen in visit(name, 0.5)),
        snapshot("the others have gone", server(), child(8, "A"), clients="A", at=0.625),
        event("A", What.SENT, 0.75, FORKING.request),
        *answered("A", 0.875),
        snapshot("A has gone", server(), at=1.0),
        about="reaps_each_child",
    )


def burst() -> Recording:
    """Thirty children end at once, and one more client comes."""
    return recording(
        "burst",
        snapshot("waiting", server(), at=0.125),
        *(seen for name in BURST for seen in comes(name, 0.25)),
        snapshot("all are there", server(), *children(BURST), clients=BURST, at=0.375),
        *visit("one more", 0.5),
        snapshot("one more client has come", server(), at=1.0),
        about="reaps_a_burst",
    )


def live_children() -> Recording:
    """A SIGCHLD comes while A and B live on, and when nobody does."""
    silent = (server(), child(8, "A"), child(9, "B"))
    return recording(
        "live_children",
        snapshot("waiting", server(), at=0.125),
        *comes("A", 0.25),
        *comes("B", 0.25),
        snapshot("A and B are silent", *silent, clients="AB", at=0.25),
        *visit("C", 0.375),
        snapshot("C has gone", *silent, clients="AB", at=0.5),
        snapshot("A's child was stopped and continued", *silent, clients="AB", at=0.625),
        *answered("A", 0.75),
        *answered("B", 0.75),
        snapshot("no child is left", server(), at=0.875),
        *visit("F", 1.0),
        about="goes_on_while_children_live",
    )


def interrupted_accept() -> Recording:
    """Three calls of accept are interrupted, and both clients are served."""
    return recording(
        "interrupted_accept",
        *(event("server", What.INTERRUPTED, place / 8, note=f"call {place} of accept") for place in (1, 2, 4)),
        snapshot("waiting", server(), at=0.25),
        *visit("A", 0.375),
        *visit("B", 0.625),
        snapshot("both have gone", server(), at=1.0),
        about="restarts_interrupted_accept",
    )


def storm() -> Recording:
    """Signals come, and everybody is served."""
    return recording(
        "storm",
        snapshot("waiting", server(), at=0.125),
        *(event("server", What.SIGNALLED, 0.25, note=f"{name} to the server") for name in ("SIGCHLD", "SIGURG")),
        *visit("A", 0.375),
        snapshot("the storm is over", server(), at=0.5),
        *visit("D", 0.75),
        about="survives_signals",
    )


def right(track: Track) -> dict[str, Recording]:
    """Every scene of a track, as a right server shows it."""
    if track is BLOCKING:
        scenes = [visits(track), held_back_by_turns(), in_turn(), restart(track)]
    else:
        scenes = [
            visits(track), held_back_by_nobody(), crowd(), at_work(), many_visits(), oldest_stays(), burst(),
            live_children(), interrupted_accept(), storm(), restart(track),
        ]  # fmt: skip
    return {scene.experiment: scene for scene in scenes}


REFERENCES = {track.name: Reference(right(track)) for track in TRACKS}
"""A reference that did the same, by track's name."""
