"""What autograder platforms read, one submission a file, held against their documents and validators."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from grader.exports import autolab, classroom50, gradescope, prairielearn
from grader.exports.shapes import Graded
from tests.exports.classroom import CLASS, EVIL, HIDDEN, PLACE, Pupil, is_clean, one, report_for, result

RUNNER = {
    "CLASSROOM": "os-2026",
    "ASSIGNMENT": "servers",
    "USERNAME": "ada",
    "SUBMISSION_TAG": "submit/2026-11-26T10-00-00Z-abc1234",
    "COMMIT_URL": "https://github.com/o/r/commit/abc",
    "RELEASE_URL": "https://github.com/o/r/releases/tag/submit",
}
MADE = "2026-11-26T10:00:00Z"
FORMATS = {
    "gradescope": gradescope.write,
    "prairielearn": prairielearn.write,
    "autolab": autolab.write,
    "classroom50": classroom50.write,
}


def alone(pupil: Pupil, **more: Any) -> Graded:
    """A pupil's submission, where Classroom 50's runner runs."""
    report = report_for(pupil, pupil.name, **more).for_the_student
    return Graded((report,), made=MADE, environment=RUNNER)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("pupil", CLASS, ids=lambda pupil: pupil.id)
def test_nothing_hidden_or_steering_is_told(name: str, pupil: Pupil) -> None:
    """Neither the instructor's own checks, nor places in the grader, nor what a student's program printed alive."""
    text = FORMATS[name](alone(pupil)).data.decode()
    assert HIDDEN not in text
    assert PLACE not in text
    assert is_clean(text)
    told = [json.loads(line) for line in (text.split("\n") if name == "autolab" else [text]) if line.startswith("{")]
    assert all(map(is_clean, strings_in(told)))


def strings_in(value: Any) -> Iterator[str]:
    """Every text in decoded JSON, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for inner in pair for text in strings_in(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in strings_in(inner))


# ---------------------------------------------------------------------- Gradescope


def scored_by_gradescope(data: bytes) -> float | None:
    """The score that results.json gives, by docs/specs.md; None for none."""
    told = json.loads(data)
    kinds: dict[str, Any] = {
        "score": (int, float),
        "execution_time": (int, float),
        "output": str,
        "tests": list,
        "extra_data": dict,
    }
    formats = {"text", "html", "simple_format", "md", "ansi"}
    visibilities = {"hidden", "after_due_date", "after_published", "visible"}
    for key, value in told.items():
        if key in kinds:
            assert isinstance(value, kinds[key])
        elif key in ("output_format", "test_output_format", "test_name_format"):
            assert value in formats
        else:
            assert key in ("visibility", "stdout_visibility")
            assert value in visibilities
    for test in told["tests"]:
        assert set(test) <= {"score", "max_score", "status", "name", "number", "output", "tags", "visibility"}
        assert test.get("status", "passed") in {"passed", "failed"}
        assert test["visibility"] == "visible"  # or students do not see their total
        assert ("score" in test) == ("max_score" in test) == ("score" in told)
    assert told["stdout_visibility"] == "hidden"
    score: float | None = told.get("score")
    return score


@pytest.mark.parametrize("pupil", CLASS, ids=lambda pupil: pupil.id)
def test_gradescope_gets_the_score_or_none(pupil: Pupil) -> None:
    """Who needs a human has no score anywhere, and the text says so."""
    data = gradescope.write(alone(pupil)).data
    assert scored_by_gradescope(data) == pupil.score
    assert json.loads(data)["output"].startswith(
        "Not graded yet" if pupil.score is None else f"{pupil.score:g} of 100 points, bonus 5"
    )


def test_gradescope_gets_the_bonus_where_it_counts() -> None:
    """The score on top overrides the sum of the tests."""
    assert scored_by_gradescope(gradescope.write(one(90, count_bonus=True)).data) == 95


def test_gradescope_shows_every_requirement() -> None:
    """Expected, observed, what was seen, hint; a line each."""
    tests = json.loads(gradescope.write(one(90)).data)["tests"]
    assert [test["name"] for test in tests] == [
        "blocking/answers", "forking/listens", "forking/reaps", "Stretch, a bonus: forking/fast",
        "Stretch, a bonus: forking/slow",
    ]  # fmt: skip
    lines = tests[0]["output"].split("\n")
    assert lines[:2] == ["What blocking/answers asks for.", "expected: all of it"]
    assert [line.partition(":")[0] for line in lines[2:]] == ["observed", *["seen"] * 24, "hint"]


# ---------------------------------------------------------------------- PrairieLearn


def graded_by_prairielearn(data: bytes) -> float | None:
    """The share that results.json gives, by docs/externalGrading.md and makeGradingResult; None if not gradable."""
    told = json.loads(data)
    assert len(data) <= 1_000_000
    assert "\x00" not in data.decode()
    if not told.get("gradable", True):
        assert all(isinstance(line, str) for line in told["format_errors"])
        assert "score" not in told
        return None
    assert isinstance(told["score"], float)
    assert 0 <= told["score"] <= 1
    for test in told["tests"]:
        assert {key: type(value) for key, value in test.items() if "points" not in key} == dict.fromkeys(
            ("name", "description", "message", "output"), str
        )
    share: float = told["score"]
    return share


@pytest.mark.parametrize("pupil", CLASS, ids=lambda pupil: pupil.id)
def test_prairielearn_gets_a_share_of_one(pupil: Pupil) -> None:
    """Who needs a human loses neither points nor an attempt."""
    expected = None if pupil.score is None else pupil.score / 100
    assert graded_by_prairielearn(prairielearn.write(alone(pupil)).data) == expected


def test_prairielearn_takes_no_more_than_all() -> None:
    """A bonus over it is cut, and the instructor hears so."""
    export = prairielearn.write(one(100, count_bonus=True))
    assert graded_by_prairielearn(export.data) == 1
    assert export.notes == ("the platform takes no more than 100 points: what a bonus has over that is cut off",)
    assert graded_by_prairielearn(prairielearn.write(one(90, count_bonus=True)).data) == 0.95


def test_prairielearn_gets_less_evidence_rather_than_a_file_that_is_too_large() -> None:
    """80 requirements with all the evidence that there can be."""
    (report,) = one(90).reports
    long = result("forking/x", report.checks[0].outcome, 1, 0, observed="é" * 9999, evidence=("é" * 9999,) * 99)
    data = prairielearn.write(Graded((msgspec.structs.replace(report, checks=(long,) * 80),))).data
    assert graded_by_prairielearn(data) == 0.9
    assert "seen:" not in data.decode()


# ---------------------------------------------------------------------- Autolab


def saved_by_autolab(data: bytes) -> dict[str, float | None]:
    """The scores that assessment_autograde_core.rb saves from an output: its last line, with bare keys quoted."""
    lines = data.decode("utf-8").rstrip().split("\n")
    scores = json.loads(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', lines[-1]))["scores"]
    assert scores  # an empty one raises, and every problem gets 0
    feedback = json.loads(lines[-2])
    assert feedback["_presentation"] == "semantic"
    for stage in feedback["stages"]:
        assert all(isinstance(test["passed"], bool) for test in feedback[stage].values())
    saved: dict[str, float | None] = scores
    return saved


@pytest.mark.parametrize("pupil", CLASS, ids=lambda pupil: pupil.id)
def test_autolab_gets_points_by_problem(pupil: Pupil) -> None:
    """A problem for each track; null, which is no grade, where a human must look."""
    scores = saved_by_autolab(autolab.write(alone(pupil)).data)
    expected = (
        {"blocking": None, "forking": None} if pupil.score is None else {"blocking": pupil.score - 40, "forking": 40}
    )
    assert scores == expected


def test_autolab_has_a_problem_for_the_bonus_where_it_counts() -> None:
    """Not otherwise: a problem that the site does not know is an error there."""
    assert saved_by_autolab(autolab.write(one(90, count_bonus=True)).data) == {
        "blocking": 50,
        "forking": 40,
        "stretch": 5,
    }


def test_autolab_shows_what_is_missing() -> None:
    """As text, then as the formatted feedback."""
    lines = autolab.write(one(90)).data.decode().split("\n")
    assert lines[:3] == [
        "90 of 100 points, bonus 5", "✗ blocking/answers, 50 of 60: What blocking/answers asks for.",
        "  expected: all of it",
    ]  # fmt: skip
    feedback = json.loads(lines[-3])
    assert feedback["stages"] == ["blocking", "forking", "stretch"]
    assert feedback["forking"] == {"forking/listens": {"passed": True}, "forking/reaps": {"passed": True}}


def test_the_hostile_text_is_one() -> None:
    """It has all that the formats must withstand."""
    assert not is_clean(EVIL)
