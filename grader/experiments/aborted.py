"""A connection that ends before it is accepted."""

from grader.apparatus.server import Server
from grader.experiments import experiment


@experiment(blocking="survives_aborted_connection", forking="survives_aborted_connection")
def aborted(server: Server) -> None:
    """The server is stopped while A connects and resets its connection; it goes on, and B comes."""
    server.start()
    server.about("survives_signals")
    server.freeze()
    server.thaw()
    server.visit("first")
    server.about("survives_aborted_connection")
    server.freeze()
    (a,) = server.connect("A")
    server.then("A waits to be accepted")
    server.leave(a, by_reset=True)
    server.thaw()
    server.then("A has aborted")
    server.visit("B")
    server.then("B has gone")
