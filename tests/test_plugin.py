"""`pytest` as a student runs it."""

from __future__ import annotations

import contextlib
import os
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


def test_workers_share_one_look(fay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-n 2` tells the same as one process does, however long the name of the folder for temporary files is."""
    far = fay / ("t" * 150)
    far.mkdir()
    monkeypatch.setenv("TMPDIR", str(far))
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


def lines_of(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines that tell an outcome, without their sentences: `✓ 6/6 forking/answers`."""
    return [" ".join(line.split()[:3]) for line in done.stdout.splitlines() if line.startswith(("  ✓", "  ✗", "  –"))]


def test_a_check_is_selected_by_the_id_that_is_shown(fay: Path) -> None:
    """What stands in the result lines can be copied behind `-k`."""
    assert lines_of(graded(fay, "-k", "forking/closes_after_reply")) == ["✓ 4/4 forking/closes_after_reply"]


def test_it_ends_at_the_first_failure(fay: Path) -> None:
    """`-x`: what failed is told, and nothing after it."""
    done = graded(fay, "-x", "-k", "listens or answers")
    assert lines_of(done) == ["✓ 2/2 blocking/listens", "✗ 0/6 blocking/answers"]
    assert "stopping after 1 failures" in done.stdout


def test_only_what_failed_is_run_again(fay: Path) -> None:
    """`--lf`, with pytest's own cache in the student's folder."""
    command = [sys.executable, "-m", "pytest", "-k", "answers or closes_after"]
    subprocess.run(command, cwd=fay, capture_output=True, check=False)
    done = subprocess.run([*command, "--lf"], cwd=fay, capture_output=True, text=True, check=False)
    assert lines_of(done) == ["✗ 0/6 blocking/answers"]
    shutil.copy(grading.SAMPLES / "ada" / "blocking_server.py", fay)
    done = subprocess.run([*command, "--lf"], cwd=fay, capture_output=True, text=True, check=False)
    assert (lines_of(done), done.returncode) == (["✓ 6/6 blocking/answers"], 0)


@pytest.mark.parametrize("option", ["-v", "-vv", "-q", "-s", "--tb=long", "-rA"])
def test_options_of_pytest_show_nothing_of_ours(fay: Path, option: str) -> None:
    """However much or little is asked for: no functions, no source, no paths of the grader."""
    done = graded(fay, option, "-k", "blocking/answers")
    assert done.returncode == 1
    assert "observed: " in done.stdout
    assert "score 0 of 6" in done.stdout
    assert "test_answers" not in done.stdout
    assert str(grading.PROJECT) not in done.stdout
    assert (lines_of(done) == ["✗ 0/6 blocking/answers"]) == (option != "-q")


def test_a_students_own_files_change_no_outcome(fay: Path) -> None:
    """A conftest.py, pytest.ini, tests and a `random.py` beside the programs are the student's; so is the result."""
    (fay / "conftest.py").write_text("def pytest_collection_modifyitems(items):\n    items.reverse()\n")
    (fay / "pytest.ini").write_text("[pytest]\naddopts = -v -p no:randomly\ntestpaths = .\npython_functions = mine\n")
    (fay / "test_mine.py").write_text("def test_mine():\n    assert False\n")
    (fay / "random.py").write_text("raise SystemExit('not the random that was meant')\n")
    command = [str(Path(sys.executable).with_name("pytest")), "-p", "no:cacheprovider", "-k", "listens or answers"]
    done = subprocess.run(command, cwd=fay, capture_output=True, text=True, check=False)
    assert lines_of(done) == [
        "✓ 2/2 blocking/listens",
        "✗ 0/6 blocking/answers",
        "✓ 2/2 forking/listens",
        "✓ 6/6 forking/answers",
    ], done.stdout + done.stderr


def test_workers_tell_what_one_process_tells(fay: Path) -> None:
    """`-n 2`: the same lines, of each requirement one, in whatever order."""
    done = graded(fay, "-n", "2", "-k", "answers or closes_after")
    assert sorted(lines_of(done)) == sorted(
        [
            "✗ 0/6 blocking/answers",
            "✓ 3/3 blocking/closes_after_reply",
            "✓ 6/6 forking/answers",
            "✓ 4/4 forking/closes_after_reply",
        ]
    )
    assert "score 13 of 19" in done.stdout


def shown_on_a_terminal(folder: Path, *arguments: str) -> str:
    """Run pytest in a folder, as its user does, on a terminal; all that was drawn on it."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    run = subprocess.Popen(command, cwd=folder, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # EIO: the terminal's other side is closed
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    run.wait()
    return shown.decode()


def test_a_long_look_shows_how_far_it_is(tmp_path: Path) -> None:
    """A line of its own on a terminal, gone before the first requirement; a log of a few seconds has none.

    A server that runs without end is given three seconds of a core, so that this look is a long one on any machine.
    """
    endless = grading.PROJECT / "tests" / "mutants" / "blocking" / "endless_loop_before_listen.py"
    shutil.copy(endless, tmp_path / "blocking_server.py")
    drawn = shown_on_a_terminal(tmp_path, "-k", "blocking/listens").split("\r")
    progress = [place for place, part in enumerate(drawn) if "scenes played" in part]
    first_line = next(place for place, part in enumerate(drawn) if "✗" in part)
    assert progress
    assert drawn[progress[-1] + 1].strip(" ") == ""
    assert progress[-1] + 1 < first_line
    assert "scenes played" not in graded(tmp_path, "-k", "blocking/listens").stdout
