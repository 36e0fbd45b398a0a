"""Every command that the documents name is tried as its reader would, in a clean copy of the project."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from grader import grading

DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "student_template/README.md",
    "student_template/README.zh.md",
    "docs/exports.md",
    "docs/downloads.md",
    "docs/assignment.md",
    "docs/how-to-read-a-report.md",
    "deploy/README.md",
)
OURS = (".venv/bin/", "python -m grader", "pytest")
"""How a command begins that stands in the middle of a sentence or a table."""
NOT_COPIED = (".git", ".tox", ".venv", "build", "results", "__pycache__", ".*_cache", "*.egg-info")
DOCUMENT = grading.PROJECT / "docs" / "assignment.md"
"""It has a whole `assignment.toml`."""
SAMPLES_OF_THE_COPY = ("ada", "chen")
"""The others cost time and show nothing of a command; `test_batch.py` grades all of them."""


class Place(NamedTuple):
    """Where a command is tried.

    Args:
        project: a clean copy of the project.
        student: a folder with two right programs and nothing else.
    """

    project: Path
    student: Path


def commands_of(document: str) -> Iterator[str]:
    """The commands of a document: lines of `sh` blocks, and those of ours within text and tables."""
    text = (grading.PROJECT / document).read_text("utf-8")
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        yield from (line for line in block.splitlines() if line.strip())
    outside = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (span for span in re.findall(r"`([^`\n]+)`", outside) if span.startswith(OURS))


STEPS = dict.fromkeys(
    tuple(shlex.split(step, comments=True))
    for document in DOCUMENTS
    for command in commands_of(document)
    for step in command.split("&&")
)
"""Each step of each command, once."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A copy of the project as a clone would have it, and a student's folder."""
    here = tmp_path_factory.mktemp("readme")
    project, student = here / "project", here / "student"
    shutil.copytree(grading.PROJECT, project, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
    for page in (project / "report.html", project / "student_template" / "report.html"):  # the sample's is a document
        page.unlink(missing_ok=True)
    for sample in (project / "examples" / "submissions").iterdir():
        if sample.name not in SAMPLES_OF_THE_COPY:
            shutil.rmtree(sample)
    student.mkdir()
    for program in grading.REFERENCE.glob("*.py"):
        shutil.copyfile(program, student / program.name)
    return Place(project, student)


def run(place: Place, folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command, with the copy as the installed grader."""
    compiled = place.project.with_name("compiled")  # once, and not within the copy
    environment = {**os.environ, "PYTHONPATH": str(place.project), "PYTHONPYCACHEPREFIX": str(compiled), **variables}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def tried(place: Place, folder: Path, *words: str, **variables: str) -> str:
    """Run a command that must succeed; what it printed."""
    done = run(place, folder, *words, **variables)
    assert done.returncode == 0, f"{shlex.join(words)}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


# ------------------------------------------------------------------ how each kind of step is tried


def make_environment(place: Place, words: tuple[str, ...]) -> None:
    """For real, but without pip: that takes seconds."""
    tried(place, place.project, sys.executable, *words[1:], "--without-pip")
    assert (place.project / ".venv" / "bin" / "python").exists()


def install(place: Place, words: tuple[str, ...]) -> None:
    """Not for real, since it needs the network: the extras that are asked for exist."""
    assert words[:2] == (".venv/bin/pip", "install")
    with (place.project / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    asked = re.findall(r"\[(.+?)\]", words[-1])
    if words[2:] == ("-r", "requirements.txt"):
        return  # the hand-out's: tests/parcels/test_handout.py installs it, and for real
    assert words[2:] == ("tox",) or (words[2] == "-e" and set(asked) <= set(extras))


def pytest_of_ours(place: Place, words: tuple[str, ...]) -> None:
    """Our own tests within our own tests would never end: they are collected."""
    assert " tests collected" in tried(
        place, place.project, *pytest_words(words), "--collect-only", "-q", "-p", "no:xdist"
    )


def pytest_words(words: tuple[str, ...]) -> list[str]:
    """The command for this interpreter; `-n` is left to those who run something."""
    kept = list(words[1:])
    if "tests" in kept and "-n" in kept:
        del kept[kept.index("-n") : kept.index("-n") + 2]
    return [sys.executable, "-m", "pytest", *kept]


def pytest_of_a_student(place: Place, words: tuple[str, ...]) -> None:
    """In the student's folder, with right programs in it: everything passes, and the page is there."""
    words = tuple(word.replace("=DIR", f"={place.student}") for word in words)
    page = place.student / "report.html"
    page.unlink(missing_ok=True)
    assert " passed" in tried(place, place.student, *pytest_words(words))
    assert page.is_file()


FILLED = {"NAME": "a_letter_too_many", "N": "1", "F": "0.9", "DIR": "tests"}
"""What stands for the words that a reader fills in."""


def grader(place: Place, words: tuple[str, ...]) -> None:
    """The command line; the name of a wrong server for a name."""
    assert words[:3] == ("python", "-m", "grader")
    filled = [FILLED.get(word, word) for word in words[3:]]
    if "verify" in filled and "--only" not in filled:  # all of them take minutes
        filled += ["--only", "a_letter_too_many"]
    if filled:
        tried(place, place.project, sys.executable, "-m", "grader", *filled)


def tox(place: Place, words: tuple[str, ...]) -> None:
    """What tox would run, by this interpreter; the commands of our own tests, types and lint are only looked at."""
    options, _, positional = " ".join(words[1:]).partition(" -- ")
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(place.project / "tox.ini", "utf-8")
    if not options:
        names = re.split(r"[,\s]+", settings["tox"]["env_list"].strip())
        assert names
        for name in names:
            commands = settings[f"testenv:{name}"]["commands"]
            assert_commands_exist(
                place, re.sub(r"\{\[(.+?)\]commands\}", lambda of: settings[of[1]]["commands"], commands)
            )
        return
    option, name = options.split()
    assert option == "-e"
    environment = settings[f"testenv:{name}"]
    assert_commands_exist(place, environment["commands"])
    variables = dict(re.findall(r"^(\w+) *= *(.*)$", environment.get("set_env", ""), re.MULTILINE))
    for command in filter(None, environment["commands"].splitlines()):
        asked = re.sub(r"\{posargs:?(.*?)\}", lambda found: positional or found[1], command)
        program, *arguments = shlex.split(asked)
        assert program == "python"
        few = ["--only", "a_letter_too_many"] if "verify" in arguments else []  # all of them take minutes
        tried(place, place.project, sys.executable, *arguments, *few, **variables)


def tox_on_results(place: Place, words: tuple[str, ...]) -> None:
    """A command on results needs some."""
    need_results(place)
    tox(place, words)


def need_results(place: Place) -> None:
    """Those of the samples, graded once."""
    if not (place.project / "results" / "index.html").exists():
        tox(place, (".venv/bin/tox", "-e", "grade"))


RUNNER_OF_CLASSROOM50 = dict.fromkeys(
    ("CLASSROOM", "ASSIGNMENT", "USERNAME", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL"), "submit/x"
)
OWN_FILES = {
    "worksheet.csv": (
        "Identifier,Full name,Status,Grade,Maximum grade,Last modified (grade),Feedback comments\n"
        "Participant 1,Ada,Submitted,,100.00,-,\nParticipant 2,Chen,Submitted,,100.00,-,\n"
    ),
    "gradebook.csv": "Student,ID,SIS Login ID,Section,Servers (7)\nL,1,ada,A,\nM,2,chen,A,\n",
}
"""As platforms give them out, with the samples of the copy in them."""


def export(place: Place, words: tuple[str, ...]) -> None:
    """Of the samples, where the platform's own runner would set its variables."""
    for name, text in OWN_FILES.items():
        (place.project / name).write_text(text, "utf-8")
    need_results(place)
    filled = ["ada" if word == "NAME" else word for word in words[3:]]
    tried(place, place.project, sys.executable, "-m", "grader", *filled, **RUNNER_OF_CLASSROOM50)


def grade_a_download(place: Place, words: tuple[str, ...]) -> None:
    """The samples of the copy, as Moodle lets them be downloaded, and their roster."""
    samples = place.project / "examples" / "submissions"
    with zipfile.ZipFile(place.project / "moodle.zip", "w") as archive:
        for number, name in enumerate(SAMPLES_OF_THE_COPY, 1):
            for program in samples.glob(f"{name}/*.py"):
                archive.write(program, f"{name.title()}_{number}_assignsubmission_file/{program.name}")
    (place.project / "class.csv").write_text("sid,name\n1,Ada\n2,Chen\n", "utf-8")
    assert "student-" in tried(place, place.project, sys.executable, "-m", "grader", *words[3:])


def export_of_a_download(place: Place, words: tuple[str, ...]) -> None:
    """Graded without names; every row of the worksheet has its grade."""
    (place.project / "worksheet.csv").write_text(OWN_FILES["worksheet.csv"], "utf-8")
    if not (place.project / "anonymous").exists():
        (command,) = (step for step in STEPS if "--anonymous" in step)
        grade_a_download(place, command)
    tried(place, place.project, sys.executable, "-m", "grader", *words[3:])
    assert (place.project / words[-1]).read_text("utf-8").count(" of 100 points") == len(SAMPLES_OF_THE_COPY)


def on_results(place: Place, words: tuple[str, ...]) -> None:
    """Of the samples, graded once."""
    need_results(place)
    tried(place, place.project, sys.executable, *words[1:])


def with_an_assignment(place: Place, words: tuple[str, ...]) -> None:
    """That of the document; the project's own would be the other commands', too."""
    (place.project / "roster.csv").write_text("id\n")
    (place.project / words[-1]).write_text(re.findall(r"(?ms)^```toml\n(.*?)^```", DOCUMENT.read_text("utf-8"))[0])
    try:
        grader(place, words)
        assert " 95  Core" in tried(place, place.project, sys.executable, "-m", "grader", "rubric")
    finally:
        (place.project / words[-1]).unlink()


def of_a_cluster(place: Place, words: tuple[str, ...]) -> None:
    """Not for real, since it needs a cluster: the files are there, and `test_deploy.py` does with them what it would."""
    named = [word for word in words if word.startswith("deploy/")]
    assert all((place.project / word).is_file() for word in named)
    assert named or "OUT/class" in words[-1]


def bundle(place: Place, words: tuple[str, ...]) -> None:
    """Not for real, since it needs the network: what the command makes is tried in tests/parcels/test_gradescope.py."""
    done = run(place, place.project, sys.executable, "-m", "grader", *words[4:], "--help")
    assert (done.returncode, "--to FILE" in done.stdout) == (0, True)


def index_of_a_class(place: Place, words: tuple[str, ...]) -> None:
    """A results folder needs results: the samples', graded once."""
    tox_on_results(place, (".venv/bin/tox", "-e", "grader", "--", words[-2], "results"))


def assert_commands_exist(place: Place, commands: str) -> None:
    """The programs and the files of a tox environment's commands are there."""
    for command in filter(None, commands.replace("\\\n", " ").splitlines()):
        program, *arguments = shlex.split(re.sub(r"\{.*?\}", "", command))
        assert program == "python" or shutil.which(program, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        named = [word for word in arguments if not word.startswith("-")]
        paths = [word for word in named if word.endswith(".py") or word in ("tests", "reference", "grader")]
        assert program == "python" or all((place.project / path).exists() for path in paths)


def catalogue(place: Place, words: tuple[str, ...]) -> None:
    """Its commands are there; `tests/language/test_catalogue.py` runs them and finds nothing changed."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(place.project / "tox.ini", "utf-8")
    assert_commands_exist(place, settings[f"testenv:{words[-1]}"]["commands"])


def similarity(place: Place, words: tuple[str, ...]) -> None:
    """With the library of the extra, which our own tests have."""
    assert "written: " in tried(place, place.project, sys.executable, *words[1:])


HOW: dict[str, Callable[[Place, tuple[str, ...]], None]] = {
    r"python3 -m venv \.venv$": make_environment,
    r"\.venv/bin/pip install ": install,
    r"\.venv/bin/pytest tests|pytest tests": pytest_of_ours,
    r"\.venv/bin/tox -e grader -- bundle ": bundle,
    r"\.venv/bin/tox -e grader -- (rejudge|report|index|export \w+) results": tox_on_results,
    r"\.venv/bin/python -m grader index OUT/class$": index_of_a_class,
    r"\.venv/bin/python -m grader similarity ": similarity,
    r"(sbatch|podman|kubectl|mkdir|cp) ": of_a_cluster,
    r"python -m grader export \S+ results": export,
    r"python -m grader export \S+ anonymous ": export_of_a_download,
    r"python -m grader grade moodle\.zip ": grade_a_download,
    r"\.venv/bin/tox -e catalogue$": catalogue,
    r"python -m grader rejudge results$": on_results,
    r"python -m grader verify --assignment ": with_an_assignment,
    r"\.venv/bin/tox": tox,
    r"python -m grader": grader,
    r"pytest": pytest_of_a_student,
}
"""The first that matches says how a step is tried."""


@pytest.mark.parametrize("step", STEPS, ids=shlex.join)
def test_a_command_of_the_documents_does_what_it_says(place: Place, step: tuple[str, ...]) -> None:
    """A command that nobody knows how to try fails here, so that whoever adds one adds how."""
    how = [act for pattern, act in HOW.items() if re.match(pattern, shlex.join(step))]
    assert how, f"{shlex.join(step)}: say in HOW how this command is tried"
    how[0](place, step)


def test_the_commands_are_found() -> None:
    """The documents are read right: these are in them."""
    told = {shlex.join(step) for step in STEPS}
    assert {"python3 -m venv .venv", ".venv/bin/tox -e grade", "pytest -k zombies -x", "pytest --lf"} <= told


def test_the_first_command_of_the_readme_leaves_what_the_readme_says(place: Place) -> None:
    """Reports, the class page and the gradebook lie where the README says."""
    tox(place, (".venv/bin/tox", "-e", "grade"))
    left = {str(path.relative_to(place.project)) for path in (place.project / "results").rglob("*")}
    assert {"results/index.html", "results/grades.csv", "results/ada/report.html"} <= left
