"""A client to try your servers with. It tells what comes, and when.

Three ways to start it:

    python client.py blocking                  asks blocking_server.py
    python client.py forking --name Ann        asks forking_server.py, and calls itself Ann
    python client.py forking --wait 20         connects, and asks 20 seconds later
"""

import argparse
import select
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

Tell = Callable[[str], None]

BUFFER_SIZE = 1024  # bytes
ENDED_BY_CTRL_C = 130  # the exit status that shells use for it: 128 + SIGINT


@dataclass(frozen=True)
class Server:
    """What a client has to know of a server."""

    program: str
    port: int
    request: bytes


SERVERS = {
    "blocking": Server("blocking_server.py", 50007, b"Hello, I'm client"),
    "forking": Server("forking_server.py", 8888, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
}


class Trouble(Exception):
    """Something went wrong, in one sentence that a student can act on."""


def teller(name: str) -> Tell:
    """Return a function that prints a line with the seconds since now and the client's name."""
    start = time.monotonic()

    def tell(what: str) -> None:
        print(f"{time.monotonic() - start:7.3f} s  {name}  {what}", flush=True)

    return tell


def connect(server: Server, host: str, port: int) -> socket.socket:
    """Return a connection to the server, or say what to do where there is none."""
    try:
        return socket.create_connection((host, port))
    except ConnectionRefusedError:
        raise Trouble(
            f"Nobody listens on port {port} of {host}. "
            f"Start the server in another terminal first: python {server.program}"
        ) from None
    except (socket.gaierror, UnicodeError):
        raise Trouble(f"There is no machine called {host}. Is the name right?") from None
    except OSError as error:
        raise Trouble(f"There is no way to port {port} of {host}: {error.strerror}.") from None


def stay_silent(connection: socket.socket, seconds: float, tell: Tell) -> None:
    """Let time pass, unless the server speaks or hangs up although nobody has asked it."""
    tell(f"says nothing for {seconds:g} s")
    spoken_to, _, _ = select.select([connection], [], [], seconds)
    if spoken_to:
        tell("has something from the server before it has asked: a word, or the end")


def ask(connection: socket.socket, request: bytes, tell: Tell) -> None:
    """Send the request."""
    try:
        connection.sendall(request)
    except ConnectionError:
        raise Trouble("The server hung up before it was asked.") from None
    tell(f"sent {request!r}")


def hear_to_the_end(connection: socket.socket, tell: Tell) -> bytes:
    """Return all that the server says until it closes the connection."""
    reply = b""
    try:
        while piece := connection.recv(BUFFER_SIZE):
            tell(f"received {piece!r}")
            reply += piece
    except ConnectionResetError:
        raise Trouble("The connection was reset: the server closed it with bytes unread, or was ended.") from None
    tell("sees the end of the connection")
    return reply


def talk(server: Server, options: argparse.Namespace) -> None:
    """Connect, ask, and hear the reply."""
    tell = teller(options.name)
    with connect(server, options.host, options.port or server.port) as connection:
        tell("connected")
        if options.wait:
            stay_silent(connection, options.wait, tell)
        ask(connection, server.request, tell)
        if not hear_to_the_end(connection, tell):
            raise Trouble("The server ended the connection without a reply.")


def number_of_seconds(text: str) -> float:
    """Return the number of seconds that an option asks for."""
    number = float(text)
    if not 0 <= number <= 24 * 60 * 60:
        raise argparse.ArgumentTypeError("between 0 and a day, please")
    return number


def port_number(text: str) -> int:
    """Return the port that an option names."""
    number = int(text)
    if not 0 < number < 2**16:
        raise argparse.ArgumentTypeError("ports go from 1 to 65535")
    return number


def read_options() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description="Try one of the two servers with one client.")
    parser.add_argument("server", choices=SERVERS, help="which server to ask")
    parser.add_argument("--host", default="127.0.0.1", help="the server's machine (this one)")
    parser.add_argument("--port", type=port_number, help="the server's port (50007 or 8888)")
    parser.add_argument(
        "--wait",
        type=number_of_seconds,
        default=0,
        metavar="SECONDS",
        help="connect, and wait so long before asking (0)",
    )
    parser.add_argument("--name", default="client", help="a name, to tell clients apart")
    return parser.parse_args()


def main() -> int:
    """Return 0 after a reply, 1 after trouble."""
    options = read_options()
    try:
        talk(SERVERS[options.server], options)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\n{options.name} leaves.", file=sys.stderr)
        return ENDED_BY_CTRL_C
    return 0


if __name__ == "__main__":
    sys.exit(main())
