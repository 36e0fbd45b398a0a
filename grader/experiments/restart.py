"""A server that is started again right after it was ended."""

from grader.apparatus.server import Server
from grader.experiments import experiment


@experiment(blocking="starts_again_at_once", forking="starts_again_at_once", last=True)
def restart(server: Server) -> None:
    """A client was served, another is there; everything is killed; the server is started again at once."""
    server.keep_connections_in_order()
    server.start()
    server.visit("A")
    (b,) = server.connect("B")
    server.then("B is silent")
    server.end()
    server.serve(b)
    server.start(label="waiting again")
    server.visit("C")
    server.then("C has gone")
