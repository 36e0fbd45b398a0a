"""A student's program, running in a box: the verbs of a scene, and the recording that they write."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from grader.apparatus import settling
from grader.apparatus.client import Client
from grader.apparatus.output import Stream
from grader.apparatus.processes import Gone, ProcessTable, Thread
from grader.apparatus.sandbox import limits
from grader.apparatus.sandbox.box import Box
from grader.apparatus.scene import Bounds, Cut, Unclear
from grader.apparatus.settling import Circumstances, Memory, Reading, is_parked, read_all
from grader.apparatus.sockets import SocketSeen
from grader.explaining import hidden_modules, why_it_ended
from grader.model import Track
from grader.recording import (
    Calm,
    ConnectionSeen,
    Event,
    Exit,
    ListenerSeen,
    ProcessSeen,
    Recording,
    Snapshot,
    ThreadSeen,
    What,
)

MOST_CLIENTS = 32
"""Clients at once."""
FIRST_NAP = 0.0003
LONGEST_NAP = 0.005
NAP_FOR_A_REPLY = 0.004
"""Seconds; naps end at once when a client, the server's output or the box's agent has something to say."""
POLICE = 0.05
"""Seconds between two looks at the box's memory and number of processes."""
LAST_WORDS = 12
"""Lines of standard error that are told of a server that ended."""


class _Ends(NamedTuple):
    """The server's ends of the clients' connections."""

    seen: dict[str, SocketSeen | None]
    delivered: bool


class Server:
    """Plays one scene with one program and writes down what happens.

    A scene calls the verbs; each that waits raises Cut or Unclear where the scene can't go on.
    """

    def __init__(self, box: Box, track: Track, experiment: str, about: str, bounds: Bounds, programs: Path) -> None:
        """Nothing is started yet.

        Args:
            experiment: name of the scene.
            about: name of the check that answers for a server that ends or stops serving in it.
            programs: folder of the submission's files, to read and never to run.
        """
        self._programs = programs
        self.track = track
        self._box = box
        self._experiment = experiment
        self._bounds = bounds
        self._began = time.time()
        self._clock_offset = time.time() - time.monotonic()
        self._events: list[Event] = []
        self._snapshots: list[Snapshot] = []
        self._clients: dict[str, Client] = {}
        self._delays: list[float] = []
        self._memory = Memory()
        self._listeners: tuple[SocketSeen, ...] = ()
        self._first_processes: frozenset[int] = frozenset()
        self._population: frozenset[tuple[int, bool]] = frozenset()
        self._policed_at = 0.0
        self._clients_reset = True
        self._exit: Exit | None = None
        self._about = about
        self._streams: tuple[Stream, Stream] = (Stream(), Stream())
        self.program = 0
        self.port = 0

    # ------------------------------------------------------------------ verbs: the server's life

    def start(
        self,
        *,
        delay: float = 0.0,
        descriptors: int = limits.DESCRIPTORS,
        interrupted: str = "",
        label: str = "waiting",
    ) -> None:
        """Start the program, wait until it listens and sleeps, and look at it.

        Args:
            label: of the snapshot.
            delay: DELAY for the program, in seconds.
            descriptors: how many it may have open.
            interrupted: numbers of the calls of accept that fail with EINTR: "1,2".
        """
        for stream in self._streams:
            stream.close()
        self._streams = (Stream(), Stream())
        out, err = self._streams
        environment = {"PORT": str(self.track.port), "DELAY": f"{delay:g}"}
        if interrupted:
            environment["FORKLAB_EINTR"] = interrupted
        self._delays.append(delay)
        self._tell(What.STARTED, note=f"DELAY={delay:g}" if delay else "")
        self.program = self._box.start(
            self.track.program,
            environment=environment,
            outputs=(out.writer, err.writer),
            descriptors=descriptors,
            shimmed=bool(interrupted),
        )
        out.give_writer_away()
        err.give_writer_away()
        self._memory = Memory()
        self._wait_until_it_listens()
        self.then(label)
        self._first_processes = frozenset(self._box.pids())

    def about(self, check: str) -> None:
        """From here on the scene is about this check: it answers for a server that ends or stops serving."""
        self._about = check

    def end(self) -> None:
        """End everything in the box with SIGKILL."""
        for client in self._clients.values():
            if client.ended and not client.left:
                client.leave(by_reset=self._clients_reset)
        self._box.clear()
        self._tell(What.SIGNALLED, note="SIGKILL to every process")
        self.program = 0
        self._drain()

    def keep_connections_in_order(self) -> None:
        """Clients end in order, not by reset, so that TIME_WAIT stays on the port."""
        self._clients_reset = False

    def freeze(self) -> None:
        """Stop the program (SIGSTOP) and wait until it is stopped."""
        self.signal(signal.SIGSTOP)
        self._wait(lambda: self._states(self.program) == {"T"}, passes=False)

    def thaw(self) -> None:
        """Let the program go on (SIGCONT)."""
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals, pid: int = 0) -> None:
        """Send a signal to the program, or to another process of the box."""
        self._box.signal(pid or self.program, number)
        self._memory.progress()
        whom = "the server" if pid in (0, self.program) else f"pid {pid}"
        self._tell(What.SIGNALLED, note=f"{number.name} to {whom}")

    def nudge(self) -> None:
        """Where zombies are left, send one more SIGCHLD and settle.

        CPython runs a handler at the next bytecode: a signal that lands between its last look and the system call
        waits for the next event, in a right server too. Whoever loses signals is wrong after this one as well.
        """
        self._settle()
        if self._reading().zombies:
            self.signal(signal.SIGCHLD)

    def kill_whoever_serves(self, clients: tuple[Client, ...]) -> None:
        """End the processes that hold these clients' connections, but never the program, by SIGKILL."""
        for client in clients:
            for process in self._snapshots[-1].holders(client.name):
                if process.pid != self.program:
                    self.signal(signal.SIGKILL, process.pid)

    def stop_and_continue_whoever_serves(self, client: Client) -> None:
        """SIGSTOP and SIGCONT to the process that holds a client's connection: two SIGCHLDs of a living child."""
        for process in self._snapshots[-1].holders(client.name):
            if process.pid == self.program:
                continue
            for number, states in ((signal.SIGSTOP, {"T"}), (signal.SIGCONT, set("SRD"))):
                self.signal(number, process.pid)
                self._wait(lambda pid=process.pid, wanted=states: self._states(pid) <= wanted, passes=False)  # type: ignore[misc]

    # ------------------------------------------------------------------ verbs: clients

    def connect(self, *names: str) -> tuple[Client, ...]:
        """Clients ask for a connection, one after the other, and wait for none."""
        return tuple(self._connect(name) for name in names)

    def _connect(self, name: str) -> Client:
        assert sum(not client.finished for client in self._clients.values()) < MOST_CLIENTS
        client = Client(name, self._box.fresh_socket(), self.port, self._note)
        self._clients[name] = client
        self._memory.progress()
        return client

    def ask(self, *clients: Client, request: bytes = b"") -> None:
        """Clients send a request, the lesson's own if none is given."""
        for client in clients:
            client.send(request or self.track.request)
        self._memory.progress()

    def visit(self, name: str, request: bytes = b"") -> Client:
        """A client comes, asks, is served and leaves.

        Raises:
            Cut: it was not served.
        """
        (client,) = self.connect(name)
        self.ask(client, request=request)
        self.serve(client)
        return client

    def serve(self, *clients: Client) -> None:
        """Wait until these clients have seen the end, or nothing moves any more; then they leave.

        Raises:
            Cut: one of them got neither a byte nor the end: the server has stopped serving.
        """
        calm = self._wait(lambda: all(client.finished for client in clients))
        refused = [client.name for client in clients if client.refused]
        if refused:
            raise Cut(f"the server stopped serving: {', '.join(refused[:4])} asked for a connection and was refused")
        unserved = [c.name for c in clients if not c.bytes_received and not c.finished]
        if unserved:
            self._take_snapshot("it has stopped serving", calm or Calm.SETTLED)
            raise Cut(self._why_nobody_is_served(unserved))
        for client in clients:
            if not client.finished:
                client.leave()

    def leave(self, *clients: Client) -> None:
        """Clients that are still there leave."""
        for client in clients:
            client.leave()
        self._memory.progress()

    def _why_nobody_is_served(self, names: list[str]) -> str:
        told = [self._snapshots[-1].account(p) for p in self._snapshots[-1].processes[:4]]
        some = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
        return f"the server stopped serving: {some} asked and got nothing; " + "; ".join(told)

    # ------------------------------------------------------------------ verbs: looking

    def then(self, label: str) -> Snapshot:
        """Wait until nothing can move but by an outside event; then look at everything."""
        return self._take_snapshot(label, self._settle())

    def look_at_work(self, label: str) -> Snapshot:
        """The same, but a process that sleeps in its work is looked at, not waited for."""
        return self._take_snapshot(label, self._settle(work_may_sleep=True))

    def mark(self, note: str) -> None:
        """Write a few words into the recording."""
        self._tell(What.MARK, note=note)

    def seconds_of_service(self, client: Client) -> float:
        """From a client's request to its end, as seen so far; 0 where there was none."""
        times = {e.what: e.at for e in self._events if e.who == client.name}
        if What.SENT not in times:
            return 0.0
        return max(times.get(What.ENDED, 0.0), times.get(What.RESET, 0.0)) - times[What.SENT]

    def has_connection_left_in(self, client: Client, state: str) -> bool:
        """The kernel keeps the server's end of a client's connection in that state, as TIME_WAIT."""
        seen = self._box.sockets.connection(self.port, client.port)
        return seen is not None and seen.state == state

    # ------------------------------------------------------------------ the recording

    def so_far(self) -> Recording:
        """What was seen until now."""
        return self._recorded()

    def recording(self, *, cut: str = "", unclear: str = "", broken: str = "") -> Recording:
        """What was seen; gives every socket back."""
        for client in self._clients.values():
            client.abandon(by_reset=self._clients_reset)
        for stream in self._streams:
            self._hear(stream)
            stream.close()
        drift = abs(time.time() - time.monotonic() - self._clock_offset)
        if drift > 0.1 and not unclear:
            unclear = f"the machine's clock was set by {drift:.1f} s in the middle of the scene"
        return self._recorded(cut, unclear, broken)

    def _recorded(self, cut: str = "", unclear: str = "", broken: str = "") -> Recording:
        out, err = self._streams
        return Recording(
            experiment=self._experiment,
            track=self.track.name,
            port=self.port,
            delays=tuple(self._delays),
            events=tuple(sorted(self._events, key=lambda event: event.at)),
            snapshots=tuple(self._snapshots),
            exit=self._exit,
            cut=cut,
            about=self._answers_for_it(),
            unclear=unclear,
            broken=broken,
            stdout=out.output(),
            stderr=err.output(),
            seconds=round(time.time() - self._began, 4),
        )

    def _answers_for_it(self) -> str:
        """Name of the check that answers for the stage; `listens` until the first look at a server that waits."""
        if self._bounds.is_over:
            return ""
        interrupted = any(event.what is What.INTERRUPTED for event in self._events)
        return self._about if self._first_processes or interrupted else "listens"

    def _tell(self, what: What, note: str = "") -> None:
        self._note(Event(at=0.0, who="server", what=what, note=note), time.time())

    def _note(self, event: Event, at: float) -> None:
        self._events.append(Event(round(at - self._began, 6), event.who, event.what, event.data, event.note))

    # ------------------------------------------------------------------ waiting

    def _settle(self, *, work_may_sleep: bool = False) -> Calm:
        return self._wait(lambda: False, work_may_sleep=work_may_sleep) or Calm.SETTLED

    def _wait(self, done: Callable[[], bool], *, work_may_sleep: bool = False, passes: bool = True) -> Calm | None:
        """Wait until it is done (None), or until nothing moves, something spins, or patience is at its end.

        Args:
            passes: look at the processes at all; otherwise only `done` and patience count.
        """
        nap = FIRST_NAP
        look_now = not any(client.awaits_service for client in self._clients.values())
        while True:
            if self._drain():
                self._memory.progress()
                nap = FIRST_NAP
            self._bounds.check()
            self._heed_exits()
            self._police()
            if done():
                return None
            if passes and look_now:
                calm = self._calm(work_may_sleep)
                if calm:
                    return calm
            elif not passes and self._patience_left() < 0:
                raise Unclear("the machine did not let the server do what it was told")
            look_now = not self._nap(nap if look_now else NAP_FOR_A_REPLY) or look_now
            nap = min(nap * 1.4, LONGEST_NAP)

    def _nap(self, seconds: float) -> bool:
        """Wait for anything to happen; whether it did."""
        descriptors = [client.fileno() for client in self._clients.values() if not client.finished]
        descriptors += [stream.fileno() for stream in self._streams] + [self._box.fileno()]
        sources = [descriptor for descriptor in descriptors if descriptor >= 0]
        asking = [c.fileno() for c in self._clients.values() if not c.connected and not c.finished]
        readable, writable, _ = select.select(sources, asking, [], seconds)
        return bool(readable or writable)

    def _drain(self) -> bool:
        """Read what clients and streams have for us; whether a client had anything."""
        moved = False
        for client in self._clients.values():
            moved = client.pump() or moved
            if client.ended and not client.left:
                self._let_go(client)
        for stream in self._streams:
            self._hear(stream)
        return moved

    def _let_go(self, client: Client, *, at_once: bool = False) -> None:
        """A client that has seen the end leaves: by reset once nobody holds the other side.

        A reset leaves no TIME_WAIT on the port, which the next start of a server without SO_REUSEADDR would meet.
        Where a process holds the other side though nothing moves any more, it may wait for our end: in order then.
        """
        if not self._clients_reset:
            client.leave()
            return
        seen = self._box.sockets.connection(self.port, client.port)
        if seen is None or not seen.inode or at_once:
            client.leave(by_reset=seen is not None and not seen.inode)

    def _let_all_go(self) -> bool:
        """The clients that have seen the end and were held leave in order; whether there were any."""
        lingering = [client for client in self._clients.values() if client.ended and not client.left]
        for client in lingering:
            self._let_go(client, at_once=True)
        return bool(lingering)

    def _hear(self, stream: Stream) -> None:
        said = stream.drain()
        if b"[forklab]" in said:
            for line in said.split(b"\n"):
                if line.startswith(b"[forklab]"):
                    self._tell(What.INTERRUPTED, note=line[10:].decode("ascii", "replace"))

    def _heed_exits(self) -> None:
        for pid, status in self._box.exits():
            if pid == self.program:
                self._end_with(status)

    def _end_with(self, status: int, by_us: str = "") -> None:
        """The program has ended: note how, and cut the scene.

        Raises:
            Cut: always.
        """
        self._drain()
        code = os.waitstatus_to_exitcode(status)
        name = ""
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        words = [line for line in self._streams[1].text().splitlines() if line.strip()]
        self._exit = Exit(
            at=round(time.time() - self._began, 6),
            status=code,
            signal=name,
            last_words=tuple(words[-LAST_WORDS:]),
            ended_by_us=by_us,
        )
        self._tell(What.EXITED, note=self._exit.told)
        self._look_at_the_remains()
        raise Cut(self._why_it_ended(self._exit))

    def _why_it_ended(self, end: Exit) -> str:
        told = f"the server {end.told}" + ("" if self.port else " before it listened")
        path = self._programs / self.track.program
        why = why_it_ended(path.name, path.read_text("utf-8", "replace"), end.last_words)
        hidden = hidden_modules(entry.name for entry in self._programs.iterdir())
        if hidden and not self.port:
            why += f"; {', '.join(hidden)} beside it is found in place of Python's own module of that name"
        if not why and not end.last_words and not end.ended_by_us:
            why = "it said nothing on standard error"
        return f"{told}: {why}" if why else told

    def _look_at_the_remains(self) -> None:
        with suppress(Cut):
            reading = self._reading()
            if reading.threads:
                self._snapshots.append(self._snapshot("the server has ended", Calm.SETTLED, reading))

    def _police(self) -> None:
        """Hold the box to what setrlimit(2) can't: processes of the whole box, their memory, their output."""
        now = time.monotonic()
        written = sum(stream.size for stream in self._streams)
        if written > limits.OUTPUT:
            self._stop(f"it wrote more than {limits.OUTPUT >> 20} MB to its output")
        if now - self._policed_at < POLICE:
            return
        self._policed_at = now
        pids = self._box.pids()
        if len(pids) > limits.PROCESSES and self._living(pids) > limits.PROCESSES:
            self._stop(f"it had more than {limits.PROCESSES} processes")
        if sum(map(self._box.processes.bytes_of_its_own, pids)) > limits.MEMORY:
            self._stop(f"it used more than {limits.MEMORY >> 20} MB of memory")

    def _living(self, pids: list[int]) -> int:
        return sum(not self._states(pid) <= {"Z", "X"} for pid in pids)

    def _stop(self, why: str) -> None:
        self._box.clear()
        self._end_with(signal.SIGKILL, by_us=why)

    # ------------------------------------------------------------------ judging calm

    def _calm(self, work_may_sleep: bool) -> Calm | None:
        """One reading, a look at the queues, a second reading: is anything still moving?"""
        reading = self._reading()
        around, delivered = self._circumstances(reading, work_may_sleep)
        restless = [
            thread for thread in reading.threads if not is_parked(thread, self._box.processes, self._memory, around)
        ]
        if not restless and delivered:
            if self._drain() or self._let_all_go():
                self._memory.progress()
                return None
            if self._reading().key == reading.key:
                return Calm.SETTLED
        return self._impatient(restless)

    def _reading(self) -> Reading:
        reading = read_all(self._box.processes, self._box.pids(), self._box.agent)
        self._memory.note(reading)
        if reading.population != self._population:
            self._population = reading.population
            self._memory.progress()
        return reading

    def _circumstances(self, reading: Reading, work_may_sleep: bool) -> tuple[Circumstances, bool]:
        self._listeners = tuple(self._listeners_of_the_box(reading))
        ends = self._server_ends()
        unfinished = [client for client in self._clients.values() if not client.finished]
        arrivals = [client.came_at for client in unfinished]
        last = max((client.came_at for client in self._clients.values()), default=time.time())
        waiting = {listener.inode: listener.received for listener in self._listeners}
        clients = []
        for name, seen in ends.seen.items():
            if seen is not None and seen.inode:
                clients.append(seen.inode)
                waiting[seen.inode] = seen.received if not self._clients[name].left else 0
        around = Circumstances(
            waiting=waiting,
            clients=clients,
            oldest_arrival=min(arrivals, default=last),
            something_is_owed=any(client.awaits_service for client in unfinished) or bool(reading.zombies),
            first_processes=self._first_processes or frozenset({self.program}),
            work_may_sleep=work_may_sleep,
        )
        return around, ends.delivered

    def _listeners_of_the_box(self, reading: Reading) -> list[SocketSeen]:
        """The listening sockets that a process of the box holds."""
        found = self._box.sockets.listeners()
        if self._box.has_its_own_network or not found:
            return found
        held: set[int] = set()
        for pid in {thread.pid for thread in reading.threads}:
            held |= self._box.processes.sockets_of(pid)
        return [listener for listener in found if listener.inode in held]

    def _server_ends(self) -> _Ends:
        """Look up the server's end of every connection; is every byte where it was sent?"""
        seen: dict[str, SocketSeen | None] = {}
        delivered = True
        for client in self._clients.values():
            if client.finished and client.name not in self._still_leaving:
                continue
            end = self._box.sockets.connection(self.port, client.port)
            seen[client.name] = end
            delivered = self._is_delivered(client, end) and delivered
        return _Ends(seen, delivered)

    @property
    def _still_leaving(self) -> set[str]:
        """Clients that left on their own: the server must hear of it first."""
        return {client.name for client in self._clients.values() if client.left and not client.ended}

    def _is_delivered(self, client: Client, end: SocketSeen | None) -> bool:
        if client.left:
            return end is None or (end.state != "ESTABLISHED" and not client.left_by_reset)
        if not client.connected:
            full = any(
                listener.port == self.port and listener.received > listener.unsent for listener in self._listeners
            )
            return full
        if end is None:
            return True
        if end.state in ("SYN_RECV", "NEW_SYN_RECV", "FIN_WAIT1", "LAST_ACK", "CLOSING"):
            return False
        return not client.unsent() and not end.unsent

    def _impatient(self, restless: list[Thread]) -> Calm | None:
        """Something moves: has it been at it too long?

        Raises:
            Unclear: the machine did not give it a core, or the network did not deliver.
        """
        if time.monotonic() - self._memory.progress_at < settling.SPIN / 2:
            return None
        used = [self._memory.used(self._box.processes, thread) for thread in restless]
        if any(ran > settling.SPIN for ran, _ in used):
            return Calm.SPINNING
        starved = max((waited for _, waited in used), default=0.0)
        if self._patience_left() + starved > 0 and self._patience_left() > -settling.MOST_PATIENCE:
            return None
        if restless and all(thread.sleeps for thread in restless):
            return Calm.OUT_OF_PATIENCE
        raise Unclear(f"nothing came to rest within {settling.PATIENCE:g} s: the machine did not let the server run")

    def _patience_left(self) -> float:
        return self._memory.progress_at + settling.PATIENCE - time.monotonic()

    def _states(self, pid: int) -> set[str]:
        try:
            return {thread.state for thread in self._box.processes.threads(pid)}
        except Gone:
            return set()

    # ------------------------------------------------------------------ readiness

    def _wait_until_it_listens(self) -> None:
        """Until a process of the box listens: seen in the kernel's tables, never by a connection, which would be a client.

        Raises:
            Cut: it waits or spins without listening.
        """
        calm = self._wait(self._listens)
        if calm is None or self._listens():  # it may have begun to listen between two looks
            return
        self._take_snapshot("it does not listen", calm)
        told = [self._snapshots[-1].account(process) for process in self._snapshots[-1].processes[:4]]
        raise Cut("the server does not listen on any port: " + "; ".join(told))

    def _listens(self) -> bool:
        found = self._box.sockets.listeners()
        if not found:
            return False
        if not self._box.has_its_own_network:
            found = self._listeners_of_the_box(self._reading())
        ports = [listener.port for listener in found]
        if not ports:
            return False
        self.port = self.track.port if self.track.port in ports else ports[0]
        self._tell(What.LISTENING, note=f"port {self.port}")
        return True

    # ------------------------------------------------------------------ snapshots

    def _take_snapshot(self, label: str, calm: Calm) -> Snapshot:
        reading = self._reading()
        if not any(thread.pid == self.program for thread in reading.threads):
            self._wait_for_its_exit()
        snapshot = self._snapshot(label, calm, reading)
        self._snapshots.append(snapshot)
        return snapshot

    def _wait_for_its_exit(self) -> None:
        """The program is gone: the agent is about to say how.

        Raises:
            Cut: it has said so.
        """
        self._wait(lambda: False, passes=False)

    def _snapshot(self, label: str, calm: Calm, reading: Reading) -> Snapshot:
        ends = self._server_ends()
        return Snapshot(
            label=label,
            at=round(time.time() - self._began, 6),
            calm=calm,
            program=self.program,
            processes=self._processes_seen(reading),
            connections=tuple(
                ConnectionSeen(name, end.inode if end else 0, end.state if end else "", end.received if end else 0)
                for name, end in ends.seen.items()
                if not self._clients[name].left
            ),
            listeners=tuple(
                ListenerSeen(seen.port, seen.address, seen.inode, seen.received, seen.unsent)
                for seen in self._listeners_of_the_box(reading)
            ),
        )

    def _processes_seen(self, reading: Reading) -> tuple[ProcessSeen, ...]:
        by_pid: dict[int, list[Thread]] = {}
        for thread in reading.threads:
            by_pid.setdefault(thread.pid, []).append(thread)
        return tuple(
            ProcessSeen(
                pid=pid,
                parent=threads[0].parent,
                threads=tuple(self._thread_seen(thread) for thread in threads),
                descriptors={} if threads[0].state == "Z" else self._box.processes.descriptors(pid),
            )
            for pid, threads in by_pid.items()
        )

    def _thread_seen(self, thread: Thread) -> ThreadSeen:
        processes: ProcessTable = self._box.processes
        polled = processes.polled(thread) if thread.call in ("poll", "ppoll") else None
        return ThreadSeen(
            tid=thread.tid,
            state=thread.state,
            call=thread.call,
            inode=thread.inode or (next(iter(polled)) if polled and len(polled) == 1 else 0),
            asleep_since=round(self._memory.asleep_since(thread) - self._began, 6),
            timed=thread.sleeps and processes.time_left(thread) != float("inf"),
            ran=round(processes.seconds_run(thread.pid, thread.tid)[0], 4) if thread.state == "R" else 0.0,
        )
