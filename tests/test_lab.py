"""What is handed out and what is kept back fit together: skeletons, reference, client, examples."""

import ast
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from grader.apparatus.processes import ProcessTable

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "student_template"
REFERENCE = ROOT / "reference"
SUBMISSIONS = ROOT / "examples" / "submissions"
PROGRAMS = ("blocking_server.py", "forking_server.py")
PYTHON_FILES = sorted(file for folder in (TEMPLATE, REFERENCE, SUBMISSIONS) for file in folder.rglob("*.py"))
LEFT_TO_THE_STUDENT = "REPLY"  # the one constant whose value the skeleton does not give

# Only what hangs waits that long: the programs here answer in milliseconds, on a busy machine too.
PATIENCE = 30.0  # seconds

# Runs a program that may not have a socket: asking for one raises where it is asked for.
WITHOUT_SOCKETS = """
import runpy, sys

def refuse(event, arguments):
    if event == "socket.__new__":
        raise PermissionError("asked for a socket")

sys.addaudithook(refuse)
runpy.run_path(sys.argv[1], run_name="__main__")
"""

# A shell starts background jobs with SIGINT ignored, and the tests may be one of them.
WITH_CTRL_C = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def functions(program: Path) -> dict[str, str]:
    """Return the signature and the first line of the docstring of every public function."""
    return {
        node.name: f"({ast.unparse(node.args)}) -> {ast.unparse(node.returns or ast.Constant(...))}"
        f"  {(ast.get_docstring(node) or '').partition(chr(10))[0]}"
        for node in ast.parse(program.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def constants(program: Path) -> dict[str, str]:
    """Return the expression behind every public constant."""
    return {
        target.id: ast.unparse(node.value)
        for node in ast.parse(program.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and not target.id.startswith("_")
    }


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Python to its end."""
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=PATIENCE, check=False)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def wait_until_it_listens(server: "subprocess.Popen[bytes]", port: int) -> None:
    """Knock until somebody opens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except ConnectionRefusedError:
            assert server.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, f"nobody listens on port {port}"
        else:
            return


@contextmanager
def serving(program: Path) -> Iterator[int]:
    """Start a server, hand over its port, and end it by SIGTERM."""
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "DELAY": "0"}
    with subprocess.Popen([sys.executable, program], env=environment) as server:
        try:
            wait_until_it_listens(server, port)
            yield port
        finally:
            server.terminate()


@contextmanager
def client_talking(*options: str) -> Iterator[tuple[socket.socket, "subprocess.Popen[str]"]]:
    """Start client.py against a server that is this test, and hand over both ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        port = str(listener.getsockname()[1])
        with subprocess.Popen(
            [sys.executable, "-c", WITH_CTRL_C, TEMPLATE / "client.py", "--port", port, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                connection, _address = listener.accept()
                with connection:
                    yield connection, process
            finally:
                process.kill()


def wait_until_it_sleeps_in_select(process: "subprocess.Popen[str]") -> None:
    """Python acts on a signal that comes just before a system call only when the call has ended."""
    deadline = time.monotonic() + PATIENCE
    with closing(ProcessTable(os.open("/proc", os.O_RDONLY | os.O_DIRECTORY))) as processes:
        while processes.threads(process.pid)[0].call not in {"select", "pselect6"}:
            assert time.monotonic() < deadline, "the client does not wait for the server to speak"


def end_of(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Return how a process ended, and what it has printed and complained of."""
    output, complaints = process.communicate(timeout=PATIENCE)
    return process.returncode, output, complaints


@pytest.mark.parametrize("program", PROGRAMS)
def test_skeleton_and_reference_have_the_same_functions(program: str) -> None:
    """Name, signature, purpose and order of the functions are those of the reference."""
    expected = list(functions(REFERENCE / program).items())

    assert expected == list(functions(TEMPLATE / program).items())
    assert expected


@pytest.mark.parametrize("program", PROGRAMS)
def test_skeleton_and_reference_have_the_same_constants(program: str) -> None:
    """The skeleton gives every constant of the reference but the reply."""
    expected = constants(REFERENCE / program) | {LEFT_TO_THE_STUDENT: "b''"}

    assert expected == constants(TEMPLATE / program)
    assert {"HOST", "PORT", "DELAY", "BACKLOG", "REPLY"} <= expected.keys()


@pytest.mark.parametrize("program", PROGRAMS)
def test_steps_are_numbered_without_a_gap(program: str) -> None:
    """The TODOs of a skeleton are 1, 2, 3, and each unfinished function names its own."""
    skeleton = (TEMPLATE / program).read_text(encoding="utf-8")
    steps = [int(number) for number in re.findall(r"# TODO (\d+):", skeleton)]
    told = [int(number) for number in re.findall(r'Error\(\s*"TODO (\d+):', skeleton)]

    assert list(range(1, len(steps) + 1)) == steps
    assert set(told) <= set(steps)


@pytest.mark.parametrize("program", PROGRAMS)
def test_bare_skeleton_says_what_is_missing(program: str) -> None:
    """The skeleton as handed out opens no socket, lists every step, and ends with status 1."""
    steps = re.findall(r"# (TODO \d+):", (TEMPLATE / program).read_text(encoding="utf-8"))

    ended = run("-c", WITHOUT_SOCKETS, TEMPLATE / program)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"{program} is not finished. Still missing:\nTODO 1: ")
    assert set(steps) == set(re.findall(r"TODO \d+", ended.stderr))
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_wants_a_socket_is_noticed(program: str) -> None:
    """The test above would see a skeleton that listens: it sees the reference."""
    assert "asked for a socket" in run("-c", WITHOUT_SOCKETS, REFERENCE / program).stderr


@pytest.mark.parametrize(
    ("server", "reply"),
    [
        ("blocking", b"Hello, I'm server"),
        ("forking", b"HTTP/1.1 200 OK\r\n\r\nHello, World!"),
    ],
)
def test_client_tells_what_the_reference_says(server: str, reply: bytes) -> None:
    """The client connects to a reference server, asks, and tells its reply and its end."""
    with serving(REFERENCE / f"{server}_server.py") as port:
        ended = run(TEMPLATE / "client.py", server, "--port", str(port), "--name", "Ann")

    told = re.findall(r"(?m)^ *\d+\.\d{3} s  Ann  (.*)$", ended.stdout)
    assert ended.stderr == ""
    assert ended.returncode == 0
    assert ["connected", f"received {reply!r}", "sees the end of the connection"] == [
        line for line in told if not line.startswith("sent ")
    ]


def test_client_asks_no_sooner_than_it_was_told_to() -> None:
    """With --wait the client is connected and silent for so long before it asks."""
    with client_talking("blocking", "--wait", "0.2") as (connection, process):
        assert connection.recv(1024) == b"Hello, I'm client"
        connection.close()
        _status, output, _complaints = end_of(process)

    assert "says nothing for 0.2 s" in output
    asked = re.search(r"(\d+\.\d+) s  client  sent", output)
    assert asked is not None
    assert float(asked[1]) >= 0.2


def test_client_finds_nobody() -> None:
    """Where no server runs, one sentence says how to start it."""
    ended = run(TEMPLATE / "client.py", "forking", "--port", str(free_port()))

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.endswith("in another terminal first: python forking_server.py\n")


def test_client_leaves_at_ctrl_c() -> None:
    """Ctrl-C ends a waiting client with the status that shells use, and without a traceback."""
    with client_talking("blocking", "--wait", "600", "--name", "Ann") as (_connection, process):
        assert process.stdout is not None
        while "says nothing" not in process.stdout.readline():
            pass
        wait_until_it_sleeps_in_select(process)
        process.send_signal(signal.SIGINT)
        status, _output, complaints = end_of(process)

    assert status == 130
    assert complaints == "\nAnn leaves.\n"


def test_client_notices_a_server_that_speaks_first() -> None:
    """A word that comes before the client has asked is told as such."""
    with client_talking("blocking", "--wait", "600") as (connection, process):
        connection.sendall(b"Welcome!")
        connection.recv(1024)
        connection.shutdown(socket.SHUT_WR)
        status, output, _complaints = end_of(process)

    assert status == 0
    assert "before it has asked" in output
    assert "received b'Welcome!'" in output


def test_client_gets_no_reply() -> None:
    """A connection that ends without a reply is trouble."""
    with client_talking("forking") as (connection, process):
        connection.recv(1024)
        connection.shutdown(socket.SHUT_WR)
        status, _output, complaints = end_of(process)

    assert status == 1
    assert complaints == "The server ended the connection without a reply.\n"


def test_client_is_reset() -> None:
    """A reset is told in one sentence."""
    with client_talking("forking") as (connection, process):
        connection.recv(1024)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        status, _output, complaints = end_of(process)

    assert status == 1
    assert complaints.startswith("The connection was reset: ")
    assert len(complaints.splitlines()) == 1


@pytest.mark.parametrize("file", PYTHON_FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_program_is_python_3_11(file: Path) -> None:
    """The oldest Python of the lab can read every program that is handed out or graded here."""
    program = file.read_text(encoding="utf-8")

    assert ast.parse(program, filename=str(file), feature_version=(3, 11)).body


def test_every_example_has_both_programs() -> None:
    """Eight submissions, each with the two programs and nothing else, each named in the list."""
    folders = sorted(folder for folder in SUBMISSIONS.iterdir() if folder.is_dir())
    page = (SUBMISSIONS.parent / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"(?m)^\| `(\w+)` \|", page)

    assert " ".join(listed) == "ada bela chen dora emil fay gus hana"
    assert listed == [folder.name for folder in folders]
    for folder in folders:
        assert sorted(PROGRAMS) == sorted(file.name for file in folder.glob("*.py"))


@pytest.mark.parametrize("program", PROGRAMS)
def test_chen_hands_in_the_template(program: str) -> None:
    """One of the eight has not begun."""
    assert (TEMPLATE / program).read_bytes() == (SUBMISSIONS / "chen" / program).read_bytes()


def test_hand_out_promises_a_hundred_points() -> None:
    """The hand-out names each requirement of the core once, and their points add up to 100."""
    rows = re.findall(
        r"(?m)^\| ((?:blocking|forking)/\w+) \| (\d+) \| \S.*\. \|$",
        (TEMPLATE / "README.md").read_text(encoding="utf-8"),
    )

    assert sum(int(points) for _requirement, points in rows) == 100
    assert len(rows) == len(dict(rows))
