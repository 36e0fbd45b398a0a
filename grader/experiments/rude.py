"""Clients that leave as no one should."""

from grader.apparatus.server import Server
from grader.experiments import experiment

SERVED_BEFORE = 4
"""Polite clients before the rude ones: what a server opens late, once and for all, is open then."""


@experiment(blocking="survives_rude_clients", forking="survives_rude_clients")
def rude(server: Server) -> None:
    """Some are served; clients leave without a word, in the middle of a request, after it, and by reset; then another one comes."""
    whole = server.track.request
    half = whole[: len(whole) // 2]
    server.start()
    for number in range(1, SERVED_BEFORE + 1):
        server.visit(f"client {number}")
    server.then("some have been served")
    for name, says, by_reset in (
        ("says nothing", b"", False),
        ("says half", half, False),
        ("says all", whole, False),
        ("says nothing, resets", b"", True),
        ("says all, resets", whole, True),
    ):
        (client,) = server.connect(name)
        server.then(f"{name}: is there")
        server.leave_unseen(client, says, by_reset=by_reset)
        server.then(f"{name}: has left")
    server.visit("last")
    server.nudge()
    server.then("all have gone")
