"""The batch as its user runs it: real processes, real kills."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from grader import grading, store

EXPECTED = {"ada": 100, "bela": 100, "chen": 0, "dora": 86, "emil": 91, "fay": 84, "gus": 53, "hana": 94}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    command = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, check=False)


def scores(out: Path) -> dict[str, float]:
    """What is filed, by submission."""
    return {path.parent.name: json.loads(path.read_text())["score"] for path in out.glob("*/result.json")}


def test_the_samples_get_their_scores_and_pages(tmp_path: Path) -> None:
    """Each sample's score is the one that its mistakes cost, and every file that an instructor opens is there."""
    done = run("grade", str(grading.SAMPLES), "--out", str(tmp_path))
    assert (done.returncode, scores(tmp_path)) == (0, EXPECTED), done.stdout + done.stderr
    assert (tmp_path / "index.html").stat().st_size > 0
    assert len((tmp_path / "grades.csv").read_text().splitlines()) == 1 + len(EXPECTED)
    for name in EXPECTED:
        page = (tmp_path / name / "report.html").read_text()
        assert len(page) < 150_000
        assert str(grading.PROJECT) not in page


def test_what_is_graded_is_not_graded_again(tmp_path: Path) -> None:
    """A second run finds nothing to do, and a changed submission is graded anew."""
    mine = tmp_path / "class"
    shutil.copytree(grading.SAMPLES / "chen", mine / "chen")
    out = tmp_path / "out"
    assert "1 to grade" in run("grade", str(mine), "--out", str(out)).stdout
    assert "0 to grade" in run("grade", str(mine), "--out", str(out)).stdout
    shutil.copy(grading.SAMPLES / "ada" / "blocking_server.py", mine / "chen")
    assert "1 to grade" in run("grade", str(mine), "--out", str(out)).stdout
    assert scores(out) == {"chen": 30}


def test_a_batch_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """kill -9 of the main process leaves no process behind, and the next run grades the rest."""
    command = [sys.executable, "-m", "grader", "grade", str(grading.SAMPLES), "--out", str(tmp_path), "--jobs", "2"]
    batch = subprocess.Popen(
        command, cwd=grading.PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while not list(tmp_path.glob("*/result.json")):
        assert batch.poll() is None
        time.sleep(0.005)
    below = psutil.Process(batch.pid).children(recursive=True)
    os.kill(batch.pid, signal.SIGKILL)
    batch.wait()
    _, alive = psutil.wait_procs(below, timeout=60)
    assert alive == []
    assert run("grade", str(grading.SAMPLES), "--out", str(tmp_path)).returncode == 0
    assert scores(tmp_path) == EXPECTED
    assert list(tmp_path.glob(f"**/*{store.TORN}")) == []


def test_bad_input_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    """Paths that can't be graded are named, without a traceback."""
    (tmp_path / "file.zip").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "missing", tmp_path / "file.zip", tmp_path / "empty"):
        done = run("grade", str(path), "--out", str(tmp_path / "out"))
        assert done.returncode == 2
        assert str(path) in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_the_rubric_is_26_checks_and_100_points() -> None:
    """The core's points add up to 100, the bonus's to 25."""
    rows = json.loads(run("rubric", "--json").stdout)
    core, stretch = ([row["points"] for row in rows if row["stretch"] is part] for part in (False, True))
    assert (len(core), sum(core)) == (26, 100)
    assert (len(stretch), sum(stretch)) == (22, 25)
