"""What the servers of one grade cost by themselves: as often started, as many clients, and nobody who looks.

python benchmarks/servers_alone.py

No grader that lets these clients come can cost less. Clients come one after the other to plain `python program`, say the
lesson's request, read to the end and leave; signals, crowds and DELAY are left out.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from grader import grading, scratch
from grader.apparatus.sandbox.choosing import choose
from grader.copying import copy
from grader.looking import look
from grader.model import track_named
from grader.recording import What
from grader.rubric import experiments_needed, rubric

PYTHON = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
RESETS = b"\1\0\0\0\0\0\0\0"
"""struct linger: on, 0 seconds; nothing lingers in TIME_WAIT, socket(7)."""
Visited = tuple[str, int, int]
"""A program, how often it was started, and how many clients came to it."""


def visits_of_a_grade() -> list[Visited]:
    """What a grade of the reference asks of both servers, counted in its recordings."""
    tier = choose()
    with scratch.folder() as folder:
        programs = folder / "reference"
        copy(grading.REFERENCE, programs)
        wanted = experiments_needed(rubric())
        found = look(programs, wanted, tier.make, grading.bounds_here(), one_network=tier.has_one_network)
    return [
        (
            track,
            sum(event.what is What.STARTED for one in scenes.values() for event in one.events),
            sum(len(one.clients) for one in scenes.values()),
        )
        for track, scenes in found.items()
    ]


def serve(track_name: str, starts: int, clients: int) -> None:
    """Start a program so often, and let the clients come to it."""
    track = track_named(track_name)
    share, more = divmod(clients, starts)
    for number in range(starts):
        server = subprocess.Popen(
            [PYTHON, track.program],
            cwd=grading.REFERENCE,
            env={"PORT": str(track.port), "DELAY": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
        )
        try:
            for _ in range(share + (number < more)):
                _visit(track.port, track.request)
        finally:
            server.kill()
            server.wait()


def _visit(port: int, request: bytes) -> None:
    with _connected(port) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESETS)
        client.sendall(request)
        while client.recv(4096):
            pass


def _connected(port: int) -> socket.socket:
    while True:
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port))
        time.sleep(0.001)  # it has just been started


def main() -> None:
    """Count, or with what was counted serve."""
    if len(sys.argv) > 1:
        for visited in json.loads(sys.argv[1]):
            serve(*visited)
        return
    visits = visits_of_a_grade()
    before = os.times()
    for visited in visits:
        serve(*visited)
    after = os.times()
    starts, clients = sum(one[1] for one in visits), sum(one[2] for one in visits)
    used = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"{starts} starts and {clients} clients: {used:.2f} core-seconds of {Path(PYTHON).name}, nobody looking")


if __name__ == "__main__":
    main()
