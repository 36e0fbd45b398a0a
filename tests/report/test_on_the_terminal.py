"""What a terminal shows: in its width, in colour where it has some, the most important last, and nothing that steers it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from grader import grading
from grader.model import Diagnosis, Outcome, Result, Sure, report_of
from grader.recording import What
from grader.report.text import closing, failure, result_line
from tests.recordings import SERVER, child, comes, event, process, recording, snapshot, thread, visit

COLOURS = re.compile("\x1b\\[[0-9;]*m")
CROWD = "forking/parent_closes_connections"
STEERING = "\x1b[2J\x1b]0;owned\x07\u202ered\r\n\x00" * 3
FAILED = Result(
    CROWD, Outcome.FAILED, 5.0, 0.0, False, "The parent closes its copy.", "a message", "none of A, B", "both: A and B",
    ("pid 7 (the server) holds A's connection", STEERING), "Which does the parent need? close(2)",
)  # fmt: skip
SCENE = recording(
    "crowd",
    event("server", What.STARTED, 0.0),
    *comes("A", 0.1),
    snapshot("all are there", process(SERVER, thread(SERVER, "accept4")), child(8, "A"), clients="A", at=0.2),
    *visit("B", 0.3),
)


def shown_by(result: Result, width: int) -> list[str]:
    """All that may be said of a result."""
    why = Diagnosis(
        cause="it", sentence=STEERING, sure=Sure.PERHAPS, hint="Which one? " * 9, root=result.id, follows=(CROWD,) * 3
    )
    report = report_of("Ann", (result,), sandbox="none", seconds=1.0, diagnoses={"forking": why})
    return [result_line(result, width, False), *failure(result, width, False, SCENE), *closing(report, width, False)]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.NOT_REACHED, Outcome.INCONCLUSIVE])
def test_no_line_is_longer_than_the_terminal_is_wide(width: int, outcome: Outcome) -> None:
    """Nor does it steer it."""
    lines = shown_by(msgspec.structs.replace(FAILED, outcome=outcome, message="why " * 60), width)
    assert max(map(len, lines)) <= width
    assert [line for line in lines if not line.isprintable()] == []
    assert lines[0].startswith(f"  {lines[0][2]} 0/5 {CROWD[:30]}")


def test_a_scene_is_told_row_by_row() -> None:
    """What clients saw with its time, what a look found with `by`; before the hint, which comes last."""
    lines = failure(FAILED, 100, False, SCENE)
    told = " ".join(" ".join(lines).split())
    for row in (
        "0.100 s A asks for a connection",
        "by 0.200 s pid 8 has been forked",
        "by 0.200 s A's connection has been accepted, and is held by pid 8 (a child)",
        "0.200 s a look, all are there: pid 7 (the server) sleeps in accept4(); pid 8 (a child) sleeps in recvfrom() on A's connection",
        "0.300 s B sees the end of the connection",
    ):
        assert row in told
    assert told.index("0.100 s A asks for a connection") < told.index("by 0.200 s pid 8 has been forked")
    assert told.endswith("hint: Which does the parent need? close(2)")
    assert "the scene" not in "".join(failure(FAILED, 100, False))


def test_what_was_observed_is_red_to_its_last_line() -> None:
    """However often it is wrapped; the rest is not."""
    lines = failure(msgspec.structs.replace(FAILED, observed="word " * 40), 60, True)
    red = [line for line in lines if line.startswith("\x1b[31m")]
    assert (len(red), all("word" in line for line in red)) == (5, True)
    assert not any("\x1b" in line for line in failure(FAILED, 60, False))


def on_a_terminal(folder: Path, columns: int, *arguments: str, **variables: str) -> list[str]:
    """What pytest writes on a terminal that is so wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    started = subprocess.Popen(
        [*PYTEST, *arguments], cwd=folder, stdout=theirs, env={**BARE, "TERM": "xterm", **variables}
    )
    os.close(theirs)
    written = b""
    with suppress(OSError), open(ours, "rb", buffering=0) as terminal:  # EIO: its last writer has gone, pty(7)
        while piece := terminal.read(4096):
            written += piece
    assert started.wait() == 1
    return written.decode().splitlines()


PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k")
BARE = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "PY_COLORS", "CI")}


def test_a_terminal_has_colour_and_a_width(tmp_path: Path) -> None:
    """The cause and the score are the last that is written, and the scene is told for `-v`."""
    shutil.copy(grading.SAMPLES / "fay" / "blocking_server.py", tmp_path)
    lines = on_a_terminal(tmp_path, 60, "blocking/answers", "-v")
    assert any(line.startswith("\x1b[31m  observed: ") for line in lines)
    bare = [COLOURS.sub("", line) for line in lines]
    ours = [line for line in bare if line.startswith("  ")]
    assert max(map(len, ours)) <= 60
    assert "client 5 sees the end" in " ".join(ours)
    assert bare[-2] == "blocking 0/6 · score 0 of 6"
    assert any(line.startswith("Mend first: blocking/answers.") for line in bare[-8:-2])


def test_nobody_gets_colours_who_wants_none(tmp_path: Path) -> None:
    """NO_COLOR on a terminal; and `--color=yes` where there is none."""
    shutil.copy(grading.SAMPLES / "fay" / "forking_server.py", tmp_path)  # the other one's want is told at once
    assert not any("\x1b[3" in line for line in on_a_terminal(tmp_path, 100, "blocking/listens", NO_COLOR="1"))
    command = [*PYTEST, "blocking/listens", "--color=yes"]
    piped = subprocess.run(command, cwd=tmp_path, env=BARE, capture_output=True, text=True, check=False).stdout
    assert "\x1b[31m  observed: there is no file" in piped
