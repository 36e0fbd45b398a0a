"""A recording as rows, in time's order: what a client saw when, and what a look found had been done by then. Pure.

    events (stamped)  ──┐
                        ├──> rows ──> the picture, its table, the terminal
    looks (what is new) ┘

A look says that something has been done, not when: its rows say `by`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from grader.model import Result
from grader.recording import (
    ACCEPTING_CALLS,
    NEVER,
    READING_CALLS,
    SLEEPING_CALLS,
    Event,
    ProcessSeen,
    Recording,
    Snapshot,
    ThreadSeen,
    What,
    told,
)
from grader.report.clean import one_line

MOST_CLIENTS = 5
MOST_PROCESSES = 4
FIRST_ROWS, LAST_ROWS = 10, 20
"""What is shown of a long scene: how it began, and how it ended."""
WORTH_A_GAP = 4
SERVER = 0
"""Stands for the program that was started, whichever pid it has."""
_PID = re.compile(r"\bpid (\d{1,9})\b")


class Kind(StrEnum):
    """How a row is drawn."""

    TO_SERVER = "from a client to a process"
    TO_CLIENT = "from a process to a client"
    CUT = "the same, and the connection was cut"
    FORK = "from a process to its child"
    DEED = "what a process did"
    LOOK = "a look at all processes"
    GAP = "rows that are left out"


class Row(NamedTuple):
    """One line of the story.

    Args:
        at: seconds since the scene began.
        said: a sentence.
        word: the same in a word or two; what the picture has room for.
        pid: the process, SERVER for the program itself.
        by: it had been done by then; when is not known.
    """

    at: float
    kind: Kind
    said: str
    word: str = ""
    client: str = ""
    pid: int = SERVER
    by: bool = False

    @property
    def time(self) -> str:
        """`0.120 s`, or `by 0.120 s`."""
        return "" if self.kind is Kind.GAP else f"{'by ' if self.by else ''}{self.at:.3f} s"


class Wait(NamedTuple):
    """A client waits for its reply, or a process sleeps in a call; to the end, where it never ended."""

    since: float
    until: float
    word: str
    client: str = ""
    pid: int = SERVER


class Story(NamedTuple):
    """A scene, as far as it is shown.

    Args:
        processes: pids of the server's children that are shown.
        others: how many clients and processes are not.
    """

    clients: tuple[str, ...]
    processes: tuple[int, ...]
    rows: tuple[Row, ...]
    waits: tuple[Wait, ...]
    others: tuple[int, int]


def story_of(recording: Recording, result: Result) -> Story:
    """What is shown of a scene beside a result: those of whom it speaks, else the first."""
    said = (result.expected, result.observed, *result.evidence)
    clients = _clients_named(recording, " ".join(said))
    everybody = _children(recording)
    processes = _processes_named(recording, clients, everybody, said)
    rows = sorted(
        [*_told_by_events(recording, clients, processes), *_told_by_looks(recording, clients, processes)],
        key=lambda row: row.at,
    )
    return Story(
        clients,
        processes,
        _without_the_middle(tuple(rows)),
        (*_waiting_clients(recording, clients), *_sleeping_processes(recording, processes)),
        (len(recording.clients) - len(clients), len(everybody) - len(processes)),
    )


def _clients_named(recording: Recording, said: str) -> tuple[str, ...]:
    words = set(said.replace("'s", " ").replace(",", " ").replace(":", " ").split())
    named = [client for client in recording.clients if client in words]
    return tuple((named or list(recording.clients))[:MOST_CLIENTS])


def _children(recording: Recording) -> tuple[int, ...]:
    """Every process of the scene but the program, in the order in which they were seen."""
    return tuple(dict.fromkeys(process.pid for seen in recording.snapshots for process in seen.others))


def _processes_named(
    recording: Recording, clients: tuple[str, ...], everybody: tuple[int, ...], said: tuple[str, ...]
) -> tuple[int, ...]:
    """Those that hold a shown client's connection, then those of whom the result speaks."""
    holders = {process.pid for seen in recording.snapshots for client in clients for process in seen.holders(client)}
    named = {int(pid) for line in said for pid in _PID.findall(line)}
    wanted = [pid for pid in everybody if pid in holders] + [pid for pid in everybody if pid in named - holders]
    return tuple(sorted(wanted[:MOST_PROCESSES]))


def _without_the_middle(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    left_out = len(rows) - FIRST_ROWS - LAST_ROWS
    if left_out <= WORTH_A_GAP:
        return rows
    gap = Row(rows[FIRST_ROWS].at, Kind.GAP, f"… {left_out} rows are left out …")
    return (*rows[:FIRST_ROWS], gap, *rows[-LAST_ROWS:])


# ------------------------------------------------------------------ what was seen from outside

_WORDS = {
    What.CONNECTING: (Kind.TO_SERVER, "connect"),
    What.SENT: (Kind.TO_SERVER, "request"),
    What.LEFT: (Kind.TO_SERVER, "leaves"),
    What.RECEIVED: (Kind.TO_CLIENT, "reply"),
    What.ENDED: (Kind.TO_CLIENT, "end"),
    What.RESET: (Kind.CUT, "reset"),
    What.REFUSED: (Kind.CUT, "refused"),
}


def _told_by_events(recording: Recording, clients: tuple[str, ...], processes: tuple[int, ...]) -> Iterator[Row]:
    serving = {client: _who_serves(recording, client, processes) for client in clients}
    for event in recording.events:
        if event.who == "server":
            yield _deed(event, processes)
        elif event.who in serving and event.what in _WORDS:
            kind, word = _WORDS[event.what]
            size = f" {len(event.data)} B" if event.data else ""
            yield Row(event.at, kind, _said(event), word + size, event.who, serving[event.who])


def _who_serves(recording: Recording, client: str, processes: tuple[int, ...]) -> int:
    """The one child that holds a client's connection at some look; the server where it is none, or more than one."""
    holders = {
        process.pid for seen in recording.snapshots for process in seen.holders(client) if process.pid != seen.program
    }
    return next(iter(holders)) if len(holders) == 1 and holders <= set(processes) else SERVER


def _deed(event: Event, processes: tuple[int, ...]) -> Row:
    """What became of the server; a signal to a process that is shown is drawn there."""
    bare = event.what in (What.EXITED, What.SIGNALLED)
    word = event.note.removesuffix(" to the server") if bare else f"{event.what.value} {event.note}".strip()
    to = _PID.findall(event.note) if event.what is What.SIGNALLED else []
    pid = int(to[0]) if to and int(to[0]) in processes else SERVER
    return Row(event.at, Kind.DEED, _said(event), one_line(word), pid=pid)


def _said(event: Event) -> str:
    return one_line(told(event).partition("  ")[2])


# ------------------------------------------------------------------ what looks found


def _told_by_looks(recording: Recording, clients: tuple[str, ...], processes: tuple[int, ...]) -> Iterator[Row]:
    before: Snapshot | None = None
    for seen in recording.snapshots:
        yield from _accepted(seen, before, clients)
        yield from _forked(seen, before, processes)
        yield from _closed(seen, before, clients, processes)
        yield from _ended(seen, before, processes)
        yield Row(seen.at, Kind.LOOK, f"a look, {one_line(seen.label)}: {_all_do(seen)}", one_line(seen.label))
        before = seen


def _all_do(seen: Snapshot) -> str:
    return one_line(seen.accounts) or "no process is left"


def _forked(seen: Snapshot, before: Snapshot | None, processes: tuple[int, ...]) -> Iterator[Row]:
    for process in seen.others:
        if process.pid in processes and not (before and before.process(process.pid)):
            ended = " and has ended (a zombie)" if process.is_zombie else ""
            said = f"pid {process.pid} has been forked{ended}"
            yield Row(seen.at, Kind.FORK, said, "fork, ended" if ended else "fork", pid=process.pid, by=True)


def _accepted(seen: Snapshot, before: Snapshot | None, clients: tuple[str, ...]) -> Iterator[Row]:
    for client in clients:
        holders = seen.holders(client)
        if holders and not (before and before.holders(client)):
            held = " and ".join(map(seen.called, holders[:MOST_PROCESSES]))
            said = f"{client}'s connection has been accepted, and is held by {held}"
            word = f"accept {client}" + (f", {len(holders)} hold it" if len(holders) > 1 else "")
            yield Row(seen.at, Kind.DEED, said, word, by=True)


def _closed(
    seen: Snapshot, before: Snapshot | None, clients: tuple[str, ...], processes: tuple[int, ...]
) -> Iterator[Row]:
    for client in clients if before else ():
        held = {process.pid for process in before.holders(client)} if before else set()
        for pid in sorted(held - {process.pid for process in seen.holders(client)}):
            shown, now = (SERVER if pid == seen.program else pid), seen.process(pid)
            if now and not now.is_zombie and shown in (SERVER, *processes):
                said = f"{seen.called(now)} has closed {client}'s connection"
                yield Row(seen.at, Kind.DEED, said, f"close {client}", pid=shown, by=True)


def _ended(seen: Snapshot, before: Snapshot | None, processes: tuple[int, ...]) -> Iterator[Row]:
    for pid in processes:
        was = before.process(pid) if before else None
        now = seen.process(pid)
        if was and now is None:
            yield Row(seen.at, Kind.DEED, f"pid {pid} has ended and was waited for", "reaped", pid=pid, by=True)
        elif was and now and now.is_zombie and not was.is_zombie:
            said = f"pid {pid} has ended and was not waited for (a zombie)"
            yield Row(seen.at, Kind.DEED, said, "zombie", pid=pid, by=True)


# ------------------------------------------------------------------ who waited how long


def _waiting_clients(recording: Recording, clients: tuple[str, ...]) -> Iterator[Wait]:
    """From its request to the first byte of the reply, or to the end."""
    for client in clients:
        asked = recording.first(client, What.SENT)
        until = min(recording.first(client, What.RECEIVED), recording.end_of(client), recording.last(client, What.LEFT))
        if asked != NEVER and until > asked:
            yield Wait(asked, until, "", client)


def _sleeping_processes(recording: Recording, processes: tuple[int, ...]) -> Iterator[Wait]:
    """As long as a process that is shown has been seen to sleep in one call without a break."""
    sleeps: dict[tuple[int, float], Wait] = {}
    for seen in recording.snapshots:
        for process in seen.processes:
            pid = SERVER if process.pid == seen.program else process.pid
            if pid in (SERVER, *processes):
                for thread in _asleep(process):
                    word = _call(thread)
                    sleeps[process.pid, thread.asleep_since] = Wait(thread.asleep_since, seen.at, word, pid=pid)
    yield from sleeps.values()


def _asleep(process: ProcessSeen) -> list[ThreadSeen]:
    """The thread that tells most of it: its first."""
    return [thread for thread in process.threads[:1] if thread.state == "S" and thread.call]


def _call(thread: ThreadSeen) -> str:
    """The system call, by the name that a student knows."""
    for calls, name in ((ACCEPTING_CALLS, "accept"), (READING_CALLS, "read"), (SLEEPING_CALLS, "sleep")):
        if thread.call in calls:
            return name
    return thread.call
