"""A silent client, and others behind it."""

from grader.apparatus.server import Server
from grader.experiments import experiment


@experiment(blocking="serves_one_client_at_a_time", forking="serves_others_while_one_is_silent")
def held_back(server: Server) -> None:
    """A connects and says nothing; B, C and D ask; then A asks too."""
    server.start()
    (a,) = server.connect("A")
    server.then("A is silent")
    others = server.connect("B", "C", "D")
    server.ask(*others)
    server.then("the others have asked")
    server.ask(a)
    server.serve(a, *others)
    server.then("all have asked")
