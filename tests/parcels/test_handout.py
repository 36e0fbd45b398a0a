"""The hand-out: what lies in it and what does not, and that a student can work with it, offline, on Linux and off it."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.same_outcomes import told_by_pytest
from grader import grading
from grader.answers import ANSWERS, decoded
from grader.apparatus.sandbox.choosing import choose
from grader.model import TRACKS
from grader.parcels.handout import FOLDER, handout
from grader.parcels.parcel import write_folder, zipped
from grader.parcels.wheels import EVERYWHERE, pinned, requirements
from grader.proof.cases import SERVERS, cases_in, submission_of
from tests.parcels.unpacked import hands_in, parcel, references, sh, steps_of_the_readme

SECRET = sorted(grading.REFERENCE.rglob("*.py"))
WORKFLOW = ".github/workflows/grade.yml"


# ------------------------------------------------------------------ what lies in it


def test_it_holds_what_a_student_needs() -> None:
    """The template, the answers, the grader, and what pytest, pip, editors and GitHub read."""
    assert {
        "README.md", "blocking_server.py", "forking_server.py", "client.py", ANSWERS, "LICENSE", "requirements.txt",
        "grader/plugin.py", "conftest.py", "pytest.ini", ".gitignore", ".devcontainer/devcontainer.json", WORKFLOW,
    } <= set(parcel())  # fmt: skip


def test_it_holds_nothing_else() -> None:
    """No folder of the project but those."""
    assert {path.split("/")[0] for path in parcel() if "/" in path} == {"grader", ".devcontainer", ".github"}


def said_only_by(secret: Path) -> set[str]:
    """The lines of a file that a student must not have: those that tell something, and that no template or check has."""
    known = [*grading.TEMPLATE.glob("*.py"), *(grading.PROJECT / "grader" / "checks").glob("*.py")]
    told = "".join(path.read_text("utf-8") for path in known)
    lines = {line.strip() for line in secret.read_text("utf-8").splitlines()}
    return {line for line in lines if len(line) > 30 and line not in told and not line.startswith(("import ", "from "))}


@pytest.mark.parametrize("secret", SECRET, ids=lambda path: path.name)
def test_nothing_of_the_reference_or_of_hidden_checks_is_in_it(secret: Path) -> None:
    """Neither a line of code or a sentence of theirs, nor a name that they alone give."""
    told = "\n".join(content.data.decode("utf-8", "replace") for content in parcel().values())
    assert said_only_by(secret)
    assert [line for line in said_only_by(secret) if line in told] == []
    if "checks" in secret.parts:
        functions = [node for node in ast.walk(ast.parse(secret.read_bytes())) if isinstance(node, ast.FunctionDef)]
        named = [function.name for function in functions if function.decorator_list]  # a check, or its scene
        assert named
        assert [name for name in named if re.search(rf"\b{name}\b", told)] == []


def test_no_wrong_server_is_in_it() -> None:
    """Nor what one is called."""
    told = "\n".join(content.data.decode("utf-8", "replace") for content in parcel().values())
    wrong = [case for case in cases_in(SERVERS) if not case.is_right]
    assert [case.name for case in wrong if case.name in told or f"{case.path.stem}.py" in told] == []


def test_the_same_project_makes_the_same_archive(tmp_path: Path) -> None:
    """Two commands, each with a reference of its own graded: equal byte for byte."""
    command = [sys.executable, "-m", "grader", "handout", str(tmp_path / "lab.zip")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.startswith("written: ")) == (0, True), done.stderr
    assert (tmp_path / "lab.zip").read_bytes() == zipped(parcel(), within=FOLDER)


def test_every_request_of_the_checks_is_answered() -> None:
    """No check of a student's can meet one that the hand-out does not know."""
    read = decoded(parcel()[ANSWERS].data, ANSWERS)
    for track in TRACKS:
        for request in track.requests:
            assert read[track.name].reply_to(request.data) == references()[track.name].reply_to(request.data)


def test_what_follows_the_assignment_takes_the_place_of_the_files() -> None:
    """Students get the points of the course, and their part of its file."""
    today = {"README.md": b"today's", "assignment.toml": b"theirs"}
    made = handout(grading.PROJECT, references(), pinned(grading.PROJECT), {}, today)
    assert {path: made[path].data for path in today} == today
    assert set(made) == set(parcel()) | {"assignment.toml"}


def test_the_command_makes_it_for_an_assignment(tmp_path: Path) -> None:
    """Without the points of hidden checks, which are a sum to students."""
    (tmp_path / "course.toml").write_text(
        'name = "Servers"\n[points]\n"blocking/answers" = 4\n"forking/answers_strangers" = 2\n'
    )
    words = ["handout", "lab", "--assignment", "course.toml"]
    done = subprocess.run(
        [sys.executable, "-m", "grader", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    theirs = (tmp_path / "lab" / "assignment.toml").read_text()
    assert ('name = "Servers"' in theirs, "strangers" in theirs) == (True, False)


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """One sentence, and exit status 2."""
    (tmp_path / "forking_server.py").write_text("# my work\n")
    command = [sys.executable, "-m", "grader", "handout", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n"), "is there already" in done.stderr) == (2, 1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["forking_server.py"]


# ------------------------------------------------------------------ its packages


def test_the_packages_are_those_that_the_grader_runs_with() -> None:
    """Those that it names, and those that they need; with wheels, from their folder alone."""
    versions = pinned(grading.PROJECT)
    assert {"pytest", "pytest-html", "jinja2", "markupsafe", "msgspec", "psutil"} <= set(versions)
    assert {"ruff", "mypy", "forklab", "playwright"} & set(versions) == set()
    assert requirements({"a": "1"}, offline=False) == b"a==1\n"
    assert requirements({"a": "1"}, offline=True) == b"--no-index\n--find-links wheels\na==1\n"


def test_wheels_are_for_every_python_and_machine() -> None:
    """3.11 to 3.13, on x86 and ARM."""
    assert len(EVERYWHERE) == 6


# ------------------------------------------------------------------ at work


@pytest.mark.parametrize(
    "name",
    [
        "right/forking/a_module_called_resource",
        "mutants/blocking/a_letter_too_many",
        "mutants/forking/child_keeps_the_listener",
    ],
)
def test_it_tells_what_a_batch_tells(student: Path, name: str) -> None:
    """Offline, without the reference, in an environment that has the wheels alone: every outcome is the same.

    `benchmarks/same_outcomes.py` does it with every wrong and right server, and with the other ways to grade.
    """
    (case,) = (case for case in cases_in(SERVERS) if case.name == name)
    tier = choose(with_canary=False)
    with submission_of(case) as submission:
        shutil.copytree(submission.path, student, dirs_exist_ok=True)
        report = grading.grade(submission, tier, references()).report
    done = sh(".venv/bin/pytest --color=no", student)
    graded = {result.id: result.outcome.value for result in report.checks if not result.hidden}
    assert told_by_pytest(done.stdout) == graded, done.stdout + done.stderr
    assert (done.returncode == 0) == case.is_right
    assert (student / "report.html").is_file()


def test_it_grades_another_folder_by_two_workers(student: Path, tmp_path: Path) -> None:
    """Some of the checks, by the recorded answers."""
    other = tmp_path / "other"
    other.mkdir()
    hands_in("fay", other)
    done = sh(f".venv/bin/pytest -n 2 --submission={other} -k blocking/answers", student)
    assert done.returncode == 1
    assert 'observed: "Hello, I\'m server\\n"' in done.stdout


@pytest.mark.needs("actionlint")
def test_actionlint_finds_nothing(tmp_path: Path) -> None:
    """Keys, actions and their versions, expressions, untrusted input in scripts."""
    (tmp_path / ".git").mkdir()
    write_folder({WORKFLOW: parcel()[WORKFLOW]}, tmp_path / "repository")
    program = shutil.which("actionlint", path=f"{Path(sys.executable).parent}") or "actionlint"
    done = subprocess.run(
        [program, str(tmp_path / "repository" / WORKFLOW)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def steps_of_the_workflow() -> list[str]:
    """Its `run:` steps, as GitHub gives them to bash."""
    text = parcel()[WORKFLOW].data.decode()
    found = re.findall(r"^( +)(?:- )?run: (\|\n(?:\1 +.*\n)+|.*\n)", text, re.MULTILINE)
    return [body.removeprefix("|\n") if body.startswith("|") else body for _, body in found]


def test_the_steps_of_the_workflow_do_what_they_say(student: Path, tmp_path: Path) -> None:
    """As they stand, by the shell that GitHub takes: installed, graded, shown; a failure ends it and is shown too."""
    install, grade, show = steps_of_the_workflow()
    summary = tmp_path / "summary.md"
    assert install.split() == steps_of_the_readme()[0].replace("&&", "").split()  # which the fixture has run
    hands_in("fay", student)
    statuses = [sh(step, student, GITHUB_STEP_SUMMARY=str(summary)).returncode for step in (grade, show)]
    assert statuses == [1, 0]
    assert "score 84 of 100" in summary.read_text()
    assert summary.read_text().count("~~~~~~~~~~") == 2


def test_the_dev_container_sets_up_as_the_readme_does() -> None:
    """One command, tested once."""
    container = json.loads(parcel()[".devcontainer/devcontainer.json"].data)
    assert [container["postCreateCommand"]] == steps_of_the_readme()


# ------------------------------------------------------------------ elsewhere

ELSEWHERE = """
import sys, pytest
sys.platform = sys.argv[1]
for name in sys.argv[2].split(","):
    sys.modules[name] = None
sys.exit(pytest.main(sys.argv[3:]))
"""
"""Another system: what Python calls it, and the modules that it does not have."""


@pytest.mark.parametrize(
    ("platform", "lacks", "told"),
    [
        ("darwin", "none", "this is macOS"),
        ("win32", "fcntl,resource,pwd,grp,termios", "this is Windows"),
    ],
)
def test_another_system_is_told_in_one_sentence_what_to_do(
    student: Path, tmp_path: Path, platform: str, lacks: str, told: str
) -> None:
    """A container, WSL, a machine of the lab; no traceback, whatever is missing there."""
    python = student / ".venv" / "bin" / "python"
    command = [str(python), "-c", ELSEWHERE, platform, lacks, "-p", "no:cacheprovider", "--capture=sys"]
    done = subprocess.run(command, cwd=student, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, ""), done.stdout + done.stderr
    said = " ".join(done.stderr.split())
    assert said.startswith("ERROR: forklab watches servers through the Linux kernel")
    assert told in said
    assert ("WSL 2" in said) == (platform == "win32")
    assert ".devcontainer" in said
    assert "Traceback" not in said


def test_torn_answers_are_named(student: Path) -> None:
    """Not a check that fails, but one sentence."""
    (student / ANSWERS).write_bytes((student / ANSWERS).read_bytes()[:100])
    done = sh(".venv/bin/pytest", student)
    assert (done.returncode, "answers.json can't be read" in done.stderr) == (4, True)
    assert "Traceback" not in done.stderr
