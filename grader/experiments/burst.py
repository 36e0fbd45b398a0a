"""Many children that end while their parent can't look."""

from grader.apparatus.server import Server
from grader.experiments import experiment

BURST = tuple(f"C{number}" for number in range(1, 31))


@experiment(forking="reaps_a_burst")
def burst(server: Server) -> None:
    """Thirty children end while their parent is stopped, ten of them by a signal; it goes on; one more client comes."""
    server.start()
    clients = server.connect(*BURST)
    server.then("all are there")
    server.freeze()
    server.kill_whoever_serves(clients[::3])
    server.ask(*clients[1::3], *clients[2::3])
    server.then("all children have ended")
    server.thaw()
    server.then("the server goes on")
    server.leave(*clients)
    server.visit("one more")
    server.then("one more client has come")
