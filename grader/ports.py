"""The lab's ports where no box has a network of its own: one run at a time, nobody else's server, no TIME_WAIT.

A box with a network of its own needs none of this.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import psutil

from grader.model import TRACKS
from grader.wording import filed

PATIENCE = 2.0
"""Seconds for a connection to ourselves; the loopback answers at once, or a firewall never does."""
TIME_WAIT_ENDS = 65.0
"""Seconds after which TIME_WAIT is over by itself: TCP_TIMEWAIT_LEN (net/tcp.h) is 60."""
NAP = 0.005
_LOCK = "\0forklab-ports"
"""An abstract UNIX socket, unix(7): its scope is the network namespace, as a port's is, and it ends with its owner."""
_PEER = struct.Struct("=iII")


class Taken(Exception):
    """Somebody else's process has a port of the lab; the message says who, and what to do."""


class Holder(NamedTuple):
    """Who has a port: 0 and "" where it is another user's process."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})" if self.pid else filed("another user's process")


@contextlib.contextmanager
def alone(tell: Callable[[str], None]) -> Iterator[None]:
    """Be the one run on this machine that uses the lab's ports.

    It waits for another, for as long as that takes: a batch takes hours, and its end, however it comes, is seen at
    once. Ctrl-C ends the wait.

    Args:
        tell: is told, in a sentence, whom it waits for.
    """
    with socket.socket(socket.AF_UNIX) as lock:
        while True:
            try:
                lock.bind(_LOCK)
                break
            except OSError:
                _wait_for_its_end(tell)
        lock.listen()
        yield


def _wait_for_its_end(tell: Callable[[str], None]) -> None:
    """Nobody ever accepts this connection: it ends when its listener does."""
    with socket.socket(socket.AF_UNIX) as other, contextlib.suppress(OSError):
        other.connect(_LOCK)
        pid = _PEER.unpack(other.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))[0]
        tell(
            filed(
                "without bubblewrap one run at a time has the ports of the lab: waiting for the one of pid {pid} to end",
                pid=pid,
            )
        )
        other.recv(1)


def make_free() -> None:
    """Let every port of the lab be as on a machine that has just been started.

    Raises:
        Taken: a process has one.
    """
    for port in (track.port for track in TRACKS):
        end_what_lingers_on(port)
        if not _can_be_had(port, socket.SO_REUSEADDR):
            raise Taken(
                filed(
                    "port {port} is in use by {holder}, and without bubblewrap the programs need it: "
                    "end that process, and run the same command again",
                    port=port,
                    holder=holder_of(port),
                )
            )


def _can_be_had(port: int, *options: int) -> bool:
    """A server that sets these options can listen on a port, in IPv4 and in IPv6."""
    return not any(_is_in_use(port, family, options) for family in (socket.AF_INET, socket.AF_INET6))


def _is_in_use(port: int, family: socket.AddressFamily, options: tuple[int, ...]) -> bool:
    try:
        with socket.socket(family) as server:
            for option in options:
                server.setsockopt(socket.SOL_SOCKET, option, 1)
            server.bind(("", port))
            server.listen()
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False


def holder_of(port: int) -> Holder | None:
    """Which process of this machine has a TCP port, listening or not; None if none has."""
    there = [seen for seen in psutil.net_connections("tcp") if seen.laddr and seen.laddr.port == port]
    holders = [seen.pid for seen in there if seen.status != psutil.CONN_TIME_WAIT]
    for pid in filter(None, holders):
        with contextlib.suppress(psutil.Error):
            return Holder(pid, psutil.Process(pid).name())
    return Holder(0, "") if holders else None


def end_what_lingers_on(port: int) -> None:
    """End the connections in TIME_WAIT on a port, which keep it for a minute from a server without SO_REUSEADDR.

    Who asks for a new connection between the same two addresses is answered for the old one, and replies by a reset,
    which ends that: RFC 1337. With a listener there it would be somebody's client: then nothing is done. What cannot be
    ended, since another connection in TIME_WAIT has the peer's port, is waited for.
    """
    until = time.monotonic() + TIME_WAIT_ENDS
    while not _can_be_had(port) and time.monotonic() < until:
        there = [seen for seen in psutil.net_connections("tcp") if seen.laddr and seen.laddr.port == port]
        if any(seen.status == psutil.CONN_LISTEN or seen.pid for seen in there):
            return
        for seen in there:
            if seen.status == psutil.CONN_TIME_WAIT and seen.laddr and seen.raddr:
                with contextlib.suppress(OSError):  # refused, as it should be; or the peer is another machine
                    _ask_again(seen.raddr, seen.laddr)
        time.sleep(NAP)


def _ask_again(peer: tuple[str, int], server: tuple[str, int]) -> None:
    here, there = peer[0].removeprefix("::ffff:"), server[0].removeprefix("::ffff:")
    with socket.socket(socket.AF_INET6 if ":" in here else socket.AF_INET) as client:
        client.settimeout(PATIENCE)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind((here, peer[1]))
        client.connect((there, server[1]))
