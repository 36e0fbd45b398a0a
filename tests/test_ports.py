"""The lab's ports, where no box has a network of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from grader import grading, ports

WAITS_FOR_ITS_TURN = """
import sys
from grader import ports
ports._LOCK = "\\0" + sys.argv[1]
with ports.alone(lambda sentence: print(sentence, flush=True)):
    print("has them", flush=True)
"""


def a_port_with_a_time_wait(family: socket.AddressFamily, address: str) -> int:
    """A port on which a server has ended a connection first, and is gone."""
    with socket.socket(family) as listener:
        listener.bind((address, 0))
        listener.listen()
        port: int = listener.getsockname()[1]
        with socket.create_connection((address, port)) as client:
            accepted, _ = listener.accept()
            accepted.close()
            assert client.recv(1) == b""
    return port


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_time_wait_is_ended(family: socket.AddressFamily, address: str) -> None:
    """A server without SO_REUSEADDR can have the port at once."""
    port = a_port_with_a_time_wait(family, address)
    with socket.socket(family) as server:
        with pytest.raises(OSError, match="Address already in use"):
            server.bind((address, port))
        ports.end_what_lingers_on(port)
        server.bind((address, port))


def test_a_connection_that_somebody_uses_is_left_alone() -> None:
    """Only what nobody holds any more is ended."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        client.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted:
            listener.close()
            ports.end_what_lingers_on(accepted.getsockname()[1])
            accepted.sendall(b"still here")
            assert client.recv(100) == b"still here"


def test_whoever_has_a_port_is_named() -> None:
    """By pid and by name; and nobody where nobody has it."""
    with socket.create_server(("", 0)) as listener:
        port = listener.getsockname()[1]
        holder = ports.holder_of(port)
        assert holder is not None
        assert holder.pid == os.getpid()
    assert ports.holder_of(port) is None


def test_what_lingers_is_nobodys() -> None:
    """Nobody has a port that is in TIME_WAIT alone."""
    assert ports.holder_of(a_port_with_a_time_wait(socket.AF_INET, "127.0.0.1")) is None


def test_runs_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second says whom it waits for, and goes on when the first has ended.

    Under a lock of their own: another test may want the ports as well, and be the next whom the second waits for.
    """
    monkeypatch.setattr(ports, "_LOCK", f"\0forklab-ports-of-{os.getpid()}")
    told: list[str] = []
    with ports.alone(told.append):
        second = subprocess.Popen(
            [sys.executable, "-c", WAITS_FOR_ITS_TURN, ports._LOCK[1:]],
            cwd=grading.PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert second.stdout is not None
        assert f"pid {os.getpid()}" in second.stdout.readline()
    said, _ = second.communicate()
    assert (said, second.returncode) == ("has them\n", 0)
