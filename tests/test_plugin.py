"""`pytest` as a student runs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import grading


def graded(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder, as its user does."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


@pytest.fixture
def fay(tmp_path: Path) -> Path:
    """A student's own folder, somewhere else, with two mistakes in it."""
    shutil.copytree(grading.SAMPLES / "fay", tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_folder_with_the_programs_is_graded(fay: Path) -> None:
    """Requirements, not functions; expected, observed and hint, and nothing of ours; the score comes last."""
    done = graded(fay)
    assert done.returncode == 1
    assert "score 84 of 100" in done.stdout
    assert 'observed: "Hello, I\'m server\\n"' in done.stdout
    assert f'File "{grading.PROJECT}' not in done.stdout
    assert "def test_" not in done.stdout
    assert (fay / "report.html").is_file()


def test_some_checks_can_be_selected(fay: Path) -> None:
    """`-k` plays just the scenes that the selected checks need."""
    done = graded(fay, "-k", "closes_after_reply")
    assert (done.returncode, "2 passed" in done.stdout) == (0, True)


def test_workers_share_one_look(fay: Path) -> None:
    """`-n 2` tells the same as one process does."""
    assert "score 84 of 100" in graded(fay, "-n", "2").stdout


def test_the_bare_template_earns_nothing(tmp_path: Path) -> None:
    """By FAILED and NOT REACHED alone."""
    shutil.copytree(grading.TEMPLATE, tmp_path, dirs_exist_ok=True)
    done = graded(tmp_path)
    assert "score 0 of 100" in done.stdout
    assert "2 failed, 46 not reached" in done.stdout


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("def broken(:", "does not parse: line 1, column 12"),
        ("import no_such_module", "No module named 'no_such_module' (forking_server.py, line 1)"),
        ("raise SystemExit(3)", "ended with status 3 before it listened: it said nothing"),
        ("import time; time.sleep(3600)", "does not listen on any port"),
        ("while True: print('x' * 100000)", "wrote more than 16 MB"),
    ],
)
def test_a_program_that_never_serves_is_told_why(tmp_path: Path, line: str, told: str) -> None:
    """One clear sentence each."""
    (tmp_path / "forking_server.py").write_text(line + "\n")
    done = graded(tmp_path, "-k", "listens")
    assert told in " ".join(done.stdout.split())
    assert "no file blocking_server.py" in " ".join(done.stdout.split())


def test_a_missing_folder_is_a_usage_error(tmp_path: Path) -> None:
    """Exit status 4 is pytest's own for usage."""
    done = graded(tmp_path, "--submission", "nowhere")
    assert (done.returncode, "there is no such folder" in done.stderr) == (4, True)
