"""Signals that end nobody, while clients are served."""

import signal

from grader.apparatus.server import Server
from grader.experiments import experiment
from grader.wording import filed

SIGNALS = (signal.SIGCHLD, signal.SIGCONT, signal.SIGWINCH, signal.SIGURG)


@experiment(forking="survives_signals")
def storm(server: Server) -> None:
    """SIGCHLD, SIGCONT, SIGWINCH and SIGURG come while the server waits, and while clients come and go."""
    server.start()
    for number in SIGNALS:
        server.signal(number)
        server.then(filed("{signal} came", signal=number.name))
    server.visit("A")
    for turn in range(8):
        clients = server.connect(f"B{turn}", f"C{turn}")
        for number in SIGNALS:
            server.signal(number)
        server.ask(*clients)
        for number in SIGNALS:
            server.signal(number)
        server.serve(*clients)
    server.then("the storm is over")
    server.visit("D")
