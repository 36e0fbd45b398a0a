"""No descriptor is left at accept."""

from grader.apparatus.server import Server
from grader.experiments import experiment


@experiment(blocking="survives_full_descriptor_table", forking="survives_full_descriptor_table")
def scarce_descriptors(server: Server) -> None:
    """The server may open no descriptor more when A and B come; then it may again, and C comes."""
    server.start()
    # An accept that already sleeps has reserved its descriptor: A still gets it, and the next one fails.
    was = server.limit("NOFILE", server.lowest_free_descriptor)
    a, b = server.connect("A", "B")
    server.ask(a, b)
    server.then("no descriptor is left")
    server.limit("NOFILE", was)
    server.serve(a, b)
    server.visit("C")
    server.then("C has gone")
