"""The command line: every mistake in using it is one clear sentence, and the commands that print tell the truth."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import grading
from grader.rubric import rubric


def run(*arguments: str | Path, cwd: Path = grading.PROJECT) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with what instructors have lying about: a submission, another of that name, a file, an empty folder."""
    shutil.copytree(grading.SAMPLES / "chen", tmp_path / "chen")
    shutil.copytree(grading.SAMPLES / "chen", tmp_path / "again" / "chen")
    (tmp_path / "file.txt").write_text("not a folder\n")
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["missing"], "there is no file or folder 'missing'"),
        (["file.txt"], "'file.txt' is no archive: it has to be a .zip, .tar, .tar.gz or .tar.xz"),
        (["empty"], "'empty' holds no submission: neither blocking_server.py nor forking_server.py, nor folders or"),
        (
            ["chen", "again"],
            "two submissions are called 'chen': 'chen' and 'again/chen'; grade them into two results f",
        ),
        (["chen", "--jobs", "0"], "argument --jobs: '0' is no whole number above 0"),
        (["chen", "--jobs", "two"], "argument --jobs: 'two' is no whole number above 0"),
        (["chen", "--time-limit", "-3"], "argument --time-limit: '-3' is no number of seconds above 0"),
        (["chen", "--time-limit", "nan"], "argument --time-limit: 'nan' is no number of seconds above 0"),
        (["chen", "--sandbox", "docker"], "argument --sandbox: invalid choice: 'docker' (choose from"),
        (["chen", "--out", "file.txt"], "file.txt' (--out) can't be written: File exists"),
        (["chen", "--out", "file.txt/deeper"], "file.txt/deeper' (--out) can't be written: Not a directory"),
        (["chen", "--out", "/proc/results"], "'/proc/results' (--out) can't be written: No such file or directory"),
        ([], "the following arguments are required: PATH"),
    ],
)
def test_a_mistake_in_usage_is_one_sentence(here: Path, words: list[str], told: str) -> None:
    """The value, where it came from, and the rule; exit 2; nothing is graded and no folder is left."""
    before = sorted(here.rglob("*"))
    done = run("grade", *words, cwd=here)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert sorted(here.rglob("*")) == before


def test_two_batches_do_not_write_into_one_folder(here: Path) -> None:
    """The second says which folder is taken, and what to do."""
    (here / "out").mkdir()
    with (here / "out" / ".lock").open("a") as held_by_another:
        fcntl.flock(held_by_another, fcntl.LOCK_EX)
        done = run("grade", "chen", "--out", "out", cwd=here)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert f"another batch is writing into {here / 'out'}" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "no_such_server"], "--only no_such_server: no server in"),
        (["--mutants", "empty"], "empty holds no servers: neither mutants/<track>/*.py nor right/<track>/*.py"),
        (["--repeat", "0"], "argument --repeat: '0' is no whole number above 0"),
        (["--busy", "-1"], "argument --busy: '-1' is no whole number"),
    ],
)
def test_verify_tells_mistakes_too(here: Path, words: list[str], told: str) -> None:
    """Before anything is graded."""
    done = run("verify", *words, cwd=here)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_the_rubric_adds_up() -> None:
    """As a table and for programs: the same checks, 100 points, a requirement for each."""
    table = run("rubric").stdout.splitlines()
    rows = json.loads(run("rubric", "--json").stdout)
    told = {match[2]: float(match[1]) for line in table if (match := re.match(r" *(\d+)  (\w+/\w+) +\w", line))}
    core = [row for row in rows if not row["stretch"]]
    assert sum(row["points"] for row in core) == 100
    assert table[0] == "100  Core"
    assert told == {row["id"]: row["points"] for row in rows} == {check.id: check.points for check in rubric()}
    assert all(row["requirement"].endswith(".") for row in rows)


def test_doctor_tells_what_this_machine_can_do() -> None:
    """Each finding is a line with its word, and what mends it stands below."""
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    lines = [line for line in done.stdout.splitlines() if not line.startswith("     mend it with: ")]
    assert all(re.match(r"(ok |NO ) [\w ]+: .", line) for line in lines)
    assert {"system", "Python", "sandbox", "port 8888", "port 50007"} <= {line[4:].partition(":")[0] for line in lines}
