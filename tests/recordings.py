"""Recordings by hand, in a few lines: processes, clients' events, snapshots.

    recording("crowd", snapshot("all are there", server(), child(8, "A"), clients="A"), *visit("B", 0.5))

An inode is a client's name in numbers, so that whoever holds a connection is told by the client alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from grader.grading import checks_here
from grader.judging import judge
from grader.model import FORKING, Check, Result, Track
from grader.recording import (
    Calm,
    ConnectionSeen,
    Event,
    ListenerSeen,
    ProcessSeen,
    Recording,
    Snapshot,
    ThreadSeen,
    What,
)
from grader.reference import Reference

SERVER = 7
"""Pid of the program that was started."""
LISTENER = 5
"""Inode of the listening socket."""
GREETING = b"Hello, I'm server"
PAGE = b"HTTP/1.1 200 OK\r\n\r\nHello, World!"


def inode_of(client: str) -> int:
    """Inode of the server's end of a client's connection."""
    return int.from_bytes(client.encode(), "big")


def thread(tid: int, call: str = "", inode: int = 0, *, state: str = "S", **more: Any) -> ThreadSeen:
    """A thread, asleep unless said otherwise."""
    return ThreadSeen(tid=tid, state=state, call=call, inode=inode, **more)


def process(
    pid: int,
    *threads: ThreadSeen,
    parent: int = SERVER,
    sockets: Iterable[int] = (),
    files: Iterable[str] = (),
) -> ProcessSeen:
    """A process that holds these sockets and files, and its standard input."""
    held = dict(enumerate((*(f"socket:[{inode}]" for inode in sockets), *files), start=3))
    return ProcessSeen(pid=pid, parent=parent, threads=threads, descriptors={0: "/dev/null", **held})


def server(*clients: str, call: str = "accept4", on: int = LISTENER, **more: Any) -> ProcessSeen:
    """The program itself, in accept, holding its listener and these clients' connections."""
    return process(SERVER, thread(SERVER, call, on, **more), parent=1, sockets=(LISTENER, *map(inode_of, clients)))


def child(pid: int, client: str, *others: str, call: str = "recvfrom", **more: Any) -> ProcessSeen:
    """A child that reads from a client, and holds the connections of others too."""
    return process(pid, thread(pid, call, inode_of(client), **more), sockets=map(inode_of, (client, *others)))


def worker(pid: int, client: str, since: float = 0.0) -> ProcessSeen:
    """A child that sleeps in its work for a client."""
    at_work = thread(pid, "clock_nanosleep", asleep_since=since, timed=True)
    return process(pid, at_work, sockets=(inode_of(client),))


def zombie(pid: int) -> ProcessSeen:
    """A child that has ended and was not waited for."""
    return ProcessSeen(pid=pid, parent=SERVER, threads=(thread(pid, state="Z"),))


def listener(port: int = FORKING.port, inode: int = LISTENER) -> ListenerSeen:
    """A listening socket on all interfaces."""
    return ListenerSeen(port=port, address="0.0.0.0", inode=inode, waiting=0, queue=5)


def snapshot(
    label: str,
    *processes: ProcessSeen,
    clients: Iterable[str] = (),
    at: float = 0.5,
    calm: Calm = Calm.SETTLED,
    listeners: tuple[ListenerSeen, ...] = (listener(),),
) -> Snapshot:
    """One look; a client's connection that no process holds waits to be accepted."""
    held = {inode for seen in processes for inode in seen.sockets}
    return Snapshot(
        label=label,
        at=at,
        calm=calm,
        program=SERVER,
        processes=processes,
        connections=tuple(
            ConnectionSeen(client=name, inode=inode_of(name) if inode_of(name) in held else 0, state="ESTABLISHED")
            for name in clients
        ),
        listeners=listeners,
    )


def event(who: str, what: What, at: float, data: bytes = b"", note: str = "") -> Event:
    """One thing that happened."""
    return Event(at=at, who=who, what=what, data=data, note=note)


def comes(client: str, at: float) -> tuple[Event, ...]:
    """A client connects."""
    return event(client, What.CONNECTING, at), event(client, What.CONNECTED, at)


def answered(client: str, at: float, reply: bytes = PAGE) -> tuple[Event, ...]:
    """A client gets its reply and sees the end."""
    return event(client, What.RECEIVED, at, reply), event(client, What.ENDED, at)


def visit(
    client: str, at: float, *, took: float = 0.0, request: bytes = FORKING.request, reply: bytes = PAGE
) -> tuple[Event, ...]:
    """A client connects, asks, and some seconds later is answered."""
    return (*comes(client, at), event(client, What.SENT, at, request), *answered(client, at + took, reply))


def recording(experiment: str, *parts: Event | Snapshot, track: Track = FORKING, **more: Any) -> Recording:
    """A scene of events and snapshots, told in any order."""
    more.setdefault("delays", (0.0,))
    return Recording(
        experiment=experiment,
        track=track.name,
        port=track.port,
        events=tuple(sorted((part for part in parts if isinstance(part, Event)), key=lambda seen: seen.at)),
        snapshots=tuple(part for part in parts if isinstance(part, Snapshot)),
        **more,
    )


def changed(seen: Recording, **more: Any) -> Recording:
    """The same recording with other fields."""
    return msgspec.structs.replace(seen, **more)


def with_snapshot(seen: Recording, other: Snapshot) -> Recording:
    """The same recording, with another look in place of the one of that label."""
    return changed(seen, snapshots=tuple(other if there.label == other.label else there for there in seen.snapshots))


def without(seen: Recording, who: str, *kinds: What) -> Recording:
    """The same recording, in which these events of one client did not happen (no kind: none of them)."""
    gone = seen.of(who, *kinds)
    return changed(seen, events=tuple(kept for kept in seen.events if kept not in gone))


def with_events(seen: Recording, *events: Event) -> Recording:
    """The same recording, in which this happened too."""
    return changed(seen, events=tuple(sorted((*seen.events, *events), key=lambda there: there.at)))


def check_called(check_id: str) -> Check:
    """The check of that id."""
    return next(check for check in checks_here() if check.id == check_id)


def judged(check_id: str, *recordings: Recording, reference: Reference | None = None) -> Result:
    """What a check makes of these recordings."""
    by_name = {seen.experiment: seen for seen in recordings}
    return judge(check_called(check_id), by_name, reference or Reference({}))
