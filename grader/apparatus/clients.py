"""All connections of ours in one scene: who is still there, what the server's ends of them are, who may go."""

from __future__ import annotations

import select
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from grader.apparatus.client import Client
from grader.apparatus.diary import Diary
from grader.apparatus.sandbox.box import Box
from grader.apparatus.sockets import SocketSeen

HERE = "127.0.0.1"
MOST_CLIENTS = 32
"""Clients at once."""
ON_THEIR_WAY = frozenset({"SYN_RECV", "NEW_SYN_RECV", "FIN_WAIT1", "LAST_ACK", "CLOSING"})
"""States in which the two kernels have not told each other everything yet; tcp(7)."""


class Ends(NamedTuple):
    """The server's ends of the clients' connections.

    Args:
        seen: by client's name; None where the kernel knows none.
        delivered: every byte and every end is where it was sent.
    """

    seen: dict[str, SocketSeen | None]
    delivered: bool


class Clients:
    """The clients of one scene, and alone in letting them go."""

    def __init__(self, box: Box, diary: Diary) -> None:
        """Nobody has come yet."""
        self._box = box
        self._diary = diary
        self._there: dict[str, Client] = {}
        self._leaving: dict[str, Client] = {}
        self.last_came = self._diary.began
        self.port = 0
        self.end_by_reset = True

    # ------------------------------------------------------------------ coming and going

    def come(self, name: str, address: str = HERE) -> Client:
        """A client asks for a connection to the port, and waits for nothing."""
        assert sum(not client.finished for client in self._there.values()) < MOST_CLIENTS
        client = Client(name, self._box.fresh_socket(), (address, self.port), self._diary.note)
        self._there[name] = client
        self.last_came = client.came_at
        return client

    def leave(self, client: Client, *, by_reset: bool = False) -> None:
        """A client ends its connection: the server must hear of it, unless it has ended it itself."""
        if self._there.pop(client.name, None):
            client.leave(by_reset=by_reset)
            if not client.ended:
                self._leaving[client.name] = client

    def pump(self) -> bool:
        """Take what has come for anybody, and let those go who have seen the end; whether anything has come."""
        moved = False
        for client in list(self._there.values()):
            moved = client.pump() or moved
            if client.ended:
                self._let_go(client)
        return moved

    def _let_go(self, client: Client) -> None:
        """A client that has seen the end leaves: by reset once nobody holds the other side.

        A reset leaves no TIME_WAIT on the port, which the next start of a server without SO_REUSEADDR would meet.
        """
        if not self.end_by_reset:
            self.leave(client)
            return
        seen = self._box.sockets.connection(client.to, client.address)
        if seen is None or not seen.inode:
            self.leave(client, by_reset=seen is not None)

    def let_all_go(self) -> bool:
        """Those who have seen the end leave in order, though the other side is held; whether there were any.

        For when nothing moves any more: whoever holds it may wait for our end.
        """
        lingering = [client for client in self._there.values() if client.ended]
        for client in lingering:
            self.leave(client)
        return bool(lingering)

    def end(self) -> None:
        """The server was ended: those who have seen the end leave."""
        for client in list(self._there.values()):
            if client.ended:
                self.leave(client, by_reset=self.end_by_reset)

    def abandon(self) -> None:
        """The scene is over: give every socket back."""
        for client in (*self._there.values(), *self._leaving.values()):
            client.abandon(by_reset=self.end_by_reset)

    # ------------------------------------------------------------------ who is there

    @property
    def unfinished(self) -> list[Client]:
        """Those on whose connections something can still happen."""
        return [client for client in self._there.values() if not client.finished]

    @property
    def somebody_awaits_service(self) -> bool:
        """A client has asked and has not seen the end."""
        return any(client.awaits_service for client in self._there.values())

    @property
    def unserved(self) -> dict[str, bool]:
        """By name, those who have asked and not seen the end: whether a byte has come for them."""
        return {name: bool(client.bytes_received) for name, client in self._there.items() if client.awaits_service}

    @property
    def heard_nothing(self) -> frozenset[str]:
        """Those who have asked all that they have to ask, and got not a byte."""
        return frozenset(
            name
            for name, client in self._there.items()
            if client.awaits_service and not client.has_more_to_say and not client.bytes_received
        )

    @property
    def oldest_arrival(self) -> float:
        """When the oldest came that is not finished, or the last one, if all are; real-time clock."""
        return min((client.came_at for client in self.unfinished), default=self.last_came)

    @property
    def longest_reply(self) -> int:
        """Bytes of the client that got the most, of those that are there."""
        return max((client.bytes_received for client in self._there.values()), default=0)

    def has_left(self, name: str) -> bool:
        """It is not there any more."""
        return name not in self._there

    def wait(self, sources: Iterable[int], seconds: float) -> bool:
        """Wait until a client, or one of these other descriptors, has something to say; whether one has."""
        unfinished = self.unfinished
        reading = [*sources, *(client.fileno() for client in unfinished)]
        asking = [client.fileno() for client in unfinished if not client.connected]
        readable, writable, _ = select.select(reading, asking, [], seconds)
        return bool(readable or writable)

    # ------------------------------------------------------------------ the server's ends

    def ends(self, listeners: Sequence[SocketSeen]) -> Ends:
        """Look up the server's end of every connection that is not finished, or that its client has left."""
        seen: dict[str, SocketSeen | None] = {}
        delivered = True
        for client in (*self.unfinished, *self._leaving.values()):
            end = self._box.sockets.connection(client.to, client.address)
            seen[client.name] = end
            if client.left and end is None:
                del self._leaving[client.name]
            delivered = _is_delivered(client, end, listeners) and delivered
        return Ends(seen, delivered)


def _is_delivered(client: Client, end: SocketSeen | None, listeners: Sequence[SocketSeen]) -> bool:
    """What a client sent has reached the server's kernel, its end included."""
    if client.left:
        return end is None or (end.state != "ESTABLISHED" and not client.left_by_reset)
    if not client.connected:
        return any(queue.port == client.to[1] and queue.is_full for queue in listeners)
    if end is None:
        # A listener with a short queue forgets a client that takes itself for connected, tcp(7): a reset will come.
        return not client.unsent()
    return end.state not in ON_THEIR_WAY and not client.unsent() and not end.unsent
