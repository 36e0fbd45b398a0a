"""A machine without bubblewrap: said in a sentence; graded in the next box, and without one our own samples alone."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from grader import grading, ports

HIDDEN = {**os.environ, "PATH": "/nowhere"}
"""The command `bwrap` is found on the PATH, and nothing else of the grader is."""
ITS_OWN_NETWORK = ("/usr/bin/bwrap", "--dev-bind", "/", "/", "--unshare-net", "--")
"""Only the tests use it here, so that what they do to a port meets nobody else's."""
WITHOUT_LANDLOCK = """
import ctypes, os, struct, sys
class Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))
program = b"".join(struct.pack("=HBBI", *one) for one in (
    (0x20, 0, 0, 0), (0x15, 0, 1, 444), (0x06, 0, 0, 0x50000 | 38), (0x06, 0, 0, 0x7FFF0000),
))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(Filter(4, program)), 0, 0) == 0
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""A kernel that does not know landlock_create_ruleset(2), number 444: ENOSYS, by a filter of system calls."""
HOLDS_THE_PORT = """
import socket, subprocess, sys
with socket.create_server(("", 8888)):
    sys.exit(subprocess.run(sys.argv[1:]).returncode)
"""


def run(*words: str | Path, cwd: Path = grading.PROJECT, landlock: bool = False) -> subprocess.CompletedProcess[str]:
    """Run Python without bubblewrap; in a network of its own where bubblewrap is there after all.

    Args:
        landlock: the kernel has it, where it has it.
    """
    alone = ITS_OWN_NETWORK if Path(ITS_OWN_NETWORK[0]).exists() else ()
    without = () if landlock else ("-c", WITHOUT_LANDLOCK)
    command = [*alone, sys.executable, *without, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=HIDDEN, check=False)


def test_the_samples_are_graded_all_the_same(tmp_path: Path, scores_of_the_samples: dict[str, float]) -> None:
    """The reason is told once, and the scores are the true ones, whatever --jobs says."""
    done = run("-m", "grader", "grade", grading.SAMPLES, "--out", tmp_path, "--jobs", "2")
    scores = {path.parent.name: json.loads(path.read_text())["score"] for path in tmp_path.glob("*/result.json")}
    assert (done.returncode, scores) == (0, scores_of_the_samples), done.stdout + done.stderr
    assert done.stderr.count("bubblewrap is not installed") == 1
    assert "UNSANDBOXED" in (tmp_path / "ada" / "report.html").read_text()
    assert "UNSANDBOXED" in (tmp_path / "index.html").read_text()
    assert "bubblewrap is not installed" in (tmp_path / "ada" / "instructor.html").read_text()
    assert "bubblewrap is not installed" not in (tmp_path / "ada" / "report.html").read_text()


def test_other_peoples_programs_are_refused(tmp_path: Path) -> None:
    """In one sentence that says why, and how to have it all the same."""
    shutil.copytree(grading.SAMPLES / "ada", tmp_path / "class" / "ada")
    done = run("-m", "grader", "grade", tmp_path / "class", "--out", tmp_path / "out")
    assert (done.returncode, len(done.stderr.splitlines()), done.stdout) == (2, 1, "")
    assert "bubblewrap is not installed" in done.stderr
    assert "--sandbox none" in done.stderr
    assert not list(tmp_path.glob("out/*/result.json"))


def test_other_peoples_programs_are_graded_where_that_is_asked_for(tmp_path: Path, few_checks: Path) -> None:
    """`--sandbox none` is the instructor's own word for it."""
    shutil.copytree(grading.SAMPLES / "chen", tmp_path / "class" / "chen")
    words = ("--sandbox", "none", "--assignment", few_checks)
    done = run("-m", "grader", "grade", tmp_path / "class", "--out", tmp_path / "out", *words)
    assert (done.returncode, "chen" in done.stdout) == (0, True), done.stderr


@pytest.mark.needs("Landlock")
def test_the_next_box_holds_other_peoples_programs(tmp_path: Path) -> None:
    """Why it is not bubblewrap's is told once; the tier stands in every result, and nothing is UNSANDBOXED."""
    shutil.copytree(grading.SAMPLES / "emil", tmp_path / "class" / "emil")
    done = run("-m", "grader", "grade", tmp_path / "class", "--out", tmp_path / "out", landlock=True)
    result = json.loads((tmp_path / "out" / "emil" / "result.json").read_text())
    assert (done.returncode, result["sandbox"], result["score"]) == (0, "landlock", 91), done.stdout + done.stderr
    assert done.stderr.count("bubblewrap is not installed") == 1
    assert "sandbox: landlock" in (tmp_path / "out" / "emil" / "report.html").read_text()
    assert "UNSANDBOXED" not in (tmp_path / "out" / "index.html").read_text()


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """The doctor has a line for each box, with what mends it."""
    told = run("-m", "grader", "doctor").stdout
    assert "NO  bubblewrap box: bubblewrap is not installed\n     mend it with: " in told
    assert "NO  landlock box: this kernel has no Landlock, or this container refuses it\n     mend it with: " in told
    assert "NO  sandbox: none to be had" in told


@pytest.mark.parametrize("sample", ["hana", "ada"])
def test_a_server_is_graded_again_at_once(tmp_path: Path, sample: str) -> None:
    """What the last run left on the port is no fault of the next run's server, with SO_REUSEADDR or without."""
    shutil.copytree(grading.SAMPLES / "hana", tmp_path / "hana")
    shutil.copytree(grading.SAMPLES / sample, tmp_path / "next", dirs_exist_ok=True)
    left = "import runpy, sys; sys.argv = ['pytest', *sys.argv[1:]]; runpy.run_module('pytest', run_name='__main__')"
    both = (
        "import subprocess, sys\n"
        "for folder in sys.argv[1:]:\n"
        f"    words = [sys.executable, '-c', {left!r}, '-p', 'no:cacheprovider', '--sandbox', 'none', '-k', 'listens or starts']\n"
        "    print(subprocess.run(words, cwd=folder, capture_output=True, text=True).stdout)\n"
    )
    done = run("-c", both, tmp_path / "hana", tmp_path / "next")
    first, second = done.stdout.split("test session starts")[1:]
    assert ("✓ 2/2 blocking/listens" in first, "✗ 0/1 blocking/starts_again_at_once" in first) == (True, True)
    assert ("✓ 2/2 blocking/listens" in second, "✓ 2/2 forking/listens" in second) == (True, True), second


@pytest.mark.needs("bubblewrap")
@pytest.mark.parametrize("words", [["-m", "grader", "grade", str(grading.SAMPLES / "ada"), "--out"], ["-m", "pytest"]])
def test_a_port_in_use_is_told_before_anything_is_graded(tmp_path: Path, words: list[str]) -> None:
    """By whom, in one sentence, as a mistake in usage: no server is blamed for it."""
    shutil.copytree(grading.SAMPLES / "ada", tmp_path, dirs_exist_ok=True)
    words = [*words, str(tmp_path / "out")] if "--out" in words else [*words, "-p", "no:cacheprovider"]
    done = run("-c", HOLDS_THE_PORT, sys.executable, *words, cwd=grading.PROJECT if "--out" in words else tmp_path)
    assert done.returncode == (2 if "--out" in words else 4), done.stdout + done.stderr
    assert "port 8888 is in use by python" in done.stderr
    assert "(pid " in done.stderr
    assert "listens" not in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.needs("bubblewrap")
def test_a_box_shares_no_port(tmp_path: Path) -> None:
    """With bubblewrap somebody else's server on the port is in nobody's way."""
    shutil.copytree(grading.SAMPLES / "ada", tmp_path, dirs_exist_ok=True)
    with ports.alone(print), socket.socket() as somebody:
        somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        somebody.bind(("127.0.0.1", 8888))
        words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "listens and forking"]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
