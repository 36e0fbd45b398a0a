"""Clients that leave as no one should."""

from grader.apparatus.server import Server
from grader.experiments import experiment
from grader.wording import filed

SERVED_BEFORE = 4
"""Polite clients before the rude ones: what a server opens late, once and for all, is open then."""


@experiment(blocking="survives_rude_clients", forking="survives_rude_clients")
def rude(server: Server) -> None:
    """Some are served; clients leave without a word, in the middle of a request, after it, and by reset; then another one comes."""
    whole = server.track.request
    half = whole[: len(whole) // 2]
    server.start()
    _serve_polite_ones(server)
    server.about("survives_rude_clients")
    for name, says, by_reset in (
        (filed("says nothing"), b"", False),
        (filed("says half"), half, False),
        (filed("says all"), whole, False),
        (filed("says nothing, resets"), b"", True),
        (filed("says all, resets"), whole, True),
    ):
        (client,) = server.connect(name)
        server.then(filed("{name}: is there", name=name))
        server.leave_unseen(client, says, by_reset=by_reset)
        server.then(filed("{name}: has left", name=name))
    server.visit("last")
    server.nudge()
    server.then("all have gone")


def _serve_polite_ones(server: Server) -> None:
    """Who is stopped and goes on while a client is there, as below, must not be what a server ends over."""
    server.about("answers")
    for number in range(1, SERVED_BEFORE + 1):
        server.visit(filed("client {number}", number=number))
    server.about("goes_on_while_children_live")
    (client,) = server.connect("polite")
    server.then("the polite one is there")
    server.stop_and_continue_whoever_serves(client)
    server.ask(client)
    server.serve(client)
    server.visit("another")
    server.then("some have been served")
