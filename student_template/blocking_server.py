"""Chapter 1: a server that serves one client after the other.

README.md says what it has to do. The numbered TODOs below are the steps; each asks you a question.
Replace every `raise NotImplementedError` by code of your own, and import what it needs. Until then
the program says what is missing, and ends. Try it now:  python blocking_server.py
"""

import os
import socket
import sys

# These are read for you: PORT=5000 DELAY=10 python blocking_server.py
HOST = ""  # every interface of this machine
PORT = int(os.environ.get("PORT", "50007"))
DELAY = float(os.environ.get("DELAY", "0"))  # seconds of work for one request
BACKLOG = 5  # so many clients may wait in the queue while one is served
BUFFER_SIZE = 1024  # bytes

# TODO 1: What does the hand-out promise to every client, to the letter?
#         A socket carries bytes. How does Python write bytes, and how text?
REPLY = b""


def open_the_listener() -> socket.socket:
    """Return a socket at which clients can queue."""
    # TODO 2: Which four calls turn nothing into a socket that listens, and in which order?
    #         Ctrl-C the server while a client is connected, and start it again at once:
    #         "Address already in use". Which option prevents that? Before or after which call?
    raise NotImplementedError("TODO 2: open_the_listener opens nothing, so nobody can connect.")


def serve_one_after_the_other(listener: socket.socket) -> None:
    """Serve clients in the order in which they came, for ever."""
    # TODO 3: Two of the functions below, again and again.
    #         Where do the other clients wait meanwhile?
    # Bonus:  A client hangs up in the middle, and `recv` or `sendall` raises an error.
    #         Whose loss should that be?
    raise NotImplementedError("TODO 3: serve_one_after_the_other serves nobody.")


def wait_for_the_next_client(listener: socket.socket) -> socket.socket:
    """Sleep until a client is there, and return the connection to it."""
    # TODO 4: `accept` returns two things. Which of them does the caller want?
    # Bonus:  The client is gone before you accept it. No descriptor is left (errno.EMFILE), and
    #         the client stays in the queue. Should either end the service? Or keep a core busy?
    raise NotImplementedError("TODO 4: wait_for_the_next_client accepts nobody.")


def serve_one_client(connection: socket.socket) -> None:
    """Hear one client, work for it, reply, and close the connection."""
    # TODO 5: In which order do you read, work and reply? (The work is to sleep for DELAY seconds.)
    #         `send` may send less than it was given. Which call sends everything?
    #         How does the client learn that there is no more to come?
    # Bonus:  What does `recv` return when the client has left without a word?
    raise NotImplementedError("TODO 5: serve_one_client does nothing for its client.")


def main() -> None:
    """Serve until Ctrl-C."""
    if not REPLY:
        raise NotImplementedError(
            "TODO 1: REPLY is empty.\n"
            "After that: a socket that listens (TODO 2), a loop (TODO 3) in which a client\n"
            "is accepted (TODO 4) and served (TODO 5)."
        )
    with open_the_listener() as listener:
        print(f"Port {PORT}: serving one client at a time. Ctrl-C ends it.", flush=True)
        serve_one_after_the_other(listener)


if __name__ == "__main__":
    try:
        main()
    except NotImplementedError as missing:
        sys.exit(f"blocking_server.py is not finished. Still missing:\n{missing}")
    except KeyboardInterrupt:
        print("Ended by Ctrl-C.")
