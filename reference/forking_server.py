"""Chapter 2, the right answer: a server that forks a child for each client.

What each process does with its copy of the two sockets::

                 listener                     connection
    parent       keeps it, back to accept     closes it at once
    child        closes it at once            serves the client, closes it, ends

A child that has ended stays as a zombie until its parent has waited for it. The kernel tells the
parent by SIGCHLD, and the handler of that signal waits for all that have ended by then.
"""

import errno
import os
import signal
import socket
import time
import traceback
from contextlib import suppress
from typing import NoReturn

HOST = ""  # every interface of this machine
PORT = int(os.environ.get("PORT", "8888"))
DELAY = float(os.environ.get("DELAY", "0"))  # seconds of work for one request
BACKLOG = 1024  # so many clients may wait until the parent is back in accept
BUFFER_SIZE = 1024  # bytes
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!"

_OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_A_MOMENT = 0.1  # seconds
_LAST_WORDS = 1.0  # seconds that a client gets to finish speaking after our reply


def open_the_listener() -> socket.socket:
    """Return a socket at which clients can queue."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Connections of an earlier run may still be in TIME_WAIT. Without this option, which counts
    # only before bind, they would keep the port from us for a minute.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, PORT))
    listener.listen(BACKLOG)
    return listener


def serve_each_in_a_child(listener: socket.socket) -> None:
    """Give every client that comes to a child of its own, for ever."""
    while True:
        connection = wait_for_the_next_client(listener)
        give_to_a_child(listener, connection)


def wait_for_the_next_client(listener: socket.socket) -> socket.socket:
    """Sleep until a client is there, and return the connection to it."""
    while True:
        try:
            connection, _address = listener.accept()
        except InterruptedError:
            # EINTR: a signal came, no client. Since PEP 475 Python starts accept again by itself,
            # unless the handler raises; older Pythons and other languages leave it to us.
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


def give_to_a_child(listener: socket.socket, connection: socket.socket) -> None:
    """Fork a child that serves this client, and close our own copy of its connection.

    The client sees the end when the last copy is closed. With ours open it would wait for ever,
    and we would soon be out of descriptors (EMFILE).
    """
    with connection:
        try:
            pid = os.fork()
        except OSError:  # EAGAIN, ENOMEM: no process to be had; this client is let go, we stay
            return
        if pid == 0:
            work_as_the_child(listener, connection)


def work_as_the_child(listener: socket.socket, connection: socket.socket) -> NoReturn:
    """Serve one client and end. Whatever happens, a child never returns to the parent's loop.

    os._exit ends the process on the spot. sys.exit would raise SystemExit through the code of the
    parent, of which the child is a copy, and print once more what the parent has not flushed.
    """
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # the handler is the parent's
        listener.close()  # or the port stays taken as long as this child lives
        with suppress(OSError):  # the client hung up in the middle (ECONNRESET, EPIPE)
            serve_one_client(connection)
        status = 0
    except Exception:
        traceback.print_exc()  # a mistake of ours, which os._exit would hide
    finally:
        os._exit(status)


def serve_one_client(connection: socket.socket) -> None:
    """Hear one client, work for it, reply, and close the connection."""
    with connection:
        request = read_the_request(connection)
        if not request:  # the client has left without a word
            return
        time.sleep(DELAY)
        connection.sendall(REPLY)
        end_without_a_reset(connection)


def read_the_request(connection: socket.socket) -> bytes:
    """Return what the client asks: all up to the blank line, or up to the end if it hangs up."""
    request = b""
    while b"\n\r\n" not in request and b"\n\n" not in request:
        piece = connection.recv(BUFFER_SIZE)
        if not piece:
            break
        request += piece
    return request


def end_without_a_reset(connection: socket.socket) -> None:
    """Tell the client that the reply is over, and hear what it still says, if anything.

    A connection that is closed with bytes unread does not end but is reset, and a reset may take
    the reply from a client that has not read it yet (RFC 9112, section 9.6).
    """
    connection.shutdown(socket.SHUT_WR)
    connection.setblocking(False)  # to a client that has nothing more to say we listen no longer
    over = time.monotonic() + _LAST_WORDS
    with suppress(BlockingIOError, TimeoutError):
        while connection.recv(BUFFER_SIZE) and (left := over - time.monotonic()) > 0:
            connection.settimeout(left)


def reap_ended_children(signal_number: int, frame: object) -> None:
    """Wait for every child that has ended, and for none that still works.

    Signals do not queue: children that end together may send a single SIGCHLD. So one signal
    says "at least one", and the loop goes on until nobody is left to be reaped.
    """
    with suppress(ChildProcessError):  # ECHILD: there is no child at all any more
        while True:
            pid, _status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:  # there are children, and all of them still work
                return


def main() -> None:
    """Serve until Ctrl-C.

    Or until SIGTERM, which ends a process without our help. Where the parent alone is ended, its
    children are orphans, finish their work all the same, and are reaped by init.
    """
    signal.signal(signal.SIGCHLD, reap_ended_children)  # before there can be a child
    with open_the_listener() as listener, suppress(KeyboardInterrupt):
        # Flushed: a child inherits the buffer too, and what is in it could be printed twice.
        print(f"Port {PORT}: serving each client in a child. Ctrl-C ends it.", flush=True)
        serve_each_in_a_child(listener)


if __name__ == "__main__":
    main()
