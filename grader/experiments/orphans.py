"""A parent that is ended while its children work."""

import signal

from grader.apparatus.server import Server
from grader.experiments import experiment
from grader.wording import filed

ENDINGS = (signal.SIGKILL, signal.SIGINT)


@experiment(forking="children_outlive_parent")
def orphans(server: Server) -> None:
    """A and B are being served when the parent alone is ended, by SIGKILL and by SIGINT; then they ask."""
    for number in ENDINGS:
        if number is not ENDINGS[0]:
            server.about("starts_again_at_once")
        server.start(label=filed("waiting ({signal})", signal=number.name))
        server.about("children_outlive_parent")
        clients = server.connect(f"A ({number.name})", f"B ({number.name})")
        server.then(filed("both are silent ({signal})", signal=number.name))
        server.may_end()
        server.signal(number)
        server.then(filed("the parent got {signal}", signal=number.name))
        server.ask(*clients)
        server.then(filed("both have asked ({signal})", signal=number.name))
        server.leave(*clients)
        server.then(filed("both have gone ({signal})", signal=number.name))
        server.end()
