"""An instructor's own checks: loaded beside the bundled ones, seen by nobody else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from grader import batch, grading, hidden, store
from grader.experiments import EXPERIMENTS
from grader.model import FORKING, Outcome, Result, report_of
from grader.recording import Recording, What
from grader.reference import Reference
from grader.replaying import page_of
from tests.recordings import PAGE, check_called, event, judged, recording, snapshot, visit, without

ID = "forking/answers_strangers"
NAMES = tuple(f"stranger {number}" for number in range(1, 6))
STRANGERS = recording(
    "strangers",
    *(seen for place, name in enumerate(NAMES, 1) for seen in visit(name, float(place), request=name.encode())),
    snapshot("the strangers have gone"),
    about="answers_strangers",
)
REFERENCE = Reference({"strangers": STRANGERS})


def files(folder: Path, **texts: str) -> Path:
    """A folder of hidden checks."""
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    return folder


CHECK = '''
from grader import FORKING, Recording, check
@check(points=5, on=FORKING)
def test_{name}({scene}: Recording) -> None:
    """A requirement."""
'''

# ---------------------------------------------------------------------- loading


def test_the_example_is_loaded_beside_the_bundled_checks() -> None:
    """After them, hidden, and without points."""
    check = grading.checks_here()[-1]
    assert (check.id, check.hidden, check.stretch, check.points) == (ID, True, True, 0)
    assert "strangers" in EXPERIMENTS


def test_points_are_not_the_checks_to_give(tmp_path: Path) -> None:
    """The hundred stay a hundred, whatever its decorator says."""
    (check,) = hidden.hidden_checks(files(tmp_path, test_more=CHECK.format(name="more", scene="visits")))
    assert (check.points, check.hidden) == (0, True)


def test_no_folder_is_no_hidden_check(tmp_path: Path) -> None:
    """As in the hand-out."""
    assert hidden.hidden_checks(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def broken(:", "can't be loaded: SyntaxError: .*line 1"),
        ("import no_such_module", "can't be loaded: ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise SystemExit(3)", "can't be loaded: SystemExit: 3"),
        ("", "holds no check"),
        (CHECK.format(name="answers", scene="visits"), "holds a check forking/answers, and there is one already"),
        (CHECK.format(name="odd", scene="no_such_scene"), "asks for the scene 'no_such_scene', and there is none on"),
        (CHECK.format(name="odd", scene="in_turn"), "asks for the scene 'in_turn', and there is none on this track"),
        (CHECK.format(name="odd", scene="reference"), "asks for no scene"),
    ],
)
def test_a_file_that_is_no_check_is_a_sentence(tmp_path: Path, text: str, told: str) -> None:
    """It names the file."""
    with pytest.raises(hidden.Unloadable, match=f"test_odd.py.*{told}"):
        hidden.hidden_checks(files(tmp_path, test_odd=text))


# ---------------------------------------------------------------------- drawing


@pytest.fixture
def drawn_numbers() -> list[float]:
    """What a scene drew each time it was played; the scene is gone afterwards."""
    return []


def played(numbers: list[float], seed: int) -> float:
    """Play a scene that draws, with this seed."""

    def a_scene_of_tests(server: object, random: Random) -> None:
        """It draws a number."""
        numbers.append(random.random())

    hidden.drawn(forking="answers")(a_scene_of_tests)
    hidden.draw_from(seed)
    try:
        EXPERIMENTS["a_scene_of_tests"].scene(None)  # type: ignore[arg-type]
    finally:
        hidden.draw_from(0)
        del EXPERIMENTS["a_scene_of_tests"]
        hidden._drawn_in.pop("a_scene_of_tests")
    return numbers[-1]


def test_a_scene_draws_the_same_each_time_it_is_played(drawn_numbers: list[float]) -> None:
    """So that the reference and everybody else are asked the same; another seed gives others."""
    assert played(drawn_numbers, 7) == played(drawn_numbers, 7) != played(drawn_numbers, 8)


def test_a_file_may_be_imported_twice() -> None:
    """pytest does so, under a name of its own; another file may not take the name."""
    hidden.hidden_checks()
    scene = EXPERIMENTS["strangers"]

    def strangers(server: object, random: Random) -> None:
        """Another file's scene of that name."""

    with pytest.raises(TypeError, match="two scenes 'strangers'"):
        hidden.drawn(forking="answers")(strangers)
    assert EXPERIMENTS["strangers"] is scene


# ---------------------------------------------------------------------- the example, on both sides of its edge


def test_strangers_are_answered_as_the_reference_does() -> None:
    """Each request is compared with the reference's reply to the very same."""
    assert judged(ID, STRANGERS, reference=REFERENCE).outcome is Outcome.PASSED


def test_another_reply_to_one_of_them_fails() -> None:
    """It says to whom."""
    other = PAGE.replace(b"200 OK", b"414 URI Too Long")
    wrong = without(STRANGERS, "stranger 4", What.RECEIVED)
    events = tuple(sorted((*wrong.events, event("stranger 4", What.RECEIVED, 4.0, other)), key=lambda seen: seen.at))
    result = judged(ID, recording("strangers", *events, *wrong.snapshots), reference=REFERENCE)
    assert (result.outcome, result.hidden, result.observed) == (Outcome.FAILED, True, '"HTTP/1.1 414 URI Too Long"')
    assert result.expected.startswith("to stranger 4: the status line")


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"cut": "the server ended", "about": "answers_strangers"}, Outcome.FAILED),
        ({"cut": "the server ended", "about": "listens"}, Outcome.NOT_REACHED),
        ({"cut": "the time limit was used up"}, Outcome.NOT_REACHED),
        ({"unclear": "no core"}, Outcome.INCONCLUSIVE),
    ],
)
def test_a_stranger_who_never_came_tells_how_the_scene_ended(more: dict[str, Any], outcome: Outcome) -> None:
    """In the words of every check."""
    gone = recording("strangers", *(e for e in STRANGERS.events if e.who not in NAMES[3:]), **more)
    assert judged(ID, gone, reference=REFERENCE).outcome is outcome
    silent = without(gone, "stranger 3", What.RECEIVED, What.ENDED)
    assert judged(ID, silent, reference=REFERENCE).outcome in (outcome, Outcome.FAILED)


def test_a_stranger_who_is_refused_is_no_question_to_the_reference() -> None:
    """It has asked nothing, and the server stopped serving."""
    refused = without(STRANGERS, "stranger 2", What.CONNECTED, What.SENT, What.RECEIVED, What.ENDED)
    told = recording(
        "strangers", *refused.events, event("stranger 2", What.REFUSED, 2.5), cut="refused", about="answers_strangers"
    )
    assert judged(ID, told, reference=REFERENCE).outcome is Outcome.FAILED


# ---------------------------------------------------------------------- who sees it


def test_the_students_page_does_not_show_it() -> None:
    """Nor its scene, nor how many there are; the result keeps it."""
    shown = Result("forking/listens", Outcome.PASSED, 2.0, 2.0, False, "The server listens.")
    secret = Result(ID, Outcome.FAILED, 0.0, 0.0, True, "A secret requirement.", "a secret message", hidden=True)
    report = report_of("ada", (shown, secret), sandbox="none", seconds=1.0)
    recorded: dict[str, dict[str, Recording]] = {"forking": {"strangers": STRANGERS}}
    page = page_of(report, recorded).decode()
    assert "The server listens." in page
    assert not [word for word in ("secret", "strangers", "stranger 1") if word in page]
    assert [result.id for result in report.for_the_student.checks] == ["forking/listens"]


def grade(out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Grade a copy of one sample, beside `out`."""
    folder = out.parent / "class"
    if not folder.exists():
        shutil.copytree(grading.SAMPLES / "ada", folder / "ada")
        program = (grading.PROJECT / "tests/mutants/forking/knows_short_requests_only.py").read_text()
        (folder / "ada" / FORKING.program).write_text(program)
    command = [sys.executable, "-m", "grader", "grade", str(folder), "--out", str(out), *more]
    return subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, check=False)


def test_a_batch_draws_once_and_goes_on_with_what_it_drew(tmp_path: Path) -> None:
    """The seed stands in the results, what is graded stays graded, and another seed is another batch."""
    out = tmp_path / "out"
    done = grade(out)
    assert "1 to grade" in done.stdout, done.stderr
    result = json.loads((out / "ada" / store.RESULT).read_text())
    seed = int((out / batch.REFERENCE_FOLDER / batch.SEED).read_text())
    (secret,) = (row for row in result["checks"] if row["hidden"])
    assert (result["seed"], result["score"], secret["id"], secret["outcome"]) == (seed, 100, ID, "failed")
    assert "strangers" not in (out / "ada" / store.PAGE).read_text() + done.stdout
    assert "0 to grade" in grade(out).stdout
    assert "1 to grade" in grade(out, "--seed", str(seed + 1)).stdout
    assert json.loads((out / "ada" / store.RESULT).read_text())["seed"] == seed + 1
    assert "0 to grade" in grade(out).stdout


def test_a_seed_that_is_torn_is_a_sentence(tmp_path: Path) -> None:
    """It says what to do; and a new folder draws a new one."""
    (tmp_path / batch.REFERENCE_FOLDER).mkdir()
    (tmp_path / batch.REFERENCE_FOLDER / batch.SEED).write_text("x")
    with pytest.raises(store.Unreadable, match=r"holds no seed.*--seed"):
        batch.seed_of(tmp_path, None)
    assert batch.seed_of(tmp_path, 5) == batch.seed_of(tmp_path, None) == 5
    assert batch.seed_of(tmp_path / "a", None) != batch.seed_of(tmp_path / "b", None)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the whole project, with a file of hidden checks that is broken."""
    for name in ("grader", "reference", "examples"):
        shutil.copytree(grading.PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "reference/checks/test_broken.py").write_text("def broken(:")
    return tmp_path


def test_a_broken_file_stops_every_command_that_grades(project: Path) -> None:
    """One sentence and exit status 2, pytest's own 4 for usage: a check that silently is not there would be worse."""
    for arguments in (["grader", "grade", "examples/submissions/ada"], ["grader", "verify"]):
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=project, capture_output=True, text=True, check=False
        )
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert "test_broken.py can't be loaded: SyntaxError" in done.stderr
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "examples/submissions/ada"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert (done.returncode, "test_broken.py can't be loaded" in done.stderr) == (4, True), done.stdout + done.stderr


def test_an_instructors_pytest_runs_it_and_the_page_keeps_silent(tmp_path: Path) -> None:
    """It is counted where the reference lies, and nothing of it is told on the terminal or in `report.html`."""
    shutil.copytree(grading.SAMPLES / "ada", tmp_path, dirs_exist_ok=True)
    for more in ((), ("-n", "2")):
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "answers", *more]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "2 passed" in done.stdout, done.stdout
        assert "1 hidden" in done.stdout
        assert "strangers" not in done.stdout
        assert "strangers" not in (tmp_path / "report.html").read_text()


def test_its_id_is_known_where_checks_are_looked_up() -> None:
    """A wrong server may name it."""
    assert check_called(ID).requirement.startswith("A request with a path")
