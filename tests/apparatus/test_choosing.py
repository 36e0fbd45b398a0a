"""The canary: what it could do in a box is told, and nothing that it could not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import grading
from grader.apparatus.sandbox.bare import BareBox
from grader.apparatus.sandbox.canary import what_it_could_do


def test_without_a_box_the_canary_can_do_it_all(tmp_path: Path) -> None:
    """It sees the grader's process, for one."""
    with BareBox(tmp_path) as box:
        assert "see the grader's process" in what_it_could_do(box)


@pytest.mark.needs("bubblewrap")
def test_a_grader_with_a_small_pid_is_no_process_of_the_box(tmp_path: Path) -> None:
    """In a container the grader may be process 2, as the canary is in its box: it saw itself, and no pod could grade."""
    container = [shutil.which("bwrap") or "", "--unshare-pid", "--dev-bind", "/", "/", "--proc", "/proc"]
    command = [*container, "--cap-add", "ALL", sys.executable, "-m", "grader", "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, check=False)
    told = [line for line in done.stdout.splitlines() if line.startswith("ok  bubblewrap box: ")]
    assert "a canary in it could do nothing that it must not" in told[0], done.stdout + done.stderr
