"""One client after the other."""

from grader.apparatus.server import Server
from grader.experiments import experiment
from grader.wording import filed

SLOW = 0.9
"""Seconds of one service above which fewer clients come: a server sleeps that long, a machine with a tenth of a core
seldom makes it, and fewer clients show less of a leak."""


@experiment(blocking="answers", forking="answers")
def visits(server: Server) -> None:
    """Four clients come one after the other, each with another request; then twenty more."""
    server.start()
    clients = [server.visit(request.name, request.data) for request in server.track.requests[:-1]]
    server.then("all but one of the first have gone")
    clients.append(server.visit(server.track.requests[-1].name, server.track.requests[-1].data))
    server.nudge()
    server.then("the first clients have gone")
    server.about("leaves_no_descriptor_open")
    slow = min(map(server.seconds_of_service, clients)) > SLOW
    last = 8 if slow else 24
    for number in range(5, last):
        server.visit(filed("client {number}", number=number))
    server.then("all but one have gone")
    server.visit(filed("client {number}", number=last))
    server.nudge()
    server.then("many clients have gone")
