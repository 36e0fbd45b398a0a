"""What was seen of one scene, as plain data, and the questions that checks ask of it. Frozen, without I/O."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from grader.model import Inconclusive, NotReached
from grader.wording import filed, retold, say

RECORDING_SCHEMA = 1
NEVER = float("inf")
LAST_COMPLAINTS = 12
"""Lines: a traceback has room in them."""
LAST_DEEDS = 3
"""Events of the server that are told of a scene that was cut."""

SLEEPING_CALLS = frozenset({"clock_nanosleep", "nanosleep", "restart_syscall"})
POLLING_CALLS = frozenset({"poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2"})
ACCEPTING_CALLS = frozenset({"accept", "accept4"})
READING_CALLS = frozenset({"read", "recvfrom", "recvmsg", "readv"})


class What(StrEnum):
    """The kinds of event."""

    STARTED = "started"
    LISTENING = "listening"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    REFUSED = "refused"
    SENT = "sent"
    RECEIVED = "received"
    ENDED = "ended"
    RESET = "reset"
    LEFT = "left"
    SIGNALLED = "signalled"
    INTERRUPTED = "interrupted"
    EXITED = "exited"
    MARK = "mark"
    PRINTED = "printed"


class Event(msgspec.Struct, frozen=True):
    """One thing that happened.

    Args:
        at: seconds since the scene began; for received bytes by the kernel's stamp.
        who: a client's name, or `server`.
        data: the bytes sent or received.
        note: a few words: which signal, how it exited, what the mark is called.
    """

    at: float
    who: str
    what: What
    data: bytes = b""
    note: str = ""


class ThreadSeen(msgspec.Struct, frozen=True):
    """A thread at the instant of a snapshot.

    Args:
        state: the letter of proc(5): S sleeps, R runs or would, T is stopped, Z is a zombie.
        call: the system call in which it sleeps; "" if in none.
        inode: of the socket that the call is about; 0 if about none.
        asleep_since: seconds since the scene began at which this very sleep was first seen.
        ran: seconds of CPU it has used.
        timed: a timer will wake it.
    """

    tid: int
    state: str
    call: str = ""
    inode: int = 0
    asleep_since: float = 0.0
    ran: float = 0.0
    timed: bool = False


class ProcessSeen(msgspec.Struct, frozen=True):
    """A process at the instant of a snapshot.

    Args:
        descriptors: number and target of each, as in proc(5): `socket:[123]`.
    """

    pid: int
    parent: int
    threads: tuple[ThreadSeen, ...]
    descriptors: dict[int, str] = {}

    @property
    def is_zombie(self) -> bool:
        """It has ended, with all its threads, and nobody has waited for it."""
        return all(thread.state == "Z" for thread in self.threads)

    @property
    def sockets(self) -> frozenset[int]:
        """Inodes of the sockets that it holds."""
        return frozenset(int(target[8:-1]) for target in self.descriptors.values() if target.startswith("socket:["))

    @property
    def doing(self) -> str:
        """What it does, for people: `sleeps in accept4()`."""
        if self.is_zombie:
            return say(filed("has ended and was not waited for (a zombie)"))
        return say(filed(" and ")).join(dict.fromkeys(_doing(thread) for thread in self.threads))


def _doing(thread: ThreadSeen) -> str:
    if thread.state == "T":
        return say(filed("is stopped"))
    if thread.state == "R" or not thread.call:
        return say(filed("runs (it has used {used:.2f} s of CPU)"), used=thread.ran)
    return say(filed("sleeps in {call}()"), call=thread.call)


class ConnectionSeen(msgspec.Struct, frozen=True):
    """The server's end of one client's connection at the instant of a snapshot.

    Args:
        inode: of the server's socket; 0 where nobody holds it (not yet accepted, or closed).
        state: as ss(8) says it; "" if the kernel knows none.
        unread: bytes that the server has not read.
    """

    client: str
    inode: int
    state: str
    unread: int = 0


class ListenerSeen(msgspec.Struct, frozen=True):
    """A listening socket at the instant of a snapshot."""

    port: int
    address: str
    inode: int
    waiting: int
    queue: int


class Calm(StrEnum):
    """How the wait before a snapshot ended."""

    SETTLED = "settled"
    SPINNING = "spinning"
    OUT_OF_PATIENCE = "out of patience"

    @property
    def words(self) -> str:
        """What the server did at the end of the wait, as evidence."""
        return {
            Calm.SETTLED: say("nothing moves any more"),
            Calm.SPINNING: say("the server spins"),
            Calm.OUT_OF_PATIENCE: say("the server sleeps and wakes, and nothing comes of it"),
        }[self]


class Snapshot(msgspec.Struct, frozen=True):
    """Every process, socket and connection at one instant at which nothing could move.

    Args:
        at: seconds since the scene began.
        calm: whether nothing could move, or why we stopped waiting.
        program: pid of the process that was started.
    """

    label: str
    at: float
    calm: Calm
    program: int
    processes: tuple[ProcessSeen, ...]
    connections: tuple[ConnectionSeen, ...] = ()
    listeners: tuple[ListenerSeen, ...] = ()

    def process(self, pid: int) -> ProcessSeen | None:
        """The process with that pid, if it was there."""
        return next((process for process in self.processes if process.pid == pid), None)

    @property
    def parent(self) -> ProcessSeen | None:
        """The process that was started, while it lives."""
        return self.process(self.program)

    @property
    def others(self) -> tuple[ProcessSeen, ...]:
        """Every process but the one that was started, zombies included."""
        return tuple(process for process in self.processes if process.pid != self.program)

    @property
    def zombies(self) -> tuple[ProcessSeen, ...]:
        """Children that have ended and were not waited for."""
        return tuple(process for process in self.processes if process.is_zombie)

    def connection(self, client: str) -> ConnectionSeen | None:
        """The server's end of that client's connection, if the kernel knew it."""
        return next((seen for seen in self.connections if seen.client == client), None)

    def holders(self, client: str) -> tuple[ProcessSeen, ...]:
        """The processes that hold the server's end of that client's connection."""
        seen = self.connection(client)
        if seen is None or not seen.inode:
            return ()
        return tuple(process for process in self.processes if seen.inode in process.sockets)

    def listener_on(self, port: int) -> ListenerSeen | None:
        """The listening socket on that port."""
        return next((seen for seen in self.listeners if seen.port == port), None)

    def owners(self, listener: ListenerSeen) -> tuple[ProcessSeen, ...]:
        """The processes that hold a listening socket."""
        return tuple(process for process in self.processes if listener.inode in process.sockets)

    def called(self, process: ProcessSeen) -> str:
        """A process as the evidence names it: `pid 7 (the server)`."""
        if process.pid == self.program:
            return say("pid {pid} (the server)", pid=process.pid)
        if process.parent == self.program:
            return say("pid {pid} (a child)", pid=process.pid)
        return say("pid {pid} (another process)", pid=process.pid)

    @property
    def accounts(self) -> str:
        """What the first few processes do, in a line."""
        return say("; ").join(map(self.account, self.processes[:4]))

    def account(self, process: ProcessSeen) -> str:
        """A process, what it does, and on whose connection."""
        doings = process.doing
        on = [
            seen.client
            for seen in self.connections
            for thread in process.threads
            if seen.inode and seen.inode == thread.inode
        ]
        if on:
            doings = say(filed("{doings} on {client}'s connection"), doings=doings, client=on[0])
        if process.pid == self.program:
            return say(filed("pid {pid} (the server) {doings}"), pid=process.pid, doings=doings)
        if process.parent == self.program:
            return say(filed("pid {pid} (a child) {doings}"), pid=process.pid, doings=doings)
        return say(filed("pid {pid} (another process) {doings}"), pid=process.pid, doings=doings)


class Exit(msgspec.Struct, frozen=True):
    """How the process that was started ended.

    Args:
        status: exit status; negative, the number of the signal that ended it.
        last_words: the end of what it wrote to standard error.
    """

    at: float
    status: int
    signal: str = ""
    last_words: tuple[str, ...] = ()
    ended_by_us: str = ""

    @property
    def told(self) -> str:
        """`ended with status 1`, `was ended by SIGKILL`."""
        if self.ended_by_us:
            return say(filed("was ended by the grader: {why}"), why=self.ended_by_us)
        if self.signal:
            return say(filed("was ended by {signal}"), signal=self.signal)
        return say(filed("ended with status {status}"), status=self.status)


class Output(msgspec.Struct, frozen=True):
    """What a server wrote to one stream: its size in bytes, and its head and tail."""

    size: int = 0
    head: str = ""
    tail: str = ""

    @property
    def kept(self) -> str:
        """Head and tail; what stood between them is gone."""
        return self.head + self.tail


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of one scene.

    Args:
        port: the TCP port that our clients used; 0 if nothing listened.
        delay: DELAY as the server was told, in seconds; by take, where a scene has several.
        cut: why the scene could not be played to its end; "" if it was.
        about: name of the check that answers for the stage in which it was cut.
        unclear: why the machine did not let us see; "" if it did.
        broken: how the apparatus failed; "" if it did not.
    """

    schema: int = RECORDING_SCHEMA
    experiment: str
    track: str
    port: int = 0
    delays: tuple[float, ...] = ()
    events: tuple[Event, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    exit: Exit | None = None
    cut: str = ""
    about: str = ""
    unclear: str = ""
    broken: str = ""
    stdout: Output = Output()
    stderr: Output = Output()
    seconds: float = 0.0

    @property
    def listened(self) -> bool:
        """Something listened at some time."""
        return any(event.what is What.LISTENING for event in self.events)

    def snapshot(self, label: str) -> Snapshot:
        """The snapshot of that name.

        Raises:
            NotReached: the scene was cut before it.
            Inconclusive: the machine did not let us see that far.
        """
        for seen in self.snapshots:
            if seen.label == label:
                return seen
        raise self.missing(label)

    def missing(self, what: str) -> NotReached | Inconclusive:
        """What to raise for something that this recording ended before.

        A scene that was played to its end and has it not is no fault of the server's: nothing is proven.
        """
        if self.unclear or not self.cut:
            none = say("the scene {scene!r} has no {what!r}", scene=self.experiment, what=what)
            return Inconclusive(retold(self.unclear) or none)
        return NotReached(retold(self.cut), about=self.about, evidence=(*self.last_deeds, *self.last_words))

    @property
    def was_stopped_by_us(self) -> bool:
        """The machine did not let us see the rest, or the time limit ended the scene: no check answers for that."""
        return bool(self.unclear) or bool(self.cut and not self.about)

    @property
    def last_deeds(self) -> tuple[str, ...]:
        """What was last done to the server, and what became of it: signals, interruptions, its exit; a line each."""
        deeds = self.of("server", What.SIGNALLED, What.INTERRUPTED, What.EXITED)
        return tuple(map(told, deeds[-LAST_DEEDS:]))

    @property
    def last_words(self) -> tuple[str, ...]:
        """The end of what the server wrote to standard error, if it ended."""
        return tuple(say("stderr: {line}", line=line) for line in self.exit.last_words) if self.exit else ()

    @property
    def complaints(self) -> tuple[str, ...]:
        """The end of what its processes wrote to standard error, whether or not the server has ended."""
        said = self.stderr.kept.splitlines()
        return tuple(say("stderr: {line}", line=line) for line in said[-LAST_COMPLAINTS:])

    @property
    def clients(self) -> tuple[str, ...]:
        """Names of the clients, in the order in which they came."""
        return tuple(dict.fromkeys(event.who for event in self.events if event.what is What.CONNECTING))

    def of(self, who: str, *kinds: What) -> tuple[Event, ...]:
        """The events of one client, or of the server, of these kinds (none: of all)."""
        return tuple(event for event in self.events if event.who == who and (not kinds or event.what in kinds))

    def sent(self, client: str) -> bytes:
        """All that a client sent."""
        return b"".join(event.data for event in self.of(client, What.SENT))

    def received(self, client: str) -> bytes:
        """All that a client was sent."""
        return b"".join(event.data for event in self.of(client, What.RECEIVED))

    def first(self, client: str, *kinds: What) -> float:
        """When the first such event was; NEVER if there was none."""
        return min((event.at for event in self.of(client, *kinds)), default=NEVER)

    def last(self, client: str, *kinds: What) -> float:
        """When the last such event was; NEVER if there was none."""
        return max((event.at for event in self.of(client, *kinds)), default=NEVER)

    def end_of(self, client: str) -> float:
        """When a client saw the end of its connection, in order or by reset; NEVER if it did not."""
        return self.first(client, What.ENDED, What.RESET)

    def was_served(self, client: str) -> bool:
        """It received something, or saw the end of its connection."""
        return bool(self.received(client)) or self.end_of(client) != NEVER

    def service(self, client: str) -> float:
        """Seconds from before a client's connect to the end of its connection; NEVER if there was none.

        Not from its request: a server may begin to sleep at accept, before a slow machine lets us ask.
        """
        end = self.end_of(client)
        return NEVER if end == NEVER else end - self.first(client, What.CONNECTING)

    def story(self, *clients: str) -> tuple[str, ...]:
        """What happened to these clients and to the server, a line each, as evidence."""
        wanted = {*clients, "server"}
        return tuple(told(event) for event in self.events if event.who in wanted)


def told(event: Event) -> str:
    """An event as a line: `0.012 s  A received 17 bytes: "Hello, I'm server"`."""
    said = words_of(event.what)
    if event.data:
        said += say(" {size} bytes: {data}", size=len(event.data), data=shown(event.data))
    if event.note:
        said += f" {retold(event.note)}" if event.what is What.SIGNALLED else say(" ({note})", note=event.note)
    return say("{at:.3f} s  {who} {said}", at=event.at, who=event.who, said=said)


def words_of(what: What) -> str:
    """What somebody does in an event of that kind: a line of evidence without who, when and what."""
    return {
        What.STARTED: say("started"),
        What.LISTENING: say("listening"),
        What.CONNECTING: say("asks for a connection"),
        What.CONNECTED: say("is connected"),
        What.REFUSED: say("is refused"),
        What.SENT: say("sent"),
        What.RECEIVED: say("received"),
        What.ENDED: say("sees the end of the connection"),
        What.RESET: say("sees its connection reset"),
        What.LEFT: say("has left"),
        What.SIGNALLED: say("signalled"),
        What.INTERRUPTED: say("interrupted"),
        What.EXITED: say("exited"),
        What.MARK: say("mark"),
        What.PRINTED: say("printed"),
    }[what]


def shown(data: bytes, most: int = 60) -> str:
    """Bytes as people read them, escaped where they are no text, cut where they are long.

    What is not cut can be read back: other bytes are shown otherwise.
    """
    text = data[:most].decode("utf-8", "surrogateescape")
    quoted = '"' + "".join(c if c.isprintable() and c not in '"\\' else _escaped(c) for c in text) + '"'
    return quoted + (" …" if len(data) > most else "")


def _escaped(character: str) -> str:
    if character == '"':
        return '\\"'
    if character.isascii():
        return character.encode("unicode_escape").decode()
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))
