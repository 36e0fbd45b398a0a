"""Classroom 50's result.json, held against its runner's validator and its schema."""

from __future__ import annotations

import json
import re

import pytest

from grader.exports import classroom50
from grader.exports.shapes import DoesNotFit
from tests.exports.classroom import CLASS, Pupil, one
from tests.exports.test_autograders import MADE, RUNNER, alone


def collected_by_classroom50(data: bytes) -> tuple[int, int]:
    """Score and maximum, after runner.py's finalize_result and validate_result, and result-v1.schema.json."""
    told = json.loads(data)
    required = {
        "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit", "release", "review",
        "datetime", "score", "max-score", "tests",
    }  # fmt: skip
    assert set(told) == required
    assert told["schema"] == "classroom50/result/v1"
    assert (told["classroom"], told["assignment"], told["owner"]) == ("os-2026", "servers", "ada")
    assert told["assignment_type"] in ("individual", "group")
    assert told["submission"].startswith("submit/")
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", told["datetime"])
    assert all(isinstance(told[key], str) and told[key] for key in ("commit", "release", "review"))
    for scored in (told, *told["tests"]):
        assert (type(scored["score"]), type(scored["max-score"])) == (int, int)
        assert 0 <= scored["score"] <= scored["max-score"]
    for test in told["tests"]:
        assert isinstance(test["passed"], bool)
        assert test["test-name"]
    return told["score"], told["max-score"]


@pytest.mark.parametrize("pupil", CLASS, ids=lambda pupil: pupil.id)
def test_classroom50_gets_whole_numbers(pupil: Pupil) -> None:
    """Halves are told in hundredths; who needs a human has 0 of 0, which is shown as an error."""
    whole = pupil.score is not None and pupil.score == int(pupil.score)
    expected = (0, 0)
    if pupil.score is not None:
        expected = (int(pupil.score), 100) if whole else (round(pupil.score * 100), 10_000)
    assert collected_by_classroom50(classroom50.write(alone(pupil)).data) == expected


def test_classroom50_takes_no_more_than_all() -> None:
    """A score over the maximum is refused there."""
    export = classroom50.write(one(100, count_bonus=True, made=MADE, environment=RUNNER))
    assert (collected_by_classroom50(export.data), len(export.notes)) == ((100, 100), 1)


def test_classroom50_is_for_its_runner() -> None:
    """And for the one submission that is there."""
    with pytest.raises(DoesNotFit, match="which sets ASSIGNMENT, USERNAME: these are not set here"):
        classroom50.write(one(90, environment={**RUNNER, "ASSIGNMENT": "", "USERNAME": ""}))
    several = one(90, environment=RUNNER)
    with pytest.raises(DoesNotFit, match="say which one with --submission"):
        classroom50.write(several._replace(reports=several.reports * 2))
