"""The hand-out as a student has it: made once, unpacked, with an environment that holds its wheels and nothing else."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from grader import grading
from grader.apparatus.sandbox.choosing import choose
from grader.parcels import handout, wheels
from grader.parcels.parcel import Parcel, Unpackable
from grader.reference import Reference

THIS_MACHINE = wheels.Target(f"{sys.version_info.major}.{sys.version_info.minor}", platform.machine())
"""Those of the other machines cost time and a network, and are fetched by the same command."""


@cache
def references() -> dict[str, Reference]:
    """The reference as it is graded here."""
    return grading.references_of(grading.grade_the_reference(choose(with_canary=False)).looked)


@cache
def parcel() -> Parcel:
    """The hand-out, without wheels."""
    return handout.handout(grading.PROJECT, references(), wheels.pinned(grading.PROJECT), {})


@cache
def parcel_with_wheels() -> Parcel:
    """With those that this interpreter needs; skipped where there is no network to fetch them by."""
    versions = wheels.pinned(grading.PROJECT)
    try:
        fetched = wheels.fetched(versions, (THIS_MACHINE,))
    except Unpackable as error:
        if os.environ.get("FORKLAB_REQUIRE_ALL") == "1":
            raise
        pytest.skip(f"network: {error}")
    return handout.handout(grading.PROJECT, references(), versions, fetched)


def hands_in(sample: str, folder: Path) -> None:
    """The programs of a sample are put into a folder."""
    for program in (grading.SAMPLES / sample).glob("*.py"):
        shutil.copyfile(program, folder / program.name)


def steps_of_the_readme() -> list[str]:
    """The lines of its `sh` blocks."""
    text = parcel()["README.md"].data.decode()
    return [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]


def sh(line: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A line as a student types it: this interpreter is the python3, and nothing of the project is at hand."""
    path = f"{Path(sys.base_prefix) / 'bin'}:{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line],
        cwd=folder, env={**environment, "PATH": path, "COLUMNS": "120", **variables},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
