"""No process is to be had at fork."""

from grader.apparatus.server import Server
from grader.experiments import experiment

SOME_MORE_TRIES = 6.0
"""Seconds for a server that asks for a process more than once, with pauses, before it lets the client go."""


@experiment(forking="survives_failed_fork")
def failed_fork(server: Server) -> None:
    """The server's user may have no process more when A asks; then it may again, and B comes."""
    server.start()
    was = server.limit("NPROC", 1)
    (a,) = server.connect("A")
    server.ask(a)
    server.then("A has asked")
    server.outlast(a, SOME_MORE_TRIES)
    server.then("no process is to be had")
    server.limit("NPROC", was)
    server.leave(a)
    server.visit("B")
    server.then("B has gone")
