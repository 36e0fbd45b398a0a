"""Many clients at once, twice."""

from grader.apparatus.server import Server
from grader.experiments import experiment

FIRST = tuple(f"C{number}" for number in range(1, 13))
SECOND = tuple(f"D{number}" for number in range(1, 5))


@experiment(forking="gives_each_client_a_child")
def crowd(server: Server) -> None:
    """Twelve clients are there at once and ask in reverse order; then four more."""
    server.start()
    clients = server.connect(*FIRST)
    server.then("all are there")
    server.ask(*reversed(clients))
    server.serve(*clients)
    more = server.connect(*SECOND)
    server.then("four more are there")
    server.ask(*more)
    server.serve(*more)
    server.then("all have gone")
