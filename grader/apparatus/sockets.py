"""Looks sockets up in the kernel's tables, exactly: inet_diag over netlink, sock_diag(7)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLMSG_DONE = 3
NLM_F_REQUEST = 0x1
NLM_F_DUMP = 0x300
LISTEN = 10
FIN_WAIT2, TIME_WAIT = 5, 6
_MAPPED = "::ffff:"
"""An IPv4 address in a socket of IPv6, RFC 4291, 2.5.5.2."""
Ends = tuple[tuple[str, int], tuple[str, int]]
"""Of a connection: the server's address and port, and the client's."""
STATES = {
    1: "ESTABLISHED",
    2: "SYN_SENT",
    3: "SYN_RECV",
    4: "FIN_WAIT1",
    5: "FIN_WAIT2",
    6: "TIME_WAIT",
    7: "CLOSE",
    8: "CLOSE_WAIT",
    9: "LAST_ACK",
    10: "LISTEN",
    11: "CLOSING",
    12: "NEW_SYN_RECV",
}
_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBBBI")
_COOKIE = struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
_NO_ADDRESS = b"\0" * 16


class SocketSeen(NamedTuple):
    """One TCP socket, as the kernel knows it.

    Args:
        received: bytes not read yet; of a listener, connections not accepted yet.
        unsent: bytes not acknowledged yet; of a listener, the length of its queue.
        inode: 0 where no process holds it.
    """

    state: str
    address: str
    port: int
    received: int
    unsent: int
    inode: int

    @property
    def is_full(self) -> bool:
        """A listener's queue takes nobody more: one above its length, as listen(2) has it on Linux (net/sock.h)."""
        return self.received > self.unsent


class SocketTable:
    """The TCP sockets of the network that a netlink socket belongs to; it takes the socket over."""

    def __init__(self, netlink: socket.socket) -> None:
        self._netlink = netlink
        self._sequence = 0

    def close(self) -> None:
        """Give the netlink socket back."""
        self._netlink.close()

    def connection(self, server: tuple[str, int], client: tuple[str, int]) -> SocketSeen | None:
        """The server's end of the connection between these IPv4 addresses and ports; None if there is none.

        An exact look-up that finds no connection falls back to the listener: that is none.
        """
        ends = (socket.inet_pton(socket.AF_INET, address).ljust(16, b"\0") for address, _ in (server, client))
        identity = struct.pack("!HH", server[1], client[1]) + b"".join(ends) + _COOKIE
        self._ask(socket.AF_INET, 0, 0xFFFFFFFF, identity)
        for message in self._messages():
            seen = _parsed(message)
            return None if seen.state == "LISTEN" else seen
        return None

    def listeners(self) -> list[SocketSeen]:
        """Every listening socket, IPv4 and IPv6."""
        return list(map(_parsed, self._all_in(LISTEN)))

    def lingering(self) -> list[Ends]:
        """The connections that are over, or soon will be, and a port still remembers: TIME_WAIT, RFC 9293, 3.6.1."""
        found = map(_ends, self._all_in(FIN_WAIT2, TIME_WAIT))
        return [(one, other) for one, other in found if ":" not in one[0] + other[0]]

    def _all_in(self, *states: int) -> Iterator[bytes]:
        """A message for each socket that is in one of these states, IPv4 and IPv6."""
        identity = struct.pack("!HH", 0, 0) + _NO_ADDRESS * 2 + _COOKIE
        for family in (socket.AF_INET, socket.AF_INET6):
            self._ask(family, NLM_F_DUMP, sum(1 << state for state in states), identity)
            yield from self._messages()

    def _ask(self, family: int, flags: int, states: int, identity: bytes) -> None:
        self._sequence += 1
        body = _REQUEST.pack(family, socket.IPPROTO_TCP, 0, 0, states) + identity
        header = _HEADER.pack(_HEADER.size + len(body), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | flags, self._sequence, 0)
        self._netlink.send(header + body)

    def _messages(self) -> Iterator[bytes]:
        """Each `struct inet_diag_msg` until the answer to our last question is complete."""
        while True:
            data = self._netlink.recv(65536)
            while data:
                length, kind, _, sequence, _ = _HEADER.unpack_from(data)
                message, data = data[_HEADER.size : length], data[(length + 3) & ~3 :]
                if sequence != self._sequence:
                    continue
                if kind != SOCK_DIAG_BY_FAMILY:
                    return
                yield message


def _parsed(message: bytes) -> SocketSeen:
    """One `struct inet_diag_msg` (linux/inet_diag.h)."""
    family, state = message[0], message[1]
    port = int.from_bytes(message[4:6], "big")
    width = 4 if family == socket.AF_INET else 16
    address = socket.inet_ntop(family, message[8 : 8 + width])
    _, received, unsent, _, inode = struct.unpack_from("=IIIII", message, 52)
    return SocketSeen(STATES.get(state, str(state)), address, port, received, unsent, inode)


def _ends(message: bytes) -> Ends:
    """Of the same: both addresses and ports; those of IPv4 are told as such."""
    family = socket.AF_INET if message[0] == socket.AF_INET else socket.AF_INET6
    width = 4 if family == socket.AF_INET else 16
    ports = struct.unpack_from("!HH", message, 4)
    addresses = (socket.inet_ntop(family, message[at : at + width]).removeprefix(_MAPPED) for at in (8, 24))
    server, client = zip(addresses, ports, strict=True)
    return server, client


def own_network() -> SocketTable:
    """The sockets of the network that we are in ourselves."""
    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_SOCK_DIAG)
    netlink.bind((0, 0))
    return SocketTable(netlink)
