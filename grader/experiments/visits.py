"""One client after the other."""

from grader.apparatus.server import Server
from grader.experiments import experiment

SLOW = 0.2
"""Seconds of one service above which fewer clients come."""


@experiment(blocking="answers", forking="answers")
def visits(server: Server) -> None:
    """Four clients come one after the other, each with another request; then twenty more."""
    server.start()
    clients = [server.visit(request.name, request.data) for request in server.track.requests]
    server.nudge()
    server.then("the first clients have gone")
    server.about("leaves_no_descriptor_open")
    slow = max(map(server.seconds_of_service, clients)) > SLOW
    for number in range(4 if slow else 20):
        server.visit(f"client {number + 5}")
    server.nudge()
    server.then("many clients have gone")
