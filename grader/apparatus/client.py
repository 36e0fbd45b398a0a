"""One connection of ours: asks for it, sends, reads, ends; writes down what happens, by the kernel's stamps."""

from __future__ import annotations

import errno
import fcntl
import socket
import struct
import termios
import time
from collections.abc import Callable

from grader.recording import Event, What
from grader.wording import filed

SO_TIMESTAMPING = 37
RX_SOFTWARE = (1 << 3) | (1 << 4)
"""SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE: the kernel stamps arriving bytes (timestamping.rst)."""
KEPT_OF_A_REPLY = 1 << 20
"""Bytes of one reply that are kept; the rest is read and dropped."""
AT_ONCE = 1 << 20
"""Bytes after which others have their turn: who never stops sending must not keep us from looking at the time."""
_TIMES = struct.Struct("=qq")
_END_BY_RESET = struct.pack("ii", 1, 0)


class Client:
    """A client of the server's; the scene's verbs are its methods."""

    def __init__(
        self, name: str, fresh: socket.socket, to: tuple[str, int], note: Callable[[Event, float], None]
    ) -> None:
        """Ask for a connection, and don't wait for it: a queue may be full.

        Args:
            fresh: a TCP socket of the server's network; the client takes it over.
            to: IPv4 address and port of the server.
            note: is told each event and when it was, in seconds of the machine's real-time clock.
        """
        self.name = name
        self.to = to
        self.connected = False
        self.ended = False
        self.refused = False
        self.left = False
        self.left_by_reset = False
        self.asked = False
        self.bytes_received = 0
        self.came_at = time.time()
        self._socket = fresh
        self._note = note
        self._kept = 0
        fresh.setblocking(False)
        fresh.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING, RX_SOFTWARE)
        fresh.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._tell(What.CONNECTING)
        self._progress(fresh.connect_ex(to))
        self.address: tuple[str, int] = fresh.getsockname()

    has_more_to_say = False
    """What it has asked was only the first piece."""

    @property
    def finished(self) -> bool:
        """Nothing more will happen on this connection."""
        return self.ended or self.left

    @property
    def awaits_service(self) -> bool:
        """It has asked, and has neither seen the end nor left."""
        return self.asked and not self.finished

    def fileno(self) -> int:
        """To wait on."""
        return self._socket.fileno()

    def _tell(self, what: What, data: bytes = b"", note: str = "", at: float | None = None) -> None:
        event = Event(at=0.0, who=self.name, what=what, data=data, note=note)
        self._note(event, time.time() if at is None else at)

    def _progress(self, error: int) -> None:
        if error in (0, errno.EISCONN):
            self.connected = True
            self._tell(What.CONNECTED)
        elif error not in (errno.EINPROGRESS, errno.EALREADY):
            self.ended = self.refused = True
            self._tell(What.REFUSED, note=errno.errorcode.get(error, str(error)))

    def send(self, data: bytes) -> None:
        """Send a request in one piece; a connection that is gone is noted, not raised.

        A client that still waits for its connection sends as soon as it has it.
        """
        self.asked = True
        if self.finished:
            return
        if not self.connected:
            self._wanted = data
            return
        self._tell(What.SENT, data)
        try:
            self._socket.send(data)
        except (BrokenPipeError, ConnectionResetError):
            self._end(What.RESET)

    _wanted = b""

    def pump(self) -> bool:
        """Take what has come, without waiting, and no more than is for others to wait for; whether anything has."""
        if self.finished:
            return False
        moved = not self.connected and self._connect_further()
        before = self.bytes_received
        while not self.finished and self.connected and self.bytes_received - before < AT_ONCE:
            try:
                data, ancillary, _, _ = self._socket.recvmsg(1 << 16, 256)
            except BlockingIOError:
                break
            except OSError as error:
                self._end(What.RESET, errno.errorcode.get(error.errno or 0, ""))
                return True
            moved = True
            if data:
                self._receive(data, ancillary)
            else:
                self._end(What.ENDED)
        return moved

    def _connect_further(self) -> bool:
        error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error == 0:
            try:
                self._socket.getpeername()
            except OSError:
                return False
        self._progress(error)
        if self.connected and self._wanted:
            self.send(self._wanted)
        return True

    def _receive(self, data: bytes, ancillary: list[tuple[int, int, bytes]]) -> None:
        stamp = next((_TIMES.unpack(told[:16]) for _, _, told in ancillary if len(told) >= 16), None)
        at = stamp[0] + stamp[1] / 1e9 if stamp and stamp[0] else None
        self.bytes_received += len(data)
        kept = data[: max(0, KEPT_OF_A_REPLY - self._kept)]
        self._kept += len(kept)
        if kept or not data:
            self._tell(What.RECEIVED, kept, at=at)

    def _end(self, what: What, note: str = "") -> None:
        self.ended = True
        self._tell(what, note=note)

    def unsent(self) -> int:
        """Bytes that the server's kernel has not acknowledged yet: TIOCOUTQ, tcp(7)."""
        if self._socket.fileno() < 0 or self.ended:
            return 0
        answer = fcntl.ioctl(self._socket, termios.TIOCOUTQ, b"\0" * 4)
        return int(struct.unpack("i", answer)[0])

    def leave(self, *, by_reset: bool = False) -> None:
        """End the connection: in order, or at once by a reset."""
        if self.left:
            return
        if by_reset:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _END_BY_RESET)
            self.left_by_reset = True
        if not self.ended:
            self._tell(What.LEFT, note=filed("by reset") if by_reset else "")
        self.left = True
        self._socket.close()

    def abandon(self, *, by_reset: bool) -> None:
        """The scene is over: give the socket back without a word."""
        if by_reset and self._socket.fileno() >= 0:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _END_BY_RESET)
        self._socket.close()
