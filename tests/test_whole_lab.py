"""A copy of the whole project, in whose reference and `assignment.toml`, and nowhere else, an instructor has changed things."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import batch, grading, store
from grader.assignment import Assignment
from grader.handed_out import said_in
from grader.lesson import LESSON, PROGRAMS, Told
from grader.model import FORKING, TRACKS
from grader.renewing import renewed

OTHER = {
    "blocking_server.py": Told(50123, b"Good day | you!\n"),
    "forking_server.py": Told(9090, b"HTTP/1.1 201 Created\r\n\r\nBonjour, tout le monde"),
}
TEMPLATE = ("README.md", "README.zh.md", "client.py", *PROGRAMS)
HIDDEN, OFF, DEARER = "forking/answers_strangers", "forking/survives_signals", "forking/listens"
SETTLED = f"""
name = "Servers of spring"
bonus_counted = true
delay = 0.15
checks_off = ["{OFF}"]

[points]
"{HIDDEN}" = 2
"{DEARER}" = 3
"""


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a copy of the project, as an instructor gives it."""
    command = [sys.executable, "-m", "grader", *words]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def changed_reference(project: Path) -> None:
    """Other ports and replies, in the reference alone."""
    for name in PROGRAMS:
        file, reply = project / "reference" / name, f"REPLY = {OTHER[name].reply!r}"
        text = file.read_text().replace(f'"{LESSON[name].port}"', f'"{OTHER[name].port}"')
        assert str(LESSON[name].port) not in text
        file.write_text(re.sub(r"(?m)^REPLY = .*", reply.replace("\\", r"\\"), text))


def hand_in(project: Path, name: str, source: Path) -> None:
    """Two programs that go by a port of their own, whatever the environment says."""
    (project / "class" / name).mkdir(parents=True)
    for program in PROGRAMS:
        text = (source / program).read_text()
        (project / "class" / name / program).write_text(
            re.sub(r'int\(os.environ.get\("PORT", "(\d+)"\)\)', r"\1", text)
        )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy, and a class of two that was graded in it: who says the new words, and who says the old ones."""
    here = tmp_path_factory.mktemp("lab")
    for name in ("grader", "reference", "student_template"):
        shutil.copytree(grading.PROJECT / name, here / name, ignore=shutil.ignore_patterns("__pycache__"))
    changed_reference(here)
    (here / "assignment.toml").write_text(SETTLED)
    hand_in(here, "right", here / "reference")
    hand_in(here, "wrong", grading.REFERENCE)
    done = run(here, "grade", "class", "--out", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"assignment: Servers of spring, by {here / 'assignment.toml'}\n")
    return here


def result(out: Path, name: str) -> dict[str, Any]:
    """One's `result.json`."""
    told: dict[str, Any] = json.loads((out / name / store.RESULT).read_text())
    return told


def outcomes(out: Path, name: str) -> dict[str, str]:
    """By id, of the core and of hidden checks."""
    return {check["id"]: check["outcome"] for check in result(out, name)["checks"] if not check["stretch"]}


def test_boxes_and_checks_follow_the_reference(project: Path) -> None:
    """Without any command: who says the new words has every point, who says the old ones has not."""
    right, wrong = (outcomes(project / "out", name) for name in ("right", "wrong"))
    assert set(right.values()) == {"passed"}
    assert {check for check, outcome in wrong.items() if outcome == "failed"} == {
        HIDDEN, *(f"{track.name}/{name}" for track in TRACKS for name in ("listens", "answers")),
    }  # fmt: skip
    assert result(project / "out", "right")["score"] == 100 + result(project / "out", "right")["bonus"]


def test_an_assignment_is_in_force_in_every_worker(project: Path) -> None:
    """Points, what is off, hidden checks that count, the bonus, DELAY and the name: in results, pages and gradebook."""
    told = result(project / "out", "wrong")
    checks = {check["id"]: check for check in told["checks"]}
    assert OFF not in checks
    assert [(checks[name]["points"], checks[name]["stretch"]) for name in (HIDDEN, DEARER)] == [(2, False), (3, False)]
    assert (told["points"], told["hidden_points"], told["bonus_counts"]) == (100, 2, True)
    assert told["score"] == 100 - 2 - 3 - 2 - 6 - 6 + told["bonus"]
    recorded = store.recordings_in(project / "out" / "wrong")
    assert [recorded["blocking"]["in_turn"].delays, recorded["forking"]["at_work"].delays] == [(0.15,), (0.15,)]
    page, of_the_class = (project / "out" / name for name in ("wrong/report.html", "index.html"))
    assert "Servers of spring" in page.read_text()
    assert "Checks that only your instructor sees: 0 of 2 points" in page.read_text()
    assert "strangers" not in page.read_text()
    assert "<h1>Servers of spring</h1>" in of_the_class.read_text()
    assert OFF not in page.read_text() + of_the_class.read_text()


@pytest.fixture
def out(project: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the results; afterwards the assignment is what it was."""
    shutil.copytree(project / "out", tmp_path / "out")
    yield tmp_path / "out"
    (project / "assignment.toml").write_text(SETTLED)


def test_rejudging_follows_the_assignment(project: Path, out: Path) -> None:
    """Today's points, name and deadline over what was recorded; a deduction is a line of its own wherever a score is."""
    for name in ("right", "wrong"):
        told = {**result(out, name), "student": {"submitted_at": "2027-03-03T12:00:00+00:00"}}
        (out / name / store.RESULT).write_text(json.dumps(told))
    changed = (
        SETTLED.replace('" = 2', '" = 4').replace("= true", "= false").replace("= 3", "= 1").replace("spring", "May")
    )
    due = "[deadline]\nat = 2027-03-01T23:59:59+01:00\npercent_per_day = 10\n"
    (project / "assignment.toml").write_text(f"{changed}{due}")
    done = run(project, "rejudge", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    lost = {"right": 0, "wrong": 4 + 1 + 2 + 6 + 6}
    for name, points in lost.items():
        told = result(out, name)
        assert (told["score"], told["deduction"], told["bonus_counts"]) == (100 - points - 20, 20, False)
        line = f"{100 - points} points, less 20 for lateness, are {80 - points}: handed in 1 day 13 h after the deadline: 20"
        assert line in (out / name / store.PAGE).read_text()
    rows = {row["submission"]: row for row in csv.DictReader((out / batch.GRADES).read_text().splitlines())}
    assert [rows["wrong"][key] for key in ("before deduction", "deduction", "score")] == ["81", "20", "61"]
    assert "handed in 1 day 13 h after the deadline" in (out / batch.INDEX).read_text()
    assert "<h1>Servers of May</h1>" in (out / batch.INDEX).read_text()


def test_what_affects_scores_is_graded_anew(project: Path, out: Path) -> None:
    """And a name is not; a file that is wrong is one sentence, before anything is graded."""
    graded = Assignment(points={"forking/listens": 3.0})
    settings = batch.Settings(out, "none", 1, 600.0)
    keys = {settings._replace(assignment=one).of_a_result for one in (Assignment(), Assignment(name="x"), graded)}
    assert len(keys) == 2
    (project / "assignment.toml").write_text("delay = 3\n")
    for command in (["grade", "class"], ["rejudge", str(out)], ["renew"]):
        done = run(project, *command)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert "assignment.toml, line 1: delay = 3: it has to be a number of seconds from 0.05" in done.stderr


def test_the_file_that_was_named_is_read_again(project: Path, out: Path) -> None:
    """`rejudge` goes by what `grade` was told, unless it is told another; where that is gone, it says so."""
    named = out.parent / "mine.toml"
    batch.file_the_assignment(out, named)
    done = run(project, "report", str(out))
    assert done.returncode == 2
    assert "mine.toml can't be read: No such file or directory (the results were graded by this file; " in done.stderr
    named.write_text('name = "Mine"\n')
    assert run(project, "index", str(out)).returncode == 0
    assert "<h1>Mine</h1>" in (out / batch.INDEX).read_text()
    batch.file_the_assignment(out, None)
    assert batch.assignment_of(out) is None


def test_the_hand_out_follows_by_one_command(project: Path) -> None:
    """Template, hand-out and client; and what is recorded for places where no reference lies, as on a student's machine."""
    names = (*(f"student_template/{name}" for name in TEMPLATE), "grader/lesson_recorded.py")
    before = {name: (grading.TEMPLATE / name).read_text("utf-8") for name in TEMPLATE}
    assert run(project, "renew").stdout.splitlines() == [f"renewed: {name}" for name in names]
    after = {name: (project / "student_template" / name).read_text("utf-8") for name in TEMPLATE}
    points = after["README.md"]
    assert f"| {DEARER} | 3 |" in points
    assert "The core is 98 points." in points
    assert OFF not in points
    assert f"| {DEARER} | 3 |" in after["README.zh.md"]
    assert "核心部分共 98 分。" in after["README.zh.md"]
    assert OFF not in after["README.zh.md"]
    ours = renewed(before, LESSON, OTHER, grading.checks_declared(), said_in)
    assert {name: after[name] for name in TEMPLATE[2:]} == {name: ours[name] for name in TEMPLATE[2:]}
    assert "already" in run(project, "renew").stdout
    handed_out = "from grader import grading, handed_out as h; from grader.assignment.reading import settle; " + (
        "settle(grading.ASSIGNMENT, grading.checks_declared()); print(h.assignment_for_students()['assignment.toml'].decode())"
    )
    done = subprocess.run([sys.executable, "-c", handed_out], cwd=project, capture_output=True, text=True, check=True)
    assert tomllib.loads(done.stdout)["points"] == {DEARER: 3}
    (project / "reference").rename(project / "put away")
    try:
        asked = "from grader.lesson import LESSON; print(LESSON)"
        done = subprocess.run([sys.executable, "-c", asked], cwd=project, capture_output=True, text=True, check=True)
    finally:
        (project / "put away").rename(project / "reference")
    assert done.stdout.strip() == str(OTHER)


def test_a_reference_that_can_not_be_read_stops_a_batch(tmp_path: Path) -> None:
    """In one sentence, and no command with a traceback."""
    for name in ("grader", "reference"):
        shutil.copytree(grading.PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    program = tmp_path / "reference" / FORKING.program
    program.write_text(program.read_text().replace("REPLY = ", "ANSWER = "))
    done = run(tmp_path, "grade", "reference", "--out", "out", "--sandbox", "none")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert 'names no reply: it needs a line REPLY = b"…"' in done.stderr
    assert run(tmp_path, "renew").returncode == 2
