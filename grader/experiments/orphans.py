"""A parent that is ended while its children work."""

import signal

from grader.apparatus.server import Server
from grader.experiments import experiment

ENDINGS = (signal.SIGKILL, signal.SIGINT)


@experiment(forking="children_outlive_parent")
def orphans(server: Server) -> None:
    """A and B are being served when the parent alone is ended, by SIGKILL and by SIGINT; then they ask."""
    for number in ENDINGS:
        server.start(label=f"waiting ({number.name})")
        clients = server.connect(f"A ({number.name})", f"B ({number.name})")
        server.then(f"both are silent ({number.name})")
        server.may_end()
        server.signal(number)
        server.then(f"the parent got {number.name}")
        server.ask(*clients)
        server.then(f"both have asked ({number.name})")
        server.leave(*clients)
        server.then(f"both have gone ({number.name})")
        server.end()
