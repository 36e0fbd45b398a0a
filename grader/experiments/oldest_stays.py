"""A client that outstays the others."""

from grader.apparatus.server import Server
from grader.experiments import experiment


@experiment(forking="reaps_each_child")
def oldest_stays(server: Server) -> None:
    """A connects and says nothing; five others come, are served and leave; then A asks."""
    server.start()
    (a,) = server.connect("A")
    server.then("A is silent")
    for name in "BCDEF":
        server.visit(name)
    server.nudge()
    server.then("the others have gone")
    server.ask(a)
    server.serve(a)
    server.nudge()
    server.then("A has gone")
