"""What the server prints, at once and not in blocks."""

from grader.apparatus.server import Server
from grader.experiments import experiment


@experiment(forking="prints_nothing_twice")
def printed(server: Server) -> None:
    """Two clients come to a server whose output is not buffered, so that each line is seen when it is printed."""
    server.start(unbuffered=True)
    server.about("answers")
    server.note_output("before the first client")
    server.visit("A")
    server.visit("B")
    server.then("both have gone")
    server.note_output("after two clients")
