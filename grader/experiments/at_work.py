"""Four clients at once, for chapter 2."""

from grader.apparatus.server import Server
from grader.experiments import experiment
from grader.timing import delays_from, label_of, name_of, proves_overlap_or_its_lack, takes

CLIENTS = "ABCD"


@experiment(forking="overlaps_in_time")
def at_work(server: Server) -> None:
    """A, B, C and D ask at once, and the work for each takes DELAY."""
    for take, delay in enumerate(delays_from(server.delay)):
        server.start(delay=delay)
        clients = server.connect(*(name_of(client, take) for client in CLIENTS))
        server.ask(*clients)
        server.look_at_work(label_of(take))
        server.serve(*clients)
        if proves_overlap_or_its_lack(takes(server.so_far(), CLIENTS)[-1]):
            return
        server.end()
