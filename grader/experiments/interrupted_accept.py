"""Calls of accept that fail with EINTR."""

from grader.apparatus.server import Server
from grader.experiments import experiment

CALLS = "1,2,4"


@experiment(forking="restarts_interrupted_accept")
def interrupted_accept(server: Server) -> None:
    """The first two calls of accept are interrupted, and the one after the first client."""
    server.start(interrupted=CALLS)
    server.visit("A")
    server.visit("B")
    server.then("both have gone")
