"""Chapter 1, the right answer: a server that serves one client after the other.

One process, one thread, two kinds of sockets::

    listener     open_the_listener()          one for all: clients queue at it, no byte passes it
    connection   wait_for_the_next_client()   one per client: its bytes, and closed after the reply
"""

import errno
import os
import socket
import time
from contextlib import suppress

HOST = ""  # every interface of this machine
PORT = int(os.environ.get("PORT", "50007"))
DELAY = float(os.environ.get("DELAY", "0"))  # seconds of work for one request
BACKLOG = 5  # so many clients may wait in the queue while one is served
BUFFER_SIZE = 1024  # bytes
REPLY = b"Hello, I'm server"

_OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_A_MOMENT = 0.1  # seconds


def open_the_listener() -> socket.socket:
    """Return a socket at which clients can queue."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Connections of an earlier run may still be in TIME_WAIT. Without this option, which counts
    # only before bind, they would keep the port from us for a minute.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, PORT))
    listener.listen(BACKLOG)
    return listener


def serve_one_after_the_other(listener: socket.socket) -> None:
    """Serve clients in the order in which they came, for ever."""
    while True:
        connection = wait_for_the_next_client(listener)
        with suppress(OSError):  # it hung up in the middle (ECONNRESET, EPIPE): nobody else's loss
            serve_one_client(connection)


def wait_for_the_next_client(listener: socket.socket) -> socket.socket:
    """Sleep until a client is there, and return the connection to it."""
    while True:
        try:
            connection, _address = listener.accept()
        except InterruptedError:  # a signal came, no client: chapter 2 has more on it
            continue
        except ConnectionAbortedError:  # this one left while it was queueing
            continue
        except OSError as error:
            if error.errno not in _OUT_OF_RESOURCES:
                raise
            # The client stays in the queue, so accept would fail again at once: do not spin.
            time.sleep(_A_MOMENT)
        else:
            return connection


def serve_one_client(connection: socket.socket) -> None:
    """Hear one client, work for it, reply, and close the connection."""
    with connection:
        request = connection.recv(BUFFER_SIZE)
        if not request:  # the client has left without a word
            return
        time.sleep(DELAY)
        connection.sendall(REPLY)


def main() -> None:
    """Serve until Ctrl-C.

    Or until SIGTERM, which ends a process without our help.
    """
    with open_the_listener() as listener, suppress(KeyboardInterrupt):
        print(f"Port {PORT}: serving one client at a time. Ctrl-C ends it.", flush=True)
        serve_one_after_the_other(listener)


if __name__ == "__main__":
    main()
