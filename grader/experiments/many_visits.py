"""More clients than the server may have descriptors."""

from grader.apparatus.server import Server
from grader.experiments import experiment
from grader.experiments.visits import SLOW
from grader.wording import filed

DESCRIPTORS = 32
AT_A_TIME = 25
"""Clients after which we wait until nothing moves: on a slow machine children that have served would become too many."""


@experiment(long=True, forking="outlives_its_descriptor_limit")
def many_visits(server: Server) -> None:
    """150 clients come one after the other to a server that may have 32 descriptors."""
    server.start(descriptors=DESCRIPTORS)
    first = server.visit(filed("client {number}", number=1))
    for number in range(2, 41 if server.seconds_of_service(first) > SLOW else 151):
        server.visit(filed("client {number}", number=number))
        if number % AT_A_TIME == 0:
            server.rest()
    server.then("all have gone")
