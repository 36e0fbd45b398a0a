"""A student's program, running in a box: the verbs of a scene, and the recording that they write."""

from __future__ import annotations

import itertools
import signal
import time
from pathlib import Path

import msgspec

from grader.apparatus.client import Client
from grader.apparatus.clients import HERE, Clients
from grader.apparatus.diary import Diary
from grader.apparatus.ending import refused_a_file
from grader.apparatus.life import Life
from grader.apparatus.observing import Observer
from grader.apparatus.sandbox.box import Box
from grader.apparatus.scene import Bounds, Cut, Unclear
from grader.apparatus.settling import OwnTime
from grader.apparatus.watching import LONGEST_NAP, Watch
from grader.model import Track
from grader.recording import Calm, Event, Recording, Snapshot, What
from grader.wording import filed

LOOKS = 5
"""How often we look where something moves in the course of it."""


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
        self.track = track
        self._box = box
        self._experiment = experiment
        self._about = about
        self._bounds = bounds
        self._diary = Diary()
        self._life = Life(box, track, programs, bounds.allowed, self._diary)
        self._clients = Clients(box, self._diary)
        self._observer = Observer(box, self._clients, self._diary)
        self._watch = Watch(box, self._life, self._clients, self._observer, self._diary, bounds)

    @property
    def delay(self) -> float:
        """DELAY that the first take of a timed scene begins with, in seconds."""
        return self._bounds.delay

    # ------------------------------------------------------------------ verbs: the server's life

    def start(
        self,
        *,
        delay: float = 0.0,
        descriptors: int = 0,
        interrupted: str = "",
        unbuffered: bool = False,
        label: str = filed("waiting"),
    ) -> None:
        """Start the program, wait until it listens and sleeps, and look at it.

        Args:
            delay: DELAY for the program, in seconds.
            descriptors: how many it may have open; 0: as many as in every scene.
            interrupted: numbers of the calls of accept that fail with EINTR: "1,2".
            unbuffered: what it prints comes at once, as with `python -u`.
            label: of the snapshot.
        """
        self._watch.program_may_end = False
        self._life.begin(delay=delay, descriptors=descriptors, interrupted=interrupted, unbuffered=unbuffered)
        self._observer.forget()
        self._wait_until_it_listens()
        self.then(label)
        self._observer.now_it_waits()

    def start_another(self) -> None:
        """Start the program once more while the first one lives, and wait until nothing moves; its output is dropped."""
        with self._life.beside_another():
            self._watch.until_nothing_moves()

    def may_end(self) -> None:
        """From here on the scene goes on though the program ends."""
        self._watch.program_may_end = True

    def about(self, check: str) -> None:
        """From here on the scene is about this check: it answers for a server that ends or stops serving."""
        self._about = check

    def end(self) -> None:
        """End everything in the box with SIGKILL."""
        self._clients.end()
        self._box.clear()
        if self._clients.end_by_reset:
            self._box.free_ports((self.track.port,))
        self._diary.tell(What.SIGNALLED, note=filed("{signal} to every process", signal="SIGKILL"))
        self._life.end()
        self._watch.hear()

    def keep_connections_in_order(self) -> None:
        """Clients end in order, not by reset, so that TIME_WAIT stays on the port."""
        self._clients.end_by_reset = False

    def freeze(self) -> None:
        """Stop the program (SIGSTOP) and wait until it is stopped."""
        self.signal(signal.SIGSTOP)
        self._watch.until_states(self._life.pid, {"T"})

    def thaw(self) -> None:
        """Let the program go on (SIGCONT)."""
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals, pid: int = 0) -> None:
        """Send a signal to the program, or to another process of the box."""
        self._box.signal(pid or self._life.pid, number)
        self._observer.progress()
        if pid in (0, self._life.pid):
            self._diary.tell(What.SIGNALLED, note=filed("{signal} to the server", signal=number.name))
        else:
            self._diary.tell(What.SIGNALLED, note=filed("{signal} to pid {pid}", signal=number.name, pid=pid))

    def nudge(self) -> None:
        """Where zombies are left, send one more SIGCHLD and settle.

        CPython runs a handler at the next bytecode: a signal that lands between its last look and the system call
        waits for the next event, in a right server too. Whoever loses signals is wrong after this one as well.
        """
        self._watch.until_nothing_moves()
        if self._observer.reading().zombies:
            self.signal(signal.SIGCHLD)

    def kill_whoever_serves(self, clients: tuple[Client, ...]) -> None:
        """End the processes that hold these clients' connections, but never the program, by SIGKILL."""
        for client in clients:
            for pid in self._who_serves(client):
                self.signal(signal.SIGKILL, pid)

    def stop_and_continue_whoever_serves(self, client: Client) -> None:
        """SIGSTOP and SIGCONT to the process that holds a client's connection: two SIGCHLDs of a living child."""
        for pid in self._who_serves(client):
            self.signal(signal.SIGSTOP, pid)
            self._watch.until_states(pid, {"T"})
            self.signal(signal.SIGCONT, pid)
            self._watch.until_states(pid, {"S", "R", "D"})

    def _who_serves(self, client: Client) -> list[int]:
        """The processes but the program that held a client's connection at the last look."""
        holders = self._diary.snapshots[-1].holders(client.name)
        return [process.pid for process in holders if process.pid != self._life.pid]

    @property
    def lowest_free_descriptor(self) -> int:
        """The number that the program's next descriptor would get, by the last look."""
        parent = self._diary.snapshots[-1].parent
        taken = parent.descriptors if parent else {}
        return next(number for number in itertools.count() if number not in taken)

    def limit(self, name: str, soft: int) -> int:
        """Set a soft limit of the running program, RLIMIT_name of setrlimit(2); what it was.

        Raises:
            Unclear: the kernel holds nobody to it here.
        """
        if name == "NPROC" and not self._box.refuses_forks:
            raise Unclear(filed("here the server runs as root, and root may have as many processes as it likes"))
        was = self._box.limit(self._life.pid, name, soft)
        self._diary.tell(
            What.MARK, note=filed("the server's limit {name} is {now}, it was {was}", name=name, now=soft, was=was)
        )
        self._observer.progress()
        return was

    # ------------------------------------------------------------------ verbs: clients

    def connect(self, *names: str, address: str = HERE) -> tuple[Client, ...]:
        """Clients ask for a connection, one after the other, and wait for none."""
        came = []
        for name in names:
            self._wait_for_room_in_the_queue()
            came.append(self._clients.come(name, address))
        self._observer.progress()
        return tuple(came)

    def _wait_for_room_in_the_queue(self) -> None:
        """Until a full queue of the listener has room, or nobody is about to make any.

        Whoever comes then is turned away for a second or three, or forgotten though it takes itself for connected,
        tcp(7): a burst would tell nothing of a server with a short queue on a slow machine.
        """
        if len(self._clients.unfinished) > self._shortest_queue:
            self._observer.progress()
            self._watch.until(self._has_room_in_the_queue)

    @property
    def _shortest_queue(self) -> int:
        """How many may wait at least, by the last look; listen(2)."""
        return min((listener.queue for listener in self._diary.snapshots[-1].listeners), default=0)

    def _has_room_in_the_queue(self) -> bool:
        queues = [queue for queue in self._observer.listeners() if queue.port == self._clients.port]
        return not queues or not all(queue.is_full for queue in queues)

    def ask(self, *clients: Client, request: bytes = b"", in_pieces: bool = False) -> None:
        """Clients send a request, the lesson's own if none is given.

        Args:
            in_pieces: this is not all of it.
        """
        for client in clients:
            client.has_more_to_say = in_pieces
            client.send(request or self.track.request)
        self._observer.progress()

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
        calm = self._watch.until(lambda: all(client.finished for client in clients))
        refused = [client.name for client in clients if client.refused]
        if refused:
            some = ", ".join(refused[:4])
            raise Cut(filed("the server stopped serving: {names} asked for a connection and was refused", names=some))
        unserved = [client.name for client in clients if not client.bytes_received and not client.finished]
        if unserved:
            there = self._take_snapshot(filed("it has stopped serving"), calm or Calm.SETTLED)
            some = ", ".join(unserved[:4]) + (", …" if len(unserved) > 4 else "")
            raise Cut(
                filed(
                    "the server stopped serving: {names} asked and got nothing; {accounts}",
                    names=some,
                    accounts=there.accounts,
                )
            )
        self.leave(*(client for client in clients if not client.finished))

    def leave(self, *clients: Client, by_reset: bool = False) -> None:
        """Clients that are still there leave."""
        for client in clients:
            self._clients.leave(client, by_reset=by_reset)
        self._observer.progress()

    def leave_unseen(self, client: Client, says: bytes, *, by_reset: bool) -> None:
        """A client says its last words and leaves while whoever holds its connection is stopped: it will find both."""
        holders = self._diary.snapshots[-1].holders(client.name)
        for process in holders:
            self.signal(signal.SIGSTOP, process.pid)
            self._watch.until_states(process.pid, {"T"})
        if says:
            self.ask(client, request=says)
        self.leave(client, by_reset=by_reset)
        for process in holders:
            self.signal(signal.SIGCONT, process.pid)

    def outlast(self, client: Client, seconds: float) -> None:
        """Let a client stay as it is so long, if whoever holds its connection waits with a timer at the last look.

        Who waits without one waits for ever: that is proven by the look, and costs no time.
        """
        if any(thread.timed for holder in self._diary.snapshots[-1].holders(client.name) for thread in holder.threads):
            until = time.monotonic() + seconds
            while not client.finished and (left := until - time.monotonic()) > 0:
                self._watch.heed()
                self._watch.nap(min(left, LONGEST_NAP))

    def outlast_its_timers(self, seconds: float) -> None:
        """Let a program that was told to end wake up from a sleep with a timer: so long, of our own time, or until it ends."""
        self.rest()
        time_of_ours = OwnTime()
        while (
            self._life.exit is None
            and time_of_ours.now() < seconds
            and self._observer.sleeps_with_a_timer(self._life.pid)
        ):
            self._watch.heed()
            self._watch.nap(LONGEST_NAP)

    def note_output(self, label: str) -> None:
        """Write down what the program has printed until now."""
        self._watch.hear()
        said = self._life.streams[0].text().encode("utf-8", "backslashreplace")
        self._diary.note(Event(at=0.0, who="server", what=What.PRINTED, data=said, note=label), time.time())

    # ------------------------------------------------------------------ verbs: looking

    def then(self, label: str) -> Snapshot:
        """Wait until nothing can move but by an outside event; then look at everything."""
        return self._look_while_it_rests(label)

    def rest(self) -> None:
        """Wait until nothing can move but by an outside event, and look at nothing."""
        self._watch.until_nothing_moves()

    def look_at_work(self, label: str) -> Snapshot:
        """The same, but a process that sleeps in its work is looked at, not waited for."""
        return self._look_while_it_rests(label, work_may_sleep=True)

    def seconds_of_service(self, client: Client) -> float:
        """From a client's request to its end, as seen so far; 0 where there was none."""
        times = self._diary.times_of(client.name)
        if What.SENT not in times:
            return 0.0
        return max(times.get(What.ENDED, 0.0), times.get(What.RESET, 0.0)) - times[What.SENT]

    # ------------------------------------------------------------------ the recording

    def recording(self, *, cut: str = "", unclear: str = "", broken: str = "") -> Recording:
        """What was seen; gives every socket back."""
        self._clients.abandon()
        self._life.hear()
        self._life.close()
        unclear = unclear or self._diary.why_its_times_are_wrong or self._what_the_box_refused()
        return self.so_far(cut=cut, unclear=unclear, broken=broken)

    def _what_the_box_refused(self) -> str:
        refused = refused_a_file(self._life.streams[1].text()) if self._box.may_refuse_what_others_give else ""
        if not refused:
            return ""
        return filed(
            "this sandbox may have kept a file from the program that another would give it: {why}", why=refused
        )

    def so_far(self, *, cut: str = "", unclear: str = "", broken: str = "") -> Recording:
        """What was seen until now."""
        out, err = self._life.streams
        return Recording(
            experiment=self._experiment,
            track=self.track.name,
            port=self._clients.port,
            delays=tuple(self._life.delays),
            events=self._diary.events,
            snapshots=tuple(self._diary.snapshots),
            exit=self._life.exit,
            cut=cut,
            about=self._answers_for_it,
            unclear=unclear,
            broken=broken,
            stdout=out.output(),
            stderr=err.output(),
            seconds=self._diary.now,
        )

    @property
    def _answers_for_it(self) -> str:
        """Name of the check that answers for the stage; `listens` until the first look at a server that waits."""
        if self._bounds.is_over:
            return ""
        came_further = self._observer.has_seen_it_wait or self._diary.has(What.INTERRUPTED)
        return self._about if came_further else "listens"

    # ------------------------------------------------------------------ readiness and snapshots

    def _wait_until_it_listens(self) -> None:
        """Until a process of the box listens: seen in the kernel's tables, never by a connection, which would be a client.

        Raises:
            Cut: it waits or spins without listening.
        """
        calm = self._watch.until(self._listens_on_its_port)
        while not (listens := self._listens()) and calm is None:  # it did a moment ago: what has become of it?
            calm = self._watch.until(self._listens_on_its_port)
        if listens:
            return
        there = self._take_snapshot(filed("it does not listen"), calm or Calm.SETTLED)
        raise Cut(filed("the server does not listen on any port: {accounts}", accounts=there.accounts))

    def _listens_on_its_port(self) -> bool:
        """Another port may be a second one of its own: it is taken for the port when nothing moves any more."""
        return any(listener.port == self.track.port for listener in self._observer.listeners())

    def _listens(self) -> bool:
        ports = [listener.port for listener in self._observer.listeners()]
        if ports:
            self._clients.port = self.track.port if self.track.port in ports else ports[0]
            self._diary.tell(What.LISTENING, note=filed("port {port}", port=self._clients.port))
        return bool(ports)

    def _look_while_it_rests(self, label: str, *, work_may_sleep: bool = False) -> Snapshot:
        """A look in whose course something moved shows no one instant: then another one is taken.

        A server that polls without a pause never keeps still; what it holds is seen all the same. Of work that went on
        while we looked nothing is held against anybody.
        """
        for _ in range(LOOKS):
            calm = self._watch.until_nothing_moves(work_may_sleep=work_may_sleep)
            there, kept_still = self._seen(label, calm)
            if kept_still or calm is not Calm.SETTLED:
                break
        else:
            calm = Calm.OUT_OF_PATIENCE if work_may_sleep else calm
        self._watch.heed_limits_in(there)
        return self._written_down(msgspec.structs.replace(there, calm=calm))

    def _take_snapshot(self, label: str, calm: Calm) -> Snapshot:
        return self._written_down(self._seen(label, calm)[0])

    def _seen(self, label: str, calm: Calm) -> tuple[Snapshot, bool]:
        """Look at everything, and whether it kept still meanwhile; a program that is gone cuts the scene instead.

        Raises:
            Cut: the agent has said how it ended.
        """
        while not (reading := self._observer.reading()).has(self._life.pid) and self._life.exit is None:
            self._watch.a_little()
        there = self._observer.snapshot(label, calm, self._life.pid, reading)
        return there, self._observer.reading().shows_the_same_as(reading)

    def _written_down(self, snapshot: Snapshot) -> Snapshot:
        self._diary.snapshots.append(snapshot)
        return snapshot
