"""Waits for a state of a box's processes, never for a time.

Nothing can move but by an outside event  <=>  two readings of every thread are equal, every thread of them is
parked, and between the two every byte is where it was sent. There was then an instant at which all were parked.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import NamedTuple

from grader.apparatus.processes import Gone, ProcessTable, Thread
from grader.recording import ACCEPTING_CALLS, POLLING_CALLS, READING_CALLS, SLEEPING_CALLS

SPIN = 0.5
"""Seconds of CPU that a thread uses without any progress before it is said to spin."""
SPIN_AT_THE_START = 3.0
"""The same before a program's first rest: a table that it computes at its start is no loop. RLIMIT_CPU is more."""
FORKS_WITHOUT_END = 1000
"""How often a process more or less was seen, and not a byte came out of it, before it is said to spin: a supervisor that
starts anew what ends at once. A whole burst of clients is some hundred."""
PATIENCE = 15.0
"""Seconds without progress after which we stop waiting; a right server answers in milliseconds."""
MOST_PATIENCE = 120.0
"""Seconds that patience grows to, on a machine that lets threads stand without a core."""
A_REAPER_LOOKS = 1.0
"""Seconds: a timer further away than that is nothing to wait for, as the hand-out says of polling reapers."""
AN_ALARM = 1.25
"""Seconds of our own without progress in which such a reaper has looked, at whatever turn of its loop; and in which its
timer, or that of DELAY in the scenes that look at work, has sent its SIGALRM."""
A_WAKE_UP = 2.0
"""Seconds of our own that a sleeper's queue is not empty, after which it is no longer about to be woken: a woken thread
is runnable at once (S becomes R), however few cores there are; MSG_WAITALL sleeps on."""
WORK_AFTER_THE_REPLY = 3.0
"""Seconds of our own in which a server that has begun to reply may sleep in slices before it ends the connection."""
LOOKED_AT_TWICE = 0.03
"""Seconds of our own between the two looks that find the same calm, where somebody still waits for something: what may
be held against a server is never held against it by one look."""
LONGEST_STEP = 0.25
"""Seconds that count at most between two looks of ours: if we stood still longer, so may the server have."""

_UNTIMED = frozenset(
    {"wait4", "waitid", "pause", "rt_sigsuspend", "flock", "write", "writev", "sendto", "sendmsg",
     "connect"}
)  # fmt: skip


class Circumstances(NamedTuple):
    """What the scene knows and the processes do not show.

    Args:
        waiting: by inode of a socket, connections or bytes that lie in its queue.
        listeners: inodes of the listening sockets.
        clients: inodes of the server's ends of connections.
        oldest_arrival: when the oldest client came that is not finished, or the last one, if all are;
            seconds of the real-time clock.
        unserved: inodes of the server's ends of the connections of clients that have asked and not seen the end;
            for each, whether a byte of the reply has come.
        heard_nothing: of those, who have asked all that they have to ask, and got not a byte.
        something_is_owed: a client has asked and was not served to the end, or a zombie waits to be reaped.
        first_processes: pids that were there before the first client.
        work_may_sleep: the scene looks at work under way.
        parents_of_zombies: pids of those that have not yet waited for a child of theirs that has ended.
    """

    waiting: Mapping[int, int]
    listeners: Collection[int]
    clients: Collection[int]
    oldest_arrival: float
    unserved: Mapping[int, bool]
    heard_nothing: Collection[int]
    something_is_owed: bool
    first_processes: Collection[int]
    work_may_sleep: bool
    parents_of_zombies: Collection[int] = ()


class Reading(NamedTuple):
    """Every thread of the box, read one after the other.

    Args:
        somebody_vanished: a process was there when the reading began, and reaped before it was read.
    """

    threads: tuple[Thread, ...]
    somebody_vanished: bool = False

    @property
    def key(self) -> tuple[tuple[object, ...], ...]:
        """Equal in two readings if nothing has run between them."""
        return tuple(
            (thread.pid, thread.tid, thread.parent, thread.state, thread.call, thread.switches)
            for thread in self.threads
        )

    def shows_the_same_as(self, earlier: Reading) -> bool:
        """Nothing has run between the two: nobody else is there, nor was while this one was made."""
        return self.key == earlier.key and not self.somebody_vanished

    @property
    def population(self) -> frozenset[tuple[int, bool]]:
        """Which processes there are, dead or alive."""
        return frozenset((thread.pid, thread.state == "Z") for thread in self.threads)

    def has(self, pid: int) -> bool:
        """That process was there."""
        return any(thread.pid == pid for thread in self.threads)

    @property
    def parents_of_zombies(self) -> frozenset[int]:
        """Who has still to wait for a child."""
        return frozenset(thread.parent for thread in self.threads if thread.state == "Z")

    @property
    def zombies(self) -> int:
        """How many processes have ended and were not waited for."""
        return sum(thread.state == "Z" for thread in self.threads)


def read_all(processes: ProcessTable, pids: Collection[int], agent: int) -> Reading:
    """Read every thread; processes that end meanwhile are left out, and so are orphans' zombies.

    The agent waits for orphans: their zombies are its own, not the server's.
    """
    threads: list[Thread] = []
    vanished = False
    for pid in sorted(pids):
        try:
            of_process = processes.threads(pid)
        except Gone as gone:
            vanished |= not isinstance(gone.__cause__, PermissionError)  # who is only about to end may take its time
            continue
        vanished |= of_process[0].state == "X"
        if of_process[0].state == "X" or (of_process[0].state == "Z" and of_process[0].parent == agent):
            continue
        threads += of_process
    return Reading(tuple(threads), vanished)


class OwnTime:
    """The time in which we looked: a machine that stood still, or did not let us run, makes it no longer."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._passed = 0.0

    def now(self) -> float:
        """Seconds of our own since the beginning; to be asked at every look."""
        here = time.monotonic()
        self._passed += min(here - self._last, LONGEST_STEP)
        self._last = here
        return self._passed


class Memory:
    """What earlier readings of this scene showed: since when a thread sleeps, how often it woke up."""

    def __init__(self) -> None:
        self._time = OwnTime()
        self._sleeps: dict[tuple[int, int], tuple[tuple[int, int], float]] = {}
        self._first_sleep: dict[tuple[int, int], int] = {}
        self._in_vain: dict[tuple[int, int], tuple[tuple[int, int], float]] = {}
        self._used: dict[tuple[int, int], tuple[float, float]] = {}
        self.progress()

    def progress(self) -> None:
        """Something happened: whoever polls must look once more, and patience begins anew."""
        self._comings_and_goings = 0
        self._begin_anew()

    def a_process_came_or_went(self) -> None:
        """That is progress, too, unless it goes on without end."""
        self._comings_and_goings += 1
        self._begin_anew()

    @property
    def forks_without_end(self) -> bool:
        """Processes come and go, and nothing comes of it."""
        return self._comings_and_goings > FORKS_WITHOUT_END

    def _begin_anew(self) -> None:
        self._first_sleep.clear()
        self._used.clear()
        self._calm_at: float | None = None
        self._progress_at = self._time.now()

    @property
    def without_progress(self) -> float:
        """Seconds of our own since something happened."""
        return self._time.now() - self._progress_at

    def is_calm_twice(self) -> bool:
        """Nothing can move now, and could not at a look some time ago, with no progress in between."""
        now = self._time.now()
        if self._calm_at is None:
            self._calm_at = now
        return now - self._calm_at >= LOOKED_AT_TWICE

    @property
    def was_calm_once(self) -> bool:
        """A first look found nothing that could move, and the second is still to come."""
        return self._calm_at is not None

    def note(self, reading: Reading) -> None:
        """Remember one reading."""
        now = time.time()
        for thread in reading.threads:
            who = (thread.pid, thread.tid)
            known = self._sleeps.get(who)
            if known is None or known[0] != thread.switches:
                self._sleeps[who] = (thread.switches, now)
            if thread.sleeps:
                self._first_sleep.setdefault(who, thread.switches[0])

    def asleep_since(self, thread: Thread) -> float:
        """When this very sleep was first seen; seconds of the real-time clock."""
        known = self._sleeps.get((thread.pid, thread.tid))
        return known[1] if known else time.time()

    def sleeps_in_vain(self, thread: Thread) -> bool:
        """Its queue was not empty at one look and another, and it has slept on all the time: nothing will wake it."""
        now = self._time.now()
        who = (thread.pid, thread.tid)
        known = self._in_vain.get(who)
        if known is None or known[0] != thread.switches:
            self._in_vain[who] = (thread.switches, now)
            return False
        return now - known[1] > A_WAKE_UP

    def has_gone_round(self, thread: Thread) -> bool:
        """It woke up, did what it does, and sleeps again, since the last progress."""
        return thread.switches[0] > self._first_sleep.get((thread.pid, thread.tid), thread.switches[0])

    def used(self, processes: ProcessTable, thread: Thread) -> tuple[float, float]:
        """Seconds that a thread ran, and stood without a core, since we first asked after the last progress."""
        now = processes.seconds_run(thread.pid, thread.tid)
        before = self._used.setdefault((thread.pid, thread.tid), now)
        return now[0] - before[0], now[1] - before[1]


def is_parked(thread: Thread, processes: ProcessTable, memory: Memory, around: Circumstances) -> bool:
    """Only an outside event, or nothing that matters, can move this thread."""
    if thread.state in "ZTt":
        return True
    if not thread.sleeps:
        return False
    if thread.call in ACCEPTING_CALLS or thread.call in READING_CALLS:
        if around.waiting.get(thread.inode):  # its wake-up is under way, unless it wants more than there is
            return memory.sleeps_in_vain(thread)
        return not _an_alarm_may_wake(thread, processes, memory, around)
    left = float("inf") if thread.call in _UNTIMED else processes.time_left(thread)
    if left == float("inf"):
        if thread.call in POLLING_CALLS and may_yet_reap(thread, memory, around):  # by a timerfd, timerfd_create(2)
            return False
        return not _an_alarm_may_wake(thread, processes, memory, around)
    if thread.call in POLLING_CALLS and _polls_a_socket(thread):
        return _a_poll_is_parked(thread, left, processes, memory, around)
    return _a_sleep_is_parked(thread, left, processes, memory, around)


def _an_alarm_may_wake(thread: Thread, processes: ProcessTable, memory: Memory, around: Circumstances) -> bool:
    """proc(5) shows no timer of setitimer(2): who catches its signal is given the time in which a reaper must look."""
    if not (thread.catches_alarms and around.something_is_owed) or memory.without_progress > AN_ALARM:
        return False
    return not (around.work_may_sleep and _sleeps_at_its_work(thread, processes, around))


def _polls_a_socket(thread: Thread) -> bool:
    """Not a mere sleep, as `select([], [], [], 1)` is one."""
    counted = thread.arguments[1] if thread.call in ("poll", "ppoll") else thread.arguments[0]
    return counted > 0 or thread.call.startswith("epoll")


def _a_poll_is_parked(
    thread: Thread, left: float | None, processes: ProcessTable, memory: Memory, around: Circumstances
) -> bool:
    """A poll with a timeout: after a whole turn, or where a turn can change nothing.

    On a client's connection alone it is parked at once: to wait would let the timeout cut the client off. But if that
    client has asked and heard nothing, the timeout may be the end of its request, after which it is answered.
    """
    polled = processes.polled(thread)
    if polled and any(around.waiting.get(inode) for inode in polled):
        return False
    if polled and polled <= set(around.clients) and polled.isdisjoint(around.heard_nothing):
        return True
    if around.work_may_sleep and _holds_a_client(thread, processes, around):
        return True
    if not around.something_is_owed or (memory.has_gone_round(thread) and not may_yet_reap(thread, memory, around)):
        return True
    return left is not None and left > A_REAPER_LOOKS


def _a_sleep_is_parked(
    thread: Thread, left: float | None, processes: ProcessTable, memory: Memory, around: Circumstances
) -> bool:
    """A timed sleep: work for a client is waited for, unless the scene looks at work; a loop after one turn."""
    if memory.has_gone_round(thread) and not (
        may_yet_reap(thread, memory, around) or _may_work_in_slices(thread, processes, memory, around)
    ):
        return True
    if around.work_may_sleep and _sleeps_at_its_work(thread, processes, around):
        return True
    is_older_than_its_clients = memory.asleep_since(thread) <= around.oldest_arrival
    if not around.something_is_owed and thread.pid in around.first_processes:
        return is_older_than_its_clients or thread.call not in SLEEPING_CALLS
    return is_older_than_its_clients and left is not None and left > A_REAPER_LOOKS


def may_yet_reap(thread: Thread, memory: Memory, around: Circumstances) -> bool:
    """A reaper need not look at each turn of its loop, if only it looks once a second.

    A look at work under way can't wait for it: the work would be over.
    """
    if around.work_may_sleep:
        return False
    return thread.pid in around.parents_of_zombies and memory.without_progress <= AN_ALARM


def _may_work_in_slices(thread: Thread, processes: ProcessTable, memory: Memory, around: Circumstances) -> bool:
    """Its process holds the connection of a client that it still owes something: many short sleeps may be one work.

    Who has begun to reply is given less time: a server that never closes would be waited for at every client.
    """
    theirs = [
        replied for inode in processes.sockets_of(thread.pid) if (replied := around.unserved.get(inode)) is not None
    ]
    return not all(theirs) or (bool(theirs) and memory.without_progress < WORK_AFTER_THE_REPLY)


def _sleeps_at_its_work(thread: Thread, processes: ProcessTable, around: Circumstances) -> bool:
    """It holds a client's connection, or clients queue at a listener of its own at which it could wait and does not."""
    if _holds_a_client(thread, processes, around):
        return True
    listeners = processes.sockets_of(thread.pid) & set(around.listeners)
    return any(around.waiting.get(inode) and processes.would_block(thread.pid, inode) for inode in listeners)


def _holds_a_client(thread: Thread, processes: ProcessTable, around: Circumstances) -> bool:
    """Itself, or its parent, which waits for what it has started to sleep in its place: sleep(1)."""
    return not (_sockets_of(thread.pid, processes) | _sockets_of(thread.parent, processes)).isdisjoint(around.clients)


def _sockets_of(pid: int, processes: ProcessTable) -> frozenset[int]:
    try:
        return frozenset(processes.sockets_of(pid))
    except Gone:
        return frozenset()
