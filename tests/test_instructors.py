"""`docs/instructors.md`: every command of each screen, in its order, with a download as the platform makes it."""

from __future__ import annotations

import csv
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import grading
from tests.exports.classroom import Pupil
from tests.layouts import downloads

DOCUMENT = grading.PROJECT / "docs" / "instructors.md"
PUPILS = (Pupil("Ada Lovelace", "1234", None), Pupil("Jane Doe", "1235", None))
WORKSHEET = "Identifier,Full name,Status,Grade,Maximum grade,Last modified (grade),Feedback comments\n" + "".join(
    f"Participant {one.id},{one.name},Submitted,,100.00,-,\n" for one in PUPILS
)
GRADEBOOK = "Student,ID,SIS Login ID,Section,TCP servers (98765)\n" + "".join(
    f'"{one.name}",{one.id},u{one.id},A,\n' for one in PUPILS
)
SCREENS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL))


def commands_of(screen: str) -> list[str]:
    """Those of its `sh` blocks."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", SCREENS[screen], re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def zipped(files: downloads.Files) -> bytes:
    """An archive of a download."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def run(room: Path, command: str) -> str:
    """As its reader would, but by this interpreter; what it printed."""
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "grader"], command
    environment = {**os.environ, "PYTHONPATH": str(grading.PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *words[1:]], cwd=room, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def table(path: Path) -> list[dict[str, str]]:
    """A CSV file."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def the_files_it_names(screen: str, room: Path) -> list[Path]:
    """What the screen says is written, by name: all that begins with a results folder."""
    return [room / name for name in re.findall(r"`((?:moodle|canvas|github)/[\w./-]+)`", SCREENS[screen])]


def test_moodle(tmp_path: Path) -> None:
    """The worksheet has both grades, and the archive both pages."""
    (tmp_path / "moodle.zip").write_bytes(zipped(downloads.moodle(PUPILS)))
    (tmp_path / "worksheet.csv").write_text(WORKSHEET, "utf-8")
    for command in commands_of("Moodle"):
        run(tmp_path, command)
    worksheet, feedback = the_files_it_names("Moodle", tmp_path)
    assert [(row["Identifier"], float(row["Grade"])) for row in table(worksheet)] == [
        ("Participant 1234", 0.0),
        ("Participant 1235", 0.0),
    ]
    with zipfile.ZipFile(feedback) as archive:
        assert len(archive.namelist()) == 2


def test_canvas(tmp_path: Path) -> None:
    """The gradebook has both grades in the assignment's own column."""
    (tmp_path / "submissions.zip").write_bytes(zipped(downloads.canvas(PUPILS)))
    (tmp_path / "gradebook.csv").write_text(GRADEBOOK, "utf-8")
    for command in commands_of("Canvas"):
        run(tmp_path, command)
    (gradebook,) = the_files_it_names("Canvas", tmp_path)
    grades = {row["ID"]: row["TCP servers (98765)"] for row in table(gradebook) if row["ID"]}
    assert {key: float(grade) for key, grade in grades.items()} == {"1234": 0.0, "1235": 0.0}


def test_gradescopes_autograder(tmp_path: Path) -> None:
    """There is such a command; what it makes is tried in tests/parcels, for it needs a network."""
    bundle, _ = commands_of("Gradescope")
    assert "--to FILE" in run(tmp_path, bundle.replace("--to autograder.zip", "--help"))


def test_gradescope(tmp_path: Path) -> None:
    """What was exported is graded under the students' own names."""
    (tmp_path / "export.zip").write_bytes(zipped(downloads.gradescope(PUPILS)))
    _, grade = commands_of("Gradescope")
    run(tmp_path, grade)
    assert {row["name"] for row in table(tmp_path / "gradescope" / "grades.csv")} == {one.name for one in PUPILS}


def test_github(tmp_path: Path) -> None:
    """The clones are told apart by their names, and named by scores.csv."""
    downloads.laid(tmp_path, downloads.classroom(PUPILS))
    (clones,) = tmp_path.iterdir()
    clones.rename(tmp_path / "clones")
    (grade,) = commands_of("GitHub and Classroom 50")
    run(tmp_path, grade)
    (grades,) = the_files_it_names("GitHub and Classroom 50", tmp_path)
    assert {row["name"] for row in table(grades)} == {one.name for one in PUPILS}


def nothing_to_try(room: Path, command: str) -> None:
    """Those of the shell and of pip: their files are there."""
    assert not re.search(r"\[(?!similarity)", command)


def on_results(room: Path, command: str) -> None:
    """With the results of the first screen that made some, or of a submission of ours."""
    if not (room / "results").exists():
        shutil.copytree(grading.SAMPLES / "chen", room / "class" / "chen")
        run(room, "python -m grader grade class")
    run(room, command)


OTHERS: dict[str, Callable[[Path, str], object]] = {
    r"python3 -m venv|source |\.venv/bin/pip ": nothing_to_try,
    r"python -m grader verify --only NAME$": lambda room, command: run(
        grading.PROJECT, command.replace("NAME", "a_letter_too_many")
    ),
    r"python -m grader similarity ": lambda room, command: run(
        room, command.replace("examples/submissions", str(grading.SAMPLES))
    ),
    r"python -m grader rejudge results$": on_results,
    r"python -m grader (doctor|rubric)$": run,
}
PLATFORMS = {"Moodle", "Canvas", "Gradescope", "GitHub and Classroom 50"}
FIRST = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text("utf-8").partition("\n## ")[0], re.DOTALL)
COMMANDS = [
    *(line for block in FIRST for line in block.splitlines()),
    *(command for screen in SCREENS if screen not in PLATFORMS for command in commands_of(screen)),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_other_screens_does_what_it_says(tmp_path: Path, command: str) -> None:
    """A command that nobody knows how to try fails here."""
    how = [act for pattern, act in OTHERS.items() if re.match(pattern, command)]
    assert how, f"{command}: say in OTHERS how it is tried"
    how[0](tmp_path, command)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_no_longer_than_one(screen: str) -> None:
    """Of a terminal or a browser: some forty lines."""
    assert len(SCREENS[screen].splitlines()) <= 40
