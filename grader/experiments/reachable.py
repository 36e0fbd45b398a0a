"""Who else may come to the server's port, and what ends the server."""

import signal

from grader.apparatus.server import Server
from grader.experiments import experiment
from grader.model import BLOCKING
from grader.wording import filed

ELSEWHERE = "127.0.0.2"
"""Another IPv4 address of this machine: all of 127.0.0.0/8 is (RFC 1122, 3.2.1.3)."""
A_LOOP_ENDS = 2.5
"""Seconds for a loop that looks at a flag now and then; one that looks more seldom leaves it open whether it would end."""
ENDINGS = (signal.SIGTERM, signal.SIGINT)


@experiment(blocking="is_reachable_everywhere", forking="is_reachable_everywhere")
def reachable(server: Server) -> None:
    """A comes by another address; clients queue; another server wants the port; SIGTERM comes, and then SIGINT."""
    server.start()
    (a,) = server.connect("A", address=ELSEWHERE)
    server.ask(a)
    server.then("A came by another address")
    server.leave(a)
    if server.track == BLOCKING:
        _let_five_queue(server)
    server.about("keeps_its_port")
    server.start_another()
    server.then("another server was started")
    for number in ENDINGS:
        if number is not ENDINGS[0]:
            server.about("starts_again_at_once")
            server.start(label=filed("waiting for {signal}", signal=number.name))
        server.about("ends_when_told")
        server.may_end()
        server.signal(number)
        server.outlast_its_timers(A_LOOP_ENDS)
        server.then(filed("{signal} came", signal=number.name))
        server.end()


def _let_five_queue(server: Server) -> None:
    server.about("queues_five_clients")
    (first,) = server.connect("first")
    server.then("the first one is being served")
    others = server.connect("Q1", "Q2", "Q3", "Q4", "Q5")
    server.then("five are waiting")
    server.ask(first, *others)
    server.serve(first, *others)
