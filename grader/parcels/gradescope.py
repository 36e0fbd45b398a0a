"""The bundle for Gradescope: its zip holds `setup.sh` and `run_autograder`, and is unpacked in /autograder/source.

    setup.sh  run_autograder          what the platform starts: deploy/gradescope
    options                           words for `grade`
    grader/  reference/               all of them, hidden checks included
    assignment.toml                   where the course has one
    requirements.txt  wheels/         so that the image is built of what runs here; pip itself, which it may not have

Source: gradescope/autograder_samples, docs/specs.md.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.assignment import FILE
from grader.parcels.parcel import Content, Parcel, files_below
from grader.parcels.wheels import PYTHONS, Target, requirements

TARGETS = tuple(Target(python, "x86_64") for python in PYTHONS)
"""The platform's machines."""
TIME_LIMIT = 300.0
"""Seconds for one submission: the platform ends everything after ten minutes, with a zero."""


def bundle(
    project: Path,
    options: Sequence[str],
    versions: Mapping[str, str],
    wheels: Mapping[str, Content],
    assignment: Path | None = None,
) -> Parcel:
    """All that lies in it.

    Args:
        options: words for `grade`.
        versions: of the packages that the grader runs with.
        wheels: theirs and pip's.
        assignment: the file by which submissions are graded; None for the lab as it is.
    """
    return {
        **files_below(project / "deploy" / "gradescope"),
        **_within("grader", files_below(project / "grader")),
        **_within("reference", files_below(project / "reference")),
        "LICENSE": Content((project / "LICENSE").read_bytes()),
        "options": Content(f"{shlex.join(options)}\n".encode()),
        "requirements.txt": Content(requirements(versions, offline=True)),
        **({FILE: Content(assignment.read_bytes())} if assignment else {}),
        **wheels,
    }


def _within(folder: str, files: Mapping[str, Content]) -> dict[str, Content]:
    return {f"{folder}/{path}": content for path, content in files.items()}
