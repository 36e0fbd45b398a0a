"""`verify` as its user runs it: resumed, killed, and with an exit status that can be trusted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from grader import grading
from grader.proof.filed import TRIALS

PROGRAM = (grading.REFERENCE / "forking_server.py").read_text()
NO_BLANK_LINE = PROGRAM.replace(r"OK\r\n\r\n", r"OK\r\n")
CAUSE = "# cause: no_blank_line\n"
FAILS = f"# No blank line.\n# fails: forking/answers\n{CAUSE}"


@pytest.fixture
def servers(tmp_path: Path) -> Path:
    """A folder with one wrong server and one right one."""
    for kind, text in (("mutants", FAILS + NO_BLANK_LINE), ("right", PROGRAM)):
        folder = tmp_path / "servers" / kind / "forking"
        folder.mkdir(parents=True)
        (folder / "one.py").write_text(text)
    return tmp_path / "servers"


WITH_CTRL_C = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("grader", run_name="__main__", alter_sys=True)
"""
"""A shell starts background jobs with SIGINT ignored, and the tests may be one of them."""


def command(servers: Path, *more: str) -> list[str]:
    """The command line."""
    out = str(servers.parent / "out")
    return [sys.executable, "-c", WITH_CTRL_C, "verify", "--mutants", str(servers), "--out", out, *more]


def verified(servers: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(command(servers, *more), capture_output=True, text=True, cwd=grading.PROJECT, check=False)


def document(servers: Path) -> dict[str, object]:
    """What programs read."""
    found: dict[str, object] = json.loads((servers.parent / "out" / "verify.json").read_text())
    return found


def test_what_is_filed_is_not_graded_again(servers: Path) -> None:
    """A second run does nothing, a higher --repeat does the rest, and --again everything."""
    done = verified(servers)
    assert (done.returncode, "2 gradings, 2 to do" in done.stdout) == (0, True), done.stdout + done.stderr
    assert "2 gradings, 0 to do, 2 filed already" in verified(servers).stdout
    assert "4 gradings, 2 to do, 2 filed already" in verified(servers, "--repeat", "2").stdout
    assert "2 gradings, 2 to do" in verified(servers, "--again").stdout
    assert document(servers)["clean"] is True
    assert "all is as it should be" in (servers.parent / "out" / "verify.html").read_text()


def test_a_header_that_lies_is_told_with_exit_status_1(servers: Path) -> None:
    """What it names passes, what it does not name fails; a new header needs no new grading."""
    assert verified(servers).returncode == 0
    wrong = servers / "mutants" / "forking" / "one.py"
    wrong.write_text(f"# No blank line.\n# fails: forking/reaps_a_burst\n{CAUSE}" + NO_BLANK_LINE)
    done = verified(servers)
    assert (done.returncode, "2 gradings, 0 to do" in done.stdout) == (1, True)
    assert "mutants/forking/one: forking/reaps_a_burst passed" in done.stdout
    assert "mutants/forking/one: forking/answers failed: expected to GET /: a blank line" in done.stdout
    assert "NOT all is as it should be" in done.stdout
    wrong.write_text(f"# No.\n# fails: forking/listens\n# follows: forking/answers: no line\n{CAUSE}" + NO_BLANK_LINE)
    assert "false acceptances: 1 of 1" in verified(servers).stdout


def test_a_run_that_is_killed_goes_on_where_it_was(servers: Path) -> None:
    """kill -9 leaves no process, and what was filed stays filed."""
    with subprocess.Popen(
        command(servers, "--repeat", "20", "--busy", "1"),
        cwd=grading.PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as main:  # fmt: skip
        filed = servers.parent / "out" / TRIALS
        while not filed.exists() or not filed.read_bytes():
            assert main.poll() is None
            os.sched_yield()
        below = psutil.Process(main.pid).children(recursive=True)
        main.kill()
    assert psutil.wait_procs(below, timeout=60)[1] == []
    there = filed.read_bytes().count(b"\n")
    assert there >= 1
    assert f"{there} filed already" in verified(servers, "--busy", "1", "--repeat", str(there)).stdout


def test_ctrl_c_ends_in_order(servers: Path) -> None:
    """One line, exit status 1, and no process of the run is left."""
    with subprocess.Popen(
        command(servers, "--repeat", "50", "--busy", "1"),
        cwd=grading.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as main:  # fmt: skip
        assert main.stderr is not None
        main.stderr.readline()
        below = psutil.Process(main.pid).children(recursive=True)
        main.send_signal(signal.SIGINT)
        said = main.stderr.read()
    assert psutil.wait_procs(below, timeout=60)[1] == []
    assert (main.returncode, "stopped; what is graded is filed" in said, "Traceback" in said) == (1, True, False)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--only", "nowhere"), "no server in"),
        (("--cpu-share", "2"), "no share of a core between 0.01 and 1"),
        (("--cpu-share", "nan"), "no share of a core"),
        (("--mutants", "."), "holds no servers"),
    ],
)
def test_what_can_not_be_verified_is_a_sentence(servers: Path, more: tuple[str, ...], told: str) -> None:
    """And exit status 2."""
    done = verified(servers, *more)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_a_share_of_a_core_is_said(servers: Path) -> None:
    """In JSON and on the page; where no share is to be had, one sentence says so."""
    done = verified(servers, "--cpu-share", "0.5", "--only", "right")
    if done.returncode == 2:
        assert done.stderr.startswith("forklab: --cpu-share needs a control group")
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    assert document(servers)["processor"] == "0.5 of one core"
