"""Clients that take their time, or say more or other things than most."""

from grader.apparatus.server import Server
from grader.experiments import experiment
from grader.model import FORKING, Track

SILENCE = 1.0
"""Seconds that a client may be silent, as the hand-out says."""
MORE_THAN_ONE_READ = 3000
"""Bytes behind the request: a server that reads 1024 at a time leaves some of them unread."""


def no_text(track: Track) -> bytes:
    """A request with bytes in it that are no text in any encoding of Unicode."""
    odd = b"\xff\xfe\x80\xc3\x28\x00\x1b"
    return b"GET / HTTP/1.1\r\nHost: lab\r\nX-Odd: " + odd + b"\r\n\r\n" if track == FORKING else odd


@experiment(blocking="waits_for_slow_clients", forking="waits_for_slow_clients")
def unhurried(server: Server) -> None:
    """A is silent for a while; B asks in two pieces; C says too much; D sends bytes that are no text; E asks."""
    server.start()
    (a,) = server.connect("A")
    server.then("A is silent")
    server.outlast(a, SILENCE)
    server.ask(a)
    server.then("A has asked")
    server.leave(a)
    if server.track == FORKING:
        _ask_in_pieces_and_too_much(server)
    server.about("bears_any_bytes")
    (d,) = server.connect("D")
    server.ask(d, request=no_text(server.track))
    server.then("D has sent bytes that are no text")
    server.leave(d)
    server.visit("E")
    server.then("E has gone")


def _ask_in_pieces_and_too_much(server: Server) -> None:
    request = server.track.request
    server.about("waits_for_the_whole_request")
    (b,) = server.connect("B")
    server.ask(b, request=request[:-2], in_pieces=True)  # all its lines, but not the blank one
    server.then("B's blank line is still to come")
    server.ask(b, request=request[-2:])
    server.then("B has asked all")
    server.leave(b)
    server.about("delivers_reply_despite_unread_bytes")
    (c,) = server.connect("C")
    server.ask(c, request=request + b"x" * MORE_THAN_ONE_READ)
    server.then("C has said too much")
    server.leave(c)
