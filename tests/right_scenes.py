"""What a right server shows in each scene, written by hand: tests change one thing of it and see what it costs."""

from __future__ import annotations

from grader.model import BLOCKING, FORKING, TRACKS, Track
from grader.recording import Event, ProcessSeen, Recording, Snapshot, What
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


def rude(track: Track) -> Recording:
    """Some are served, some leave as no one should, and the last one is served."""
    polite = [f"client {number}" for number in range(1, 5)]
    return recording(
        "rude",
        snapshot("waiting", server(), at=0.125),
        *(seen for name in polite for seen in visit(name, 0.25)),
        snapshot("some have been served", server(), at=0.375),
        *comes("says nothing", 0.5),
        event("says nothing", What.LEFT, 0.625),
        *visit("last", 0.75),
        snapshot("all have gone", server(), at=1.0),
        track=track,
        about="survives_rude_clients",
    )


def unhurried(track: Track) -> Recording:
    """A is silent for a while; in chapter 2 B asks in two pieces and C says too much; D's bytes are no text; E asks."""
    reply = GREETING if track is BLOCKING else PAGE
    of_chapter_2: tuple[Event | Snapshot, ...] = (
        *visit("B", 0.5, took=0.0625, reply=reply),
        snapshot("B's blank line is still to come", server(), child(9, "B"), clients="B", at=0.53125),
        snapshot("B has asked all", server(), at=0.59375),
        *visit("C", 0.625, reply=reply),
        snapshot("C has said too much", server(), at=0.6875),
    )
    return recording(
        "unhurried",
        snapshot("waiting", server(), at=0.125),
        *visit("A", 0.25, reply=reply),
        snapshot("A is silent", server(), at=0.25),
        snapshot("A has asked", server(), at=0.375),
        *(of_chapter_2 if track is FORKING else ()),
        *visit("D", 0.75, reply=reply),
        snapshot("D has sent bytes that are no text", server(), at=0.8125),
        *visit("E", 0.875, reply=reply),
        snapshot("E has gone", server(), at=1.0),
        track=track,
        about="bears_any_bytes",
    )


def scarce_descriptors(track: Track) -> Recording:
    """A and B come when no descriptor is left, C when there are some again."""
    return recording(
        "scarce_descriptors",
        snapshot("waiting", server(), at=0.125),
        *visit("A", 0.25),
        *comes("B", 0.25),
        snapshot("no descriptor is left", server(call="clock_nanosleep", on=0), clients="B", at=0.375),
        *answered("B", 0.5),
        *visit("C", 0.625),
        snapshot("C has gone", server(), at=1.0),
        track=track,
        about="survives_full_descriptor_table",
    )


def failed_fork() -> Recording:
    """A is let go when no process is to be had, and B is served when there is."""
    return recording(
        "failed_fork",
        snapshot("waiting", server(), at=0.125),
        *comes("A", 0.25),
        event("A", What.ENDED, 0.375),
        snapshot("no process is to be had", server(), at=0.5),
        *visit("B", 0.625),
        snapshot("B has gone", server(), at=1.0),
        about="survives_failed_fork",
    )


def aborted(track: Track) -> Recording:
    """A is gone before it is accepted, and B is served."""
    return recording(
        "aborted",
        snapshot("waiting", server(), at=0.125),
        *comes("A", 0.25),
        snapshot("A waits to be accepted", server(state="T"), clients="A", at=0.375),
        snapshot("A has aborted", server(), at=0.5),
        *visit("B", 0.625),
        snapshot("B has gone", server(), at=1.0),
        track=track,
        about="survives_aborted_connection",
    )


def orphans() -> Recording:
    """The parent is ended, by one signal and by another; its children serve A and B, and end."""
    parts: list[Event | Snapshot] = []
    for since, name in ((0.0, "SIGKILL"), (1.0, "SIGINT")):
        a, b = f"A ({name})", f"B ({name})"
        at_work = (child(8, a), child(9, b))
        parts += [
            snapshot(f"waiting ({name})", server(), at=since + 0.125),
            *comes(a, since + 0.25),
            *comes(b, since + 0.25),
            snapshot(f"both are silent ({name})", server(), *at_work, clients=(a, b), at=since + 0.375),
            snapshot(f"the parent got {name}", *at_work, clients=(a, b), at=since + 0.5),
            *answered(a, since + 0.625),
            *answered(b, since + 0.625),
            snapshot(f"both have asked ({name})", at=since + 0.75),
            snapshot(f"both have gone ({name})", at=since + 0.875),
        ]
    return recording("orphans", *parts, about="children_outlive_parent")


def printed() -> Recording:
    """A greeting, and a line for each client."""
    return recording(
        "printed",
        snapshot("waiting", server(), at=0.125),
        event("server", What.PRINTED, 0.1875, b"Port 8888\n"),
        *visit("A", 0.25),
        *visit("B", 0.375),
        snapshot("both have gone", server(), at=0.5),
        event("server", What.PRINTED, 0.625, b"Port 8888\nserved pid 8\nserved pid 9\n"),
        about="prints_nothing_twice",
    )


def reachable(track: Track) -> Recording:
    """Everything that may come to the port, and what ends the server."""
    waits = (listener(track.port),)
    queued = ("Q1", "Q2", "Q3", "Q4", "Q5")
    queue: tuple[Event | Snapshot, ...] = (
        *comes("first", 0.34375),
        snapshot("the first one is being served", server("first"), clients=("first",), at=0.359375, listeners=waits),
        *(seen for name in queued for seen in comes(name, 0.375)),
        snapshot("five are waiting", server("first"), clients=("first", *queued), at=0.5, listeners=waits),
    )
    return recording(
        "reachable",
        snapshot("waiting", server(), at=0.125, listeners=waits),
        *visit("A", 0.25),
        snapshot("A came by another address", server(), at=0.3125, listeners=waits),
        *(queue if track is BLOCKING else ()),
        snapshot("another server was started", server(), at=0.625, listeners=waits),
        snapshot("SIGTERM came", at=0.75, listeners=()),
        snapshot("waiting for SIGINT", server(), at=0.875, listeners=waits),
        snapshot("SIGINT came", at=1.0, listeners=()),
        track=track,
        about="ends_when_told",
    )


def stretch(track: Track) -> list[Recording]:
    """The scenes beyond the core."""
    of_both = [rude, unhurried, scarce_descriptors, aborted, reachable]
    of_chapter_2 = [failed_fork(), orphans(), printed()] if track is FORKING else []
    return [*(scene(track) for scene in of_both), *of_chapter_2]


def right(track: Track) -> dict[str, Recording]:
    """Every scene of a track, as a right server shows it."""
    if track is BLOCKING:
        scenes = [visits(track), held_back_by_turns(), in_turn(), restart(track)]
    else:
        scenes = [
            visits(track), held_back_by_nobody(), crowd(), at_work(), many_visits(), oldest_stays(), burst(),
            live_children(), interrupted_accept(), storm(), restart(track),
        ]  # fmt: skip
    return {scene.experiment: scene for scene in (*scenes, *stretch(track))}


REFERENCES = {track.name: Reference(right(track)) for track in TRACKS}
"""A reference that did the same, by track's name."""
