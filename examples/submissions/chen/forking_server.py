"""Chapter 2: a server that forks a child for each client.

README.md says what it has to do. The numbered TODOs below are the steps; each asks you a question.
Replace every `raise NotImplementedError` by code of your own, and import what it needs. Until then
the program says what is missing, and ends. Try it now:  python forking_server.py
"""

import os
import socket
import sys
from typing import NoReturn

# These are read for you: PORT=5000 DELAY=10 python forking_server.py
HOST = ""  # every interface of this machine
PORT = int(os.environ.get("PORT", "8888"))
DELAY = float(os.environ.get("DELAY", "0"))  # seconds of work for one request
BACKLOG = 1024  # so many clients may wait until the parent is back in accept
BUFFER_SIZE = 1024  # bytes

# TODO 1: A status line, a blank line, a body. The lines of HTTP end in two bytes. Which?
REPLY = b""


def open_the_listener() -> socket.socket:
    """Return a socket at which clients can queue."""
    # TODO 2: You have written this in chapter 1. What is different here?
    raise NotImplementedError("TODO 2: open_the_listener opens nothing, so nobody can connect.")


def serve_each_in_a_child(listener: socket.socket) -> None:
    """Give every client that comes to a child of its own, for ever."""
    # TODO 3: Two of the functions below, again and again.
    raise NotImplementedError("TODO 3: serve_each_in_a_child serves nobody.")


def wait_for_the_next_client(listener: socket.socket) -> socket.socket:
    """Sleep until a client is there, and return the connection to it."""
    # TODO 4: A signal can wake `accept` although no client has come. Which exception is that, and
    #         which errno? What should this function do then? (Test it: README.md, step 8.)
    # Bonus:  As in chapter 1: the client is gone before you accept it; no descriptor is left.
    raise NotImplementedError("TODO 4: wait_for_the_next_client accepts nobody.")


def give_to_a_child(listener: socket.socket, connection: socket.socket) -> None:
    """Fork a child that serves this client, and close our own copy of its connection."""
    # TODO 5: `os.fork` is called once and returns twice. How do you know who you are?
    #         When does the client see the end of its connection? How many copies are there?
    # Bonus:  No process is to be had (BlockingIOError, EAGAIN). What becomes of the client,
    #         and what of the server?
    raise NotImplementedError("TODO 5: give_to_a_child forks nobody.")


def work_as_the_child(listener: socket.socket, connection: socket.socket) -> NoReturn:
    """Serve one client and end. Whatever happens, a child never returns to the parent's loop."""
    # TODO 6: The child has a copy of every descriptor of its parent. Which one does it not need?
    #         It has a copy of the parent's program too. What would it do if it simply returned?
    #         Which call ends it on the spot, and how do you get there even after an error?
    #         (Print the error first: that call prints no traceback.)
    raise NotImplementedError("TODO 6: work_as_the_child does nothing and does not end.")


def serve_one_client(connection: socket.socket) -> None:
    """Hear one client, work for it, reply, and close the connection."""
    # TODO 7: Three steps, as in chapter 1, and the last one has a function of its own below.
    #         A client has left without a word. Whom would you reply to?
    raise NotImplementedError("TODO 7: serve_one_client does nothing for its client.")


def read_the_request(connection: socket.socket) -> bytes:
    """Return what the client asks: all up to the blank line, or up to the end if it hangs up."""
    # TODO 8: How do you see in the bytes that the request is complete? (One `recv` is enough for
    #         the core. When is it not enough?)
    raise NotImplementedError("TODO 8: read_the_request hears nobody.")


def end_without_a_reset(connection: socket.socket) -> None:
    """Tell the client that the reply is over, and hear what it still says, if anything."""
    # To close is enough for the core.
    # Bonus:  A connection that is closed with bytes unread does not end, it is reset. How can you
    #         say "no more from me" and still read? And what if the client never stops?
    connection.close()


def reap_ended_children(signal_number: int, frame: object) -> None:
    """Wait for every child that has ended, and for none that still works."""
    # TODO 9: This is the handler of SIGCHLD. Thirty children end together, and one signal comes:
    #         how often must you wait? How do you ask without falling asleep?
    #         What does `os.waitpid` answer when children live but none has ended?
    #         And what does it do when you have no child at all?
    raise NotImplementedError("TODO 9: reap_ended_children leaves every child a zombie.")


def main() -> None:
    """Serve until Ctrl-C."""
    if not REPLY:
        raise NotImplementedError(
            "TODO 1: REPLY is empty.\n"
            "After that: a socket that listens (TODO 2), a loop (TODO 3) in which a client\n"
            "is accepted (TODO 4) and given to a forked child (TODO 5), which ends (TODO 6)\n"
            "after it has replied (TODO 7) to the request that it has read (TODO 8);\n"
            "a handler that reaps the children (TODO 9), and that is called (TODO 10)."
        )
    # TODO 10: Here `reap_ended_children` becomes the handler of SIGCHLD. Why here, and not later?
    #          What is the difference between `reap_ended_children` and `reap_ended_children()`?
    with open_the_listener() as listener:
        # flush=True: a child gets a copy of what is not yet printed, too.
        print(f"Port {PORT}: serving each client in a child. Ctrl-C ends it.", flush=True)
        serve_each_in_a_child(listener)


if __name__ == "__main__":
    try:
        main()
    except NotImplementedError as missing:
        sys.exit(f"forking_server.py is not finished. Still missing:\n{missing}")
    except KeyboardInterrupt:
        print("Ended by Ctrl-C.")
