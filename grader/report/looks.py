"""What looks at a server found that had been done since the look before: accept, fork, close, an end. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from grader.recording import (
    ACCEPTING_CALLS,
    READING_CALLS,
    SLEEPING_CALLS,
    ProcessSeen,
    Recording,
    Snapshot,
    ThreadSeen,
)
from grader.report.clean import one_line
from grader.report.rows import SERVER, Kind, Row, Wait

MOST_HOLDERS = 4


def told_by_looks(recording: Recording, clients: tuple[str, ...], processes: tuple[int, ...]) -> Iterator[Row]:
    """A row for each look, behind those of what it found about the clients and processes that are shown."""
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
            held = " and ".join(map(seen.called, holders[:MOST_HOLDERS]))
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


def sleeping_processes(recording: Recording, processes: tuple[int, ...]) -> Iterator[Wait]:
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
