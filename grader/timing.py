"""Reads the takes of a timed scene: how long all took, and who was at work at one instant. Pure."""

from __future__ import annotations

import msgspec

from grader.recording import (
    NEVER,
    POLLING_CALLS,
    READING_CALLS,
    SLEEPING_CALLS,
    Calm,
    ConnectionSeen,
    ProcessSeen,
    Recording,
    Snapshot,
    What,
)
from grader.wording import filed, say

TAKES = 3
LONGEST = 1.0
"""Seconds; no DELAY is longer."""
WORK = filed("all have asked")


OPEN = frozenset({"ESTABLISHED", "CLOSE_WAIT"})
"""States of a connection that the server's end has not closed; tcp(7)."""


class Take(msgspec.Struct, frozen=True):
    """One take: clients that ask at once, with one DELAY.

    Args:
        total: seconds from before the first connect to the last end of a connection; NEVER if one has none.
        services: seconds from before the connect to the end, by client.
        look: at work under way.
    """

    delay: float
    clients: tuple[str, ...]
    total: float
    services: tuple[float, ...]
    look: Snapshot

    @property
    def least(self) -> float:
        """What serving them one after the other takes at the least, in seconds."""
        return len(self.clients) * self.delay

    @property
    def each_took_its_delay(self) -> bool:
        """No service was shorter than DELAY."""
        return min(self.services) >= self.delay

    @property
    def accepted(self) -> tuple[str, ...]:
        """Clients whose connection a process held at the look."""
        return tuple(client for client in self.clients if self.look.holders(client))

    @property
    def at_work(self) -> dict[str, set[int]]:
        """For each client, the processes that hold its connection at the look and sleep or run in their work.

        A process that waits without a timer, for a lock or for another process, is not at work, and neither is the
        program, which gives connections away.
        """
        return {
            client: {
                process.pid
                for process in self.look.holders(client)
                if process.pid != self.look.program
                and any(thread.timed or thread.state == "R" for thread in process.threads)
            }
            for client in self.clients
        }

    @property
    def none_had_ended(self) -> bool:
        """At the look no server's end of a client's connection was closed."""
        seen = [self.look.connection(client) for client in self.clients]
        return all(end is not None and end.state in OPEN for end in seen)

    @property
    def tasks(self) -> int:
        """How many tasks slept in their work at the look: never more than clients were accepted."""
        came = self.look.at - self.total if self.total != NEVER else 0.0
        asleep = [
            thread
            for process in self.look.processes
            for thread in process.threads
            if thread.call in SLEEPING_CALLS and thread.asleep_since >= came
        ]
        return min(len(asleep), len(self.accepted))


def delays_from(first: float) -> tuple[float, ...]:
    """DELAY of the takes, in seconds: four times as long each; one is needed only where the one before proves nothing."""
    return tuple(min(first * 4**take, LONGEST) for take in range(TAKES))


def name_of(client: str, take: int) -> str:
    """A client's name in a take: A, A2, A3."""
    return client if take == 0 else f"{client}{take + 1}"


def label_of(take: int) -> str:
    """Label of the look at work in a take."""
    return WORK if take == 0 else filed("all have asked ({number})", number=take + 1)


def takes(recording: Recording, clients: str) -> list[Take]:
    """The takes of a scene, as far as it came.

    Raises:
        NotReached, Inconclusive: it did not come to the end of the last one that was begun.
    """
    found = []
    for number, delay in enumerate(recording.delays):
        look = recording.snapshot(label_of(number))
        names = tuple(name_of(client, number) for client in clients)
        began = min(recording.first(name, What.CONNECTING) for name in names)
        if not all(recording.was_served(name) for name in names):
            raise recording.missing("the end of every client's service")
        found.append(
            Take(
                delay=delay,
                clients=names,
                total=max(map(recording.end_of, names)) - began,
                services=tuple(map(recording.service, names)),
                look=look,
            )
        )
    if not found:
        raise recording.missing("a first take")
    return found


def proves_turns_or_their_lack(take: Take) -> bool:
    """Nothing would be learnt from another take of `in_turn`."""
    return take.total < take.least or bool(take.accepted)


def overlap_is_seen(take: Take) -> bool:
    """Every client at work at one instant, each in a process of its own."""
    at_work = take.at_work.values()
    return all(at_work) and len(set().union(*at_work)) >= len(take.clients)


def overlap_is_timed(take: Take) -> bool:
    """All took less than one after the other can take, though each took its DELAY."""
    return take.total < take.least and take.each_took_its_delay


def overlap_is_refuted(take: Take) -> bool:
    """Nothing could move, none had ended, somebody was at work (the program itself, too), and somebody had to wait."""
    at_work = take.at_work.values()
    somebody_works = any(at_work) or any(
        thread.call in SLEEPING_CALLS
        for client in take.clients
        for process in take.look.holders(client)
        for thread in process.threads
    )
    return take.look.calm is Calm.SETTLED and take.none_had_ended and somebody_works and not all(at_work)


def proves_overlap_or_its_lack(take: Take) -> bool:
    """Nothing would be learnt from another take of `at_work`."""
    return (
        overlap_is_seen(take) or overlap_is_timed(take) or overlap_is_refuted(take) or min(take.services) < take.delay
    )


def each_reads_in_a_process_of_its_own(there: Snapshot) -> bool:
    """Every client of a crowd has a process of its own that sleeps in a read on its connection, or polls it."""
    readers = [{process.pid for process in there.others if _waits_for(process, seen)} for seen in there.connections]
    return bool(readers) and all(readers) and len(set().union(*readers)) == len(readers)


def _waits_for(process: ProcessSeen, seen: ConnectionSeen) -> bool:
    """A thread of it reads from this connection or polls it.

    What select(2) and epoll(7) watch can't be seen; then it is one of the connections that the process holds.
    """
    return seen.inode in process.sockets and any(
        (thread.inode == seen.inode and thread.call in READING_CALLS | POLLING_CALLS)
        or (not thread.inode and thread.call in POLLING_CALLS)
        for thread in process.threads
    )


def in_seconds(took: float) -> str:
    """A time that was measured, as it is told; NEVER is none."""
    return say("no end") if took == NEVER else f"{took:.3f} s"
