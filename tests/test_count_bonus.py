"""`--count-bonus`: the instructor decides whether the stretch is part of the score."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

from grader import grading
from grader.rubric import rubric


def run(*arguments: str) -> str:
    """Call the command line from the project's root; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=grading.PROJECT,
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return done.stdout


def test_the_bonus_counts_where_it_is_asked_for(tmp_path: Path, few_checks: Path) -> None:
    """A grade without it is no grade with it: the submission is graded anew, and gradebook and terminal say the same."""
    ada = ("grade", str(grading.SAMPLES / "ada"), "--out", str(tmp_path), "--assignment", str(few_checks))
    result = tmp_path / "ada" / "result.json"
    run(*ada)
    plain = json.loads(result.read_text())
    assert plain["bonus_counts"] is False
    assert plain["bonus"] > 0
    said = run(*ada, "--count-bonus")
    counted = json.loads(result.read_text())
    assert (counted["score"], counted["points"]) == (plain["score"] + plain["bonus"], 100)
    assert counted["bonus_counts"] is True
    assert f"{counted['score']:g} of 100   bonus {counted['bonus']:g}, counted" in said
    (row,) = csv.DictReader((tmp_path / "grades.csv").read_text().splitlines())
    assert (float(row["score"]), float(row["bonus"])) == (counted["score"], counted["bonus"])
    assert "0 to grade" in run(*ada, "--count-bonus")


def test_the_rubric_shows_the_bonus_apart() -> None:
    """Below a heading with its points, after the core."""
    core, _, stretch = run("rubric").partition(" 25  Stretch, a bonus\n")
    assert core.startswith("100  Core\n")
    for check in rubric():
        assert (f" {check.id} " in core, f" {check.id} " in stretch) == (not check.stretch, check.stretch)
