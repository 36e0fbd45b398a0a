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
from grader.wording import retold, say

MOST_HOLDERS = 4


def told_by_looks(recording: Recording, clients: tuple[str, ...], processes: tuple[int, ...]) -> Iterator[Row]:
    """A row for each look, behind those of what it found about the clients and processes that are shown."""
    before: Snapshot | None = None
    for seen in recording.snapshots:
        yield from _accepted(seen, before, clients)
        yield from _forked(seen, before, processes)
        yield from _closed(seen, before, clients, processes)
        yield from _ended(seen, before, processes)
        label = one_line(retold(seen.label))
        yield Row(seen.at, Kind.LOOK, say("a look, {label}: {deeds}", label=label, deeds=_all_do(seen)), label)
        before = seen


def _all_do(seen: Snapshot) -> str:
    return one_line(seen.accounts) or say("no process is left")


def _forked(seen: Snapshot, before: Snapshot | None, processes: tuple[int, ...]) -> Iterator[Row]:
    for process in seen.others:
        if process.pid in processes and not (before and before.process(process.pid)):
            said, word = say("pid {pid} has been forked", pid=process.pid), say("fork")
            if process.is_zombie:
                said = say("pid {pid} has been forked and has ended (a zombie)", pid=process.pid)
                word = say("fork, ended")
            yield Row(seen.at, Kind.FORK, said, word, pid=process.pid, by=True)


def _accepted(seen: Snapshot, before: Snapshot | None, clients: tuple[str, ...]) -> Iterator[Row]:
    for client in clients:
        holders = seen.holders(client)
        if holders and not (before and before.holders(client)):
            held = say(" and ").join(map(seen.called, holders[:MOST_HOLDERS]))
            said = say("{client}'s connection has been accepted, and is held by {holders}", client=client, holders=held)
            word = say("accept {client}", client=client)
            if len(holders) > 1:
                word = say("accept {client}, {number} hold it", client=client, number=len(holders))
            yield Row(seen.at, Kind.DEED, said, word, by=True)


def _closed(
    seen: Snapshot, before: Snapshot | None, clients: tuple[str, ...], processes: tuple[int, ...]
) -> Iterator[Row]:
    for client in clients if before else ():
        held = {process.pid for process in before.holders(client)} if before else set()
        for pid in sorted(held - {process.pid for process in seen.holders(client)}):
            shown, now = (SERVER if pid == seen.program else pid), seen.process(pid)
            if now and not now.is_zombie and shown in (SERVER, *processes):
                said = say("{process} has closed {client}'s connection", process=seen.called(now), client=client)
                yield Row(seen.at, Kind.DEED, said, say("close {client}", client=client), pid=shown, by=True)


def _ended(seen: Snapshot, before: Snapshot | None, processes: tuple[int, ...]) -> Iterator[Row]:
    for pid in processes:
        was = before.process(pid) if before else None
        now = seen.process(pid)
        if was and now is None:
            said = say("pid {pid} has ended and was waited for", pid=pid)
            yield Row(seen.at, Kind.DEED, said, say("reaped"), pid=pid, by=True)
        elif was and now and now.is_zombie and not was.is_zombie:
            said = say("pid {pid} has ended and was not waited for (a zombie)", pid=pid)
            yield Row(seen.at, Kind.DEED, said, say("zombie"), pid=pid, by=True)


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
