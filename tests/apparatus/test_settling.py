"""What is at rest and what is not: programs that sit in each system call, sleep, spin, fork and end while looked at."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator

import pytest

from grader.apparatus.client import Client
from grader.apparatus.clients import Clients
from grader.apparatus.diary import Diary
from grader.apparatus.observing import Observer
from grader.apparatus.output import Stream
from grader.apparatus.sandbox.box import Box
from grader.apparatus.sandbox.choosing import choose
from grader.recording import Calm

PATIENCE = 60.0
"""Seconds after which a test says that nothing came of it; none is needed."""
PATIENCE_LEFT = 10.0
"""Seconds: of fifteen, a turn of a loop takes a fraction of one."""
IMPORTS = "import os, select, signal, socket, threading, time\n"


class Looked:
    """A program in a box, and an observer of it."""

    def __init__(self, box: Box) -> None:
        """Nothing runs yet."""
        self._box = box
        self._streams = (Stream(), Stream())
        self.diary = Diary()
        self.clients = Clients(box, self.diary)
        self.observer = Observer(box, self.clients, self.diary)
        self.program = 0

    def run(self, code: str) -> None:
        """Start a program that says a line when it has come to what the test is about, and wait for that line."""
        out, err = self._streams
        self.program = self._box.start(
            "", environment={}, outputs=(out.writer, err.writer), arguments=("-u", "-c", IMPORTS + code)
        )
        out.give_writer_away()
        err.give_writer_away()
        self.until(lambda: b"\n" in out.drain())

    def until(self, done: Callable[[], bool]) -> None:
        """Wait for something that will come."""
        until = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < until, self._streams[1].text()

    def calm(self) -> Calm:
        """How it ends: at rest, spinning, or never."""
        found: list[Calm] = []

        def look() -> bool:
            self.clients.pump()
            calm = self.observer.calm(self.program, self.clients.pump, work_may_sleep=False)
            found.extend([calm] if calm else [])
            return bool(found)

        self.until(look)
        return found[0]

    def calls(self) -> set[str]:
        """The system calls in which its threads sleep."""
        return {thread.call for thread in self.observer.reading().threads}

    def close(self) -> None:
        """Give the streams and the connections back."""
        self.clients.abandon()
        for stream in self._streams:
            stream.close()


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """The best box of this machine."""
    with choose(with_canary=False).make(tmp_path_factory.mktemp("programs")) as box:
        yield box


@pytest.fixture
def looked(box: Box) -> Iterator[Looked]:
    """A program that is ended with the test."""
    looked = Looked(box)
    yield looked
    looked.close()
    box.clear()


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("s = socket.create_server(('', 0)); print(); s.accept()", "accept4"),
        ("a, b = socket.socketpair(); print(); a.recv(1)", "recvfrom"),
        ("a, b = os.pipe(); print(); os.read(a, 1)", "read"),
        ("os.fork() or signal.pause(); print(); os.wait()", "wait4"),
        ("print(); signal.pause()", "pause"),
        ("print(); signal.sigwait({signal.SIGUSR1})", "rt_sigtimedwait"),
        ("lock = threading.Lock(); lock.acquire(); print(); lock.acquire()", "futex"),
        ("a, b = os.pipe(); p = select.poll(); p.register(a); print(); p.poll()", "poll"),
        ("a, b = os.pipe(); print(); select.select([a], [], [])", "select pselect6"),
        ("a, b = os.pipe(); p = select.epoll(); p.register(a); print(); p.poll()", "epoll_wait"),
    ],
    ids=lambda value: value.split()[0] if "(" not in value else "",
)
def test_a_program_that_sits_in_a_call_is_at_rest(looked: Looked, code: str, call: str) -> None:
    """Nothing but an outside event can move it."""
    looked.run(code)
    assert looked.calm() is Calm.SETTLED
    assert looked.calls() & set(call.split())


@pytest.mark.parametrize(
    "code",
    ["while True: time.sleep(0.02)", "while True: select.select([a], [], [], 0.02)", "while True: p.poll(20)"],
    ids=["sleep", "select", "poll"],
)
def test_a_program_that_looks_again_and_again_is_at_rest_after_a_turn(looked: Looked, code: str) -> None:
    """What it does in one turn it does in all, as long as nothing happens."""
    looked.run(f"a, b = os.pipe(); p = select.poll(); p.register(a); print()\n{code}")
    assert looked.calm() is Calm.SETTLED


def test_a_program_that_spins_is_told_by_its_processor_time(looked: Looked) -> None:
    """However slow the machine is."""
    looked.run("print()\nwhile True: pass")
    assert looked.calm() is Calm.SPINNING


def test_a_program_that_starts_without_end_what_ends_at_once_spins(looked: Looked) -> None:
    """Processes come and go, and nothing comes of it."""
    looked.run("print()\nwhile True:\n os.fork() or os._exit(0)\n os.wait()")
    assert looked.calm() is Calm.SPINNING


def test_processes_that_are_made_while_looked_at_are_all_there_when_it_rests(looked: Looked) -> None:
    """A look in the middle of it is none."""
    looked.run("print()\nfor _ in range(30):\n    if not os.fork(): signal.pause()\nsignal.pause()")
    assert looked.calm() is Calm.SETTLED
    assert len(looked.observer.reading().population) == 31


def test_processes_that_end_while_looked_at_are_zombies_when_it_rests(looked: Looked) -> None:
    """Each of them, and nothing else."""
    looked.run("print()\nfor _ in range(30):\n    if not os.fork(): os._exit(0)\nsignal.pause()")
    assert looked.calm() is Calm.SETTLED
    assert looked.observer.reading().zombies == 30


def test_a_parent_whose_accept_times_out_is_given_its_turn(looked: Looked) -> None:
    """It sleeps in accept with a zombie, and the kernel will wake it: what it does then is waited for."""
    looked.run(
        "import struct; s = socket.create_server(('', 0)); os.fork() or os._exit(0)\n"
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 0, 400_000)); print()\n"
        "while True:\n try: s.accept()\n except BlockingIOError: os.waitpid(-1, os.WNOHANG); signal.pause()"
    )
    assert (looked.calm(), looked.observer.reading().zombies) == (Calm.SETTLED, 0)


def test_orphans_that_the_agent_waits_for_are_nobodys_zombies(looked: Looked) -> None:
    """A double fork leaves none."""
    looked.run(
        "for _ in range(9):\n    if not os.fork(): os.fork(); os._exit(0)\n    os.wait()\nprint(); signal.pause()"
    )
    assert looked.calm() is Calm.SETTLED
    assert looked.observer.reading().zombies == 0


def test_a_program_that_ends_while_looked_at_leaves_nothing(looked: Looked) -> None:
    """A process that was there at the beginning of a look and not at its end is not in it."""
    looked.run("print()")
    assert looked.calm() is Calm.SETTLED
    assert looked.observer.reading().threads == ()


def test_every_thread_of_a_program_is_looked_at(looked: Looked) -> None:
    """One that spins is enough."""
    looked.run("def spin():\n    while True: pass\nthreading.Thread(target=spin).start(); print(); signal.pause()")
    assert looked.calm() is Calm.SPINNING


def test_a_stopped_program_is_at_rest(looked: Looked, box: Box) -> None:
    """SIGSTOP holds it, whatever it was doing."""
    looked.run("print()\nwhile True: pass")
    box.signal(looked.program, signal.SIGSTOP)
    looked.until(lambda: looked.observer.states(looked.program) == {"T"})
    assert looked.calm() is Calm.SETTLED


def test_a_connection_under_way_is_no_rest(looked: Looked) -> None:
    """A client that has connected is accepted before anything is said to rest: its wake-up is under way."""
    looked.run("s = socket.create_server(('', 8888)); print(); c, _ = s.accept(); c.recv(1)")
    assert looked.calm() is Calm.SETTLED
    looked.clients.port = 8888
    client = looked.clients.come("A")
    assert looked.calm() is Calm.SETTLED
    assert looked.calls() == {"recvfrom"}
    assert client.connected
    looked.clients.abandon()


SERVES = "s = socket.create_server(('', 8888)); print(); c, _ = s.accept(); c.recv(9)"
IN_SLICES = "[time.sleep(0.02) for _ in range(20)]"
FOR_EVER = "\nwhile True: time.sleep(0.02)"


@pytest.mark.parametrize(
    "code",
    [f"{SERVES}; {IN_SLICES}; c.send(b'!'); c.close(); s.accept()", f"{SERVES}; c.send(b'!'); {IN_SLICES}; c.close(); s.accept()"],
    ids=["before the reply", "after it"],
)  # fmt: skip
def test_work_in_slices_is_waited_for(looked: Looked, code: str) -> None:
    """Who holds the connection of a client that it owes something may sleep often and shortly; the client is served."""
    assert _asked_of(looked, code).ended
    assert looked.calls() == {"accept4"}


def test_a_loop_that_holds_nobodys_connection_rests_after_a_turn(looked: Looked) -> None:
    """A client that waits in the queue is owed something, but the one who sleeps has not taken it up."""
    client = _asked_of(looked, f"s = socket.create_server(('', 8888)); print(){FOR_EVER}")
    assert not client.ended
    assert looked.observer.patience_left > PATIENCE_LEFT


def test_sleeping_on_after_the_reply_is_not_waited_for_as_long_as_before_it(looked: Looked) -> None:
    """Whoever never closes would cost all our patience with each client."""
    client = _asked_of(looked, f"{SERVES}; c.send(b'!'){FOR_EVER}")
    assert (client.bytes_received, client.ended) == (1, False)
    assert looked.observer.patience_left > 0


def _asked_of(looked: Looked, code: str) -> Client:
    """A client that has asked such a server, when everything has come to rest."""
    looked.run(code)
    assert looked.calm() is Calm.SETTLED
    looked.clients.port = 8888
    client = looked.clients.come("A")
    client.send(b"ask")
    looked.observer.progress()
    assert looked.calm() is Calm.SETTLED
    return client
