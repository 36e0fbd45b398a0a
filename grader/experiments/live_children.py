"""SIGCHLDs while children live, and when none is left."""

from grader.apparatus.server import Server
from grader.experiments import experiment


@experiment(forking="goes_on_while_children_live")
def live_children(server: Server) -> None:
    """A and B are silent while others come and go, and A's child is stopped and continued; then none is left."""
    server.start()
    a, b = server.connect("A", "B")
    server.then("A and B are silent")
    server.visit("C")
    server.then("C has gone")
    server.visit("D")
    server.then("D has gone")  # its own ending must not stand in for the signals that follow
    server.stop_and_continue_whoever_serves(a)
    server.then("A's child was stopped and continued")
    server.visit("E")
    server.ask(a, b)
    server.serve(a, b)
    server.then("no child is left")
    server.visit("F")
