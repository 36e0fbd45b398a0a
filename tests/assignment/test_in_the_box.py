"""Limits and DELAY of an assignment reach the programs, and a student's own `pytest` works for the hand-out's file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import grading
from grader.apparatus.sandbox.choosing import choose
from grader.apparatus.server import Server
from grader.assignment import Assignment, Limits, put_in_force
from grader.experiments import EXPERIMENTS, experiment
from grader.looking import look
from grader.model import FORKING
from grader.recording import Recording

TELLS = """
import json, os, resource, socket
told = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[0] for name in ("NOFILE", "FSIZE")}
print(json.dumps({**told, "DELAY": os.environ["DELAY"]}), flush=True)
"""
FORKS = """
import os, signal
for _ in range(90):
    if not os.fork():
        signal.pause()
"""
FILLS = """
import os, time
for _ in range(2):
    if not os.fork():
        filled = b"x" * (300 << 20)
        time.sleep(600)
"""
LISTENS = """
import socket
listener = socket.create_server(("", int(os.environ["PORT"])))
while True:
    listener.accept()
"""


@pytest.fixture(autouse=True)
def _as_in_the_lab() -> Iterator[None]:
    yield
    put_in_force(Assignment())


def seen_of(folder: Path, program: str, settled: Assignment) -> Recording:
    """A program that is started, and looked at for a moment, by an assignment."""

    def a_scene_of_tests(server: Server) -> None:
        """It is started and nothing more."""
        server.start(delay=server.delay)

    (folder / FORKING.program).write_text(program + LISTENS)
    put_in_force(settled)
    experiment(last=False, long=False, forking="answers")(a_scene_of_tests)
    try:
        tier = choose(with_canary=False)
        wanted = {FORKING.name: ("a_scene_of_tests",)}
        looked = look(folder, wanted, tier.make, grading.bounds_here(), one_network=tier.has_one_network)
    finally:
        del EXPERIMENTS["a_scene_of_tests"]
    return looked[FORKING.name]["a_scene_of_tests"]


@pytest.mark.parametrize(
    ("settled", "told"),
    [
        (Assignment(), {"NOFILE": 256, "FSIZE": 16 << 20, "DELAY": "0.1"}),
        (
            Assignment(limits=Limits(descriptors=512, file_size=3), delay=0.25),
            {"NOFILE": 512, "FSIZE": 3 << 20, "DELAY": "0.25"},
        ),
    ],
)
def test_a_program_has_the_assignments_limits(tmp_path: Path, settled: Assignment, told: dict[str, object]) -> None:
    """As it sees them itself."""
    assert json.loads(seen_of(tmp_path, TELLS, settled).stdout.head) == told


@pytest.mark.parametrize(
    ("program", "limits", "told"),
    [
        (FORKS, Limits(processes=80), "more than 80 processes"),
        (FORKS, Limits(), ""),
        (FILLS, Limits(memory=512), "more than 512 MB of memory"),
    ],
)
def test_who_goes_over_the_assignments_limits_is_told_which(
    tmp_path: Path, program: str, limits: Limits, told: str
) -> None:
    """With the number that the assignment has."""
    cut = seen_of(tmp_path, program, Assignment(limits=limits)).cut
    assert told in cut
    assert bool(told) is bool(cut)


def test_a_students_pytest_works_for_the_file_beside_the_programs(tmp_path: Path) -> None:
    """Its points and its name; what is off is not there; what is wrong in it is pytest's usage error.

    A submission that is graded from elsewhere settles nothing.
    """
    for program in grading.REFERENCE.glob("*.py"):
        shutil.copy(program, tmp_path)
    settled = (
        'name = "Mine"\ntotal = 98.5\nchecks_off = ["forking/survives_signals"]\n[points]\n"forking/listens" = 3.5\n'
    )
    (tmp_path / "assignment.toml").write_text(settled)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "listens or signals"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "score 5.5 of 5.5" in done.stdout, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    assert "survives_signals" not in done.stdout
    assert "Mine · " in (tmp_path / "report.html").read_text()
    (tmp_path / "assignment.toml").write_text("delay = 7")
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, "assignment.toml, line 1: delay = 7: it has to be" in done.stderr) == (4, True), (
        done.stderr
    )
    elsewhere = [*command, "--collect-only", f"--submission={tmp_path}"]
    assert subprocess.run(elsewhere, capture_output=True, cwd=grading.PROJECT, check=False).returncode == 0
