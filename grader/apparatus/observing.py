"""Judges whether anything in a box can still move, and draws what is there when nothing can."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection

from grader.apparatus import settling
from grader.apparatus.clients import Clients, Ends
from grader.apparatus.diary import Diary
from grader.apparatus.processes import Gone, Thread
from grader.apparatus.sandbox.box import Box
from grader.apparatus.scene import Unclear
from grader.apparatus.settling import Circumstances, Memory, Reading, is_parked, may_yet_reap, read_all
from grader.apparatus.sockets import SocketSeen
from grader.recording import ACCEPTING_CALLS, Calm, ConnectionSeen, ListenerSeen, ProcessSeen, Snapshot, ThreadSeen
from grader.wording import filed


class Observer:
    """Reads every process, socket and queue of one scene; changes nothing but its own memory."""

    def __init__(self, box: Box, clients: Clients, diary: Diary) -> None:
        """Nothing was read yet."""
        self._box = box
        self._clients = clients
        self._diary = diary
        self._listeners: tuple[SocketSeen, ...] = ()
        self._population: frozenset[tuple[int, bool]] = frozenset()
        self.has_seen_it_wait = False
        self.forget()

    def forget(self) -> None:
        """A program was started: what was seen before was another one's."""
        self._memory = Memory()
        self._first_processes: frozenset[int] = frozenset()

    def progress(self) -> None:
        """Something happened: whoever polls must look once more, and patience begins anew."""
        self._memory.progress()

    def now_it_waits(self) -> None:
        """The processes that are there now were there before the first client."""
        self._first_processes = frozenset(self._box.pids())
        self.has_seen_it_wait = True

    # ------------------------------------------------------------------ reading

    def reading(self) -> Reading:
        """Every thread of the box; a process more or less is progress."""
        reading = read_all(self._box.processes, self._box.pids(), self._box.agent)
        self._memory.note(reading)
        if reading.population != self._population:
            self._population = reading.population
            self._memory.a_process_came_or_went()
        return reading

    def states(self, pid: int) -> set[str]:
        """State letters of a process's threads; none of one that is gone."""
        try:
            return {thread.state for thread in self._box.processes.threads(pid)}
        except Gone:
            return set()

    def sleeps_with_a_timer(self, pid: int) -> bool:
        """A thread of a process will wake by itself; none does of one that is gone."""
        with contextlib.suppress(Gone):
            return any(map(self._is_timed, self._box.processes.threads(pid)))
        return False

    def _is_timed(self, thread: Thread) -> bool:
        return thread.sleeps and self._box.processes.time_left(thread) != float("inf")

    def listeners(self, reading: Reading | None = None) -> tuple[SocketSeen, ...]:
        """The listening sockets that a process of the box holds."""
        found = tuple(self._box.sockets.listeners())
        if self._box.has_its_own_network or not found:
            return found
        held: set[int] = set()
        for pid in {thread.pid for thread in (reading or self.reading()).threads}:
            held |= self._box.processes.sockets_of(pid)
        return tuple(listener for listener in found if listener.inode in held)

    # ------------------------------------------------------------------ judging calm

    def calm(self, program: int, hear: Callable[[], bool], *, work_may_sleep: bool) -> Calm | None:
        """One reading, a look at the queues, a second reading: None while anything still moves.

        Args:
            hear: takes what clients and streams have for us, so that nobody sleeps because we don't read; whether a
                client had anything.

        Raises:
            Unclear: the machine did not give it a core, or the network did not deliver.
        """
        reading = self.reading()
        around, delivered = self._circumstances(reading, program, work_may_sleep)
        restless = [
            thread for thread in reading.threads if not is_parked(thread, self._box.processes, self._memory, around)
        ]
        if not restless and delivered and not reading.somebody_vanished:
            if hear() or self._clients.let_all_go():
                self.progress()
                return None
            is_still = self.reading().shows_the_same_as(reading)
            is_sure = is_still and (not around.something_is_owed or self._memory.is_calm_twice())
            if is_sure and not self._an_accept_may_end(reading, around):
                return Calm.SETTLED
        return self._impatient(restless)

    def _an_accept_may_end(self, reading: Reading, around: Circumstances) -> bool:
        """By the kernel's own timeout, in a parent that may then reap; it costs too much to be asked of each thread."""
        return any(
            thread.call in ACCEPTING_CALLS
            and may_yet_reap(thread, self._memory, around)
            and self._box.timeout_of_a_listener(thread.pid, thread.arguments[0]) <= settling.A_REAPER_LOOKS
            for thread in reading.threads
        )

    @property
    def must_look_twice(self) -> bool:
        """Nothing could move at the last look, but somebody waits: only a second look will tell."""
        return self._memory.was_calm_once

    def _circumstances(self, reading: Reading, program: int, work_may_sleep: bool) -> tuple[Circumstances, bool]:
        self._listeners = self.listeners(reading)
        ends = self._clients.ends(self._listeners)
        listeners = {listener.inode: listener.received for listener in self._listeners}
        waiting = dict(listeners)
        for name, seen in ends.seen.items():
            if seen is not None and seen.inode:
                waiting[seen.inode] = 0 if self._clients.has_left(name) else seen.received
        around = Circumstances(
            waiting=waiting,
            listeners=listeners,
            clients=[seen.inode for seen in ends.seen.values() if seen is not None and seen.inode],
            oldest_arrival=self._clients.oldest_arrival,
            unserved={
                seen.inode: replied
                for name, replied in self._clients.unserved.items()
                if (seen := ends.seen.get(name)) is not None and seen.inode
            },
            heard_nothing=[
                seen.inode for name in self._clients.heard_nothing if (seen := ends.seen.get(name)) and seen.inode
            ],
            something_is_owed=self._clients.somebody_awaits_service or bool(reading.zombies),
            first_processes=self._first_processes or frozenset({program}),
            work_may_sleep=work_may_sleep,
            parents_of_zombies=reading.parents_of_zombies,
        )
        return around, ends.delivered

    def _impatient(self, restless: Collection[Thread]) -> Calm | None:
        """Something moves: has it been at it too long?"""
        if self._memory.forks_without_end:
            return Calm.SPINNING
        has_rested = bool(self._first_processes)
        starts = not (has_rested or self._box.has_seen_a_spinner)  # who spins in one scene spins in the next
        spin = settling.SPIN_AT_THE_START if starts else settling.SPIN
        if self._memory.without_progress < settling.SPIN / 2:
            return None
        used = [self._memory.used(self._box.processes, thread) for thread in restless]
        if any(ran > spin for ran, _ in used):
            self._box.has_seen_a_spinner = True
            return Calm.SPINNING
        starved = max((waited for _, waited in used), default=0.0)
        if self.patience_left + starved > 0 and self.patience_left > -settling.MOST_PATIENCE:
            return None
        if restless and all(thread.sleeps for thread in restless):
            return Calm.OUT_OF_PATIENCE
        raise Unclear(
            filed(
                "nothing came to rest within {seconds:g} s: the machine did not let the server run",
                seconds=settling.PATIENCE,
            )
        )

    @property
    def patience_left(self) -> float:
        """Seconds of our own; negative once it is at its end."""
        return settling.PATIENCE - self._memory.without_progress

    # ------------------------------------------------------------------ drawing what is there

    def snapshot(self, label: str, calm: Calm, program: int, reading: Reading) -> Snapshot:
        """Every process of a reading with its descriptors, every connection, every listening socket."""
        listeners = self.listeners(reading)
        return Snapshot(
            label=label,
            at=self._diary.now,
            calm=calm,
            program=program,
            processes=self._processes(reading),
            connections=self._connections(self._clients.ends(listeners)),
            listeners=tuple(ListenerSeen(s.port, s.address, s.inode, s.received, s.unsent) for s in listeners),
        )

    def _connections(self, ends: Ends) -> tuple[ConnectionSeen, ...]:
        there = {name: end for name, end in ends.seen.items() if not self._clients.has_left(name)}
        return tuple(
            ConnectionSeen(name, end.inode, end.state, end.received) if end else ConnectionSeen(name, 0, "", 0)
            for name, end in there.items()
        )

    def _processes(self, reading: Reading) -> tuple[ProcessSeen, ...]:
        by_pid: dict[int, list[Thread]] = {}
        for thread in reading.threads:
            by_pid.setdefault(thread.pid, []).append(thread)
        return tuple(
            ProcessSeen(
                pid=pid,
                parent=threads[0].parent,
                threads=tuple(self._thread(thread) for thread in threads),
                descriptors={} if threads[0].state == "Z" else self._box.processes.descriptors(pid),
            )
            for pid, threads in by_pid.items()
        )

    def _thread(self, thread: Thread) -> ThreadSeen:
        processes = self._box.processes
        polled = processes.polled(thread) if thread.call in ("poll", "ppoll") else None
        return ThreadSeen(
            tid=thread.tid,
            state=thread.state,
            call=thread.call,
            inode=thread.inode or (next(iter(polled)) if polled and len(polled) == 1 else 0),
            asleep_since=self._diary.since(self._memory.asleep_since(thread)),
            timed=self._is_timed(thread),
            ran=round(processes.seconds_run(thread.pid, thread.tid)[0], 4) if thread.state == "R" else 0.0,
        )
