"""Shards: every submission in exactly one, and every wrong way to say which is one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import grading
from grader.shards import NoShard, Shard, shard_of_this_run

SLURM = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "1"}
KUBERNETES = {"JOB_COMPLETION_INDEX": "2"}
NAMES = st.text() | st.binary().map(os.fsdecode)
"""A folder's name is bytes, and need not be text."""


@settings(deadline=None)
@given(name=NAMES, total=st.integers(1, 300))
def test_every_submission_is_in_exactly_one_shard(name: str, total: int) -> None:
    """Of whatever number, and whatever it is called."""
    assert sum(Shard(number, total).takes(name) for number in range(1, total + 1)) == 1


def test_every_machine_puts_a_submission_into_the_same_shard() -> None:
    """It rests on sha256 of the name alone: these are known by sha256sum(1)."""
    assert [[n for n in range(1, 4) if Shard(n, 3).takes(name)] for name in ("ada", "bela", "李")] == [[1], [3], [3]]


def test_shards_are_about_equal() -> None:
    """No machine has twice the work of another."""
    sizes = [sum(Shard(number, 8).takes(f"student{n}") for n in range(4000)) for number in range(1, 9)]
    assert 400 < min(sizes) <= max(sizes) < 600


@pytest.mark.parametrize(
    ("asked", "environment", "shard"),
    [
        (None, {}, None),
        ("2/8", {}, Shard(2, 8)),
        ("1/1", {**SLURM, **KUBERNETES}, Shard(1, 1)),
        ("4", SLURM, Shard(3, 4)),
        ("8", {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "1", "SLURM_ARRAY_TASK_MIN": "3"}, Shard(3, 8)),
        ("3", KUBERNETES, Shard(3, 3)),
        (None, SLURM, Shard(3, 4)),
        (None, {**SLURM, "SLURM_ARRAY_TASK_MIN": "0"}, Shard(4, 4)),
        (None, {**SLURM, "SLURM_ARRAY_TASK_ID": "9", "SLURM_ARRAY_TASK_STEP": "4"}, Shard(3, 4)),
    ],
    ids=str,
)
def test_a_shard_is_asked_for_or_told(asked: str | None, environment: dict[str, str], shard: Shard | None) -> None:
    """What is asked for goes before what a cluster tells; a part of an array keeps its numbers."""
    assert shard_of_this_run(asked, environment) == shard


@pytest.mark.parametrize(
    ("asked", "environment", "told"),
    [
        ("two", {}, "--shard 'two' is no shard: say I/N for part I of N, as in 2/8, or N alone"),
        ("1/2/3", {}, "--shard '1/2/3' is no shard"),
        ("-1/2", {}, "--shard '-1/2' is no shard"),
        ("٣/٤", {}, "is no shard"),
        ("0/4", {}, "--shard 0/4: shards are numbered from 1 to 4"),
        ("5/4", {}, "--shard 5/4: shards are numbered from 1 to 4"),
        ("1/0", {}, "--shard 1/0: there must be 1 shard at least"),
        ("4", {}, "--shard 4 does not say which of the 4, and neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is"),
        ("2", SLURM, "SLURM_ARRAY_TASK_ID is 3, and --shard 2 counts tasks from 1 to 2: submit with --array=1-2"),
        ("2", {"SLURM_ARRAY_TASK_ID": "0"}, "SLURM_ARRAY_TASK_ID is 0, and --shard 2 counts tasks from 1 to 2"),
        ("2", KUBERNETES, "JOB_COMPLETION_INDEX is 2, and --shard 2 counts from 0 to 1: N in --shard N must be the Job's"),
        ("2", {"JOB_COMPLETION_INDEX": ""}, "JOB_COMPLETION_INDEX is '', and should be a whole number: unset it, or say"),
        (None, KUBERNETES, "JOB_COMPLETION_INDEX is '2', and nothing says of how many: say --shard N, where N is the J"),
        (None, {"SLURM_ARRAY_TASK_ID": "3"}, "SLURM_ARRAY_TASK_ID is '3', and nothing says of how many: say --shard N"),
        (None, {**SLURM, "SLURM_ARRAY_TASK_ID": "x"}, "SLURM_ARRAY_TASK_ID is 'x', and should be a whole number"),
        (None, {**SLURM, "SLURM_ARRAY_TASK_ID": "9"}, "is 9, and the array's 4 tasks, 1 to 4, are no plain run: say --shard"),
        (None, {**SLURM, "SLURM_ARRAY_TASK_STEP": "4"}, "SLURM_ARRAY_TASK_ID is 3, and the array's 4 tasks, 1 to 13, are no "),
        (None, {**SLURM, "SLURM_ARRAY_TASK_MAX": "5"}, "SLURM_ARRAY_TASK_ID is 3, and the array's 4 tasks, 1 to 5, are no p"),
        (None, {**SLURM, "SLURM_ARRAY_TASK_COUNT": "0"}, "SLURM_ARRAY_TASK_ID is 3, and the array's 0 tasks, 1 to 0, are no"),
    ],
)  # fmt: skip
def test_what_is_no_shard_is_a_sentence(asked: str | None, environment: dict[str, str], told: str) -> None:
    """The value, where it came from, the rule and what to do."""
    with pytest.raises(NoShard) as raised:
        shard_of_this_run(asked, environment)
    assert told in str(raised.value)


# ---------------------------------------------------------------------- as the command line takes it


def grade(out: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Grade the samples."""
    command = [sys.executable, "-m", "grader", "grade", str(grading.SAMPLES), "--out", str(out), *options]
    variables = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, env=variables, check=False)


@pytest.mark.parametrize(
    ("options", "environment", "told"),
    [
        (["--shard", "9/8", "--seed", "1"], {}, "--shard 9/8: shards are numbered from 1 to 8"),
        (["--shard", "8", "--seed", "1"], {}, "--shard 8 does not say which of the 8"),
        (["--seed", "1"], KUBERNETES, "nothing says of how many: say --shard N, where N is the Job's completions"),
        (["--shard", "1/2"], {}, "shard 1 of 2 needs --seed N, the same for all: hidden checks draw from it"),
    ],
)
def test_nothing_is_graded_where_the_shard_is_not_clear(
    tmp_path: Path, options: list[str], environment: dict[str, str], told: str
) -> None:
    """Exit 2, and no results folder is made."""
    done = grade(tmp_path / "out", *options, **environment)
    assert (done.returncode, told in done.stderr.splitlines()[-1]) == (2, True), done.stderr
    assert not (tmp_path / "out").exists()


def test_an_empty_shard_is_well(tmp_path: Path) -> None:
    """Nothing of the class falls to it: an empty class page, and exit 0."""
    total = 97
    empty = next(
        n for n in range(1, total) if not any(Shard(n, total).takes(s.name) for s in grading.SAMPLES.iterdir())
    )
    done = grade(tmp_path, "--shard", f"{empty}/{total}", "--seed", "5")
    assert (done.returncode, f"shard {empty} of {total}: 0 of 8 submissions" in done.stdout) == (0, True), done.stderr
    assert "Nothing is graded yet." in (tmp_path / "index.html").read_text()
    again = grade(tmp_path, SLURM_ARRAY_TASK_ID=str(empty), SLURM_ARRAY_TASK_COUNT=str(total))
    assert (again.returncode, "0 of 8 submissions" in again.stdout) == (0, True), again.stderr
