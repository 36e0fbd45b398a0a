"""Which assignment a command works for: `--assignment FILE`, else what the results were graded by, else the project's own."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader import batch, grading
from grader.assignment import Assignment
from grader.assignment.reading import Misread, settle


def takes_an_assignment(command: argparse.ArgumentParser) -> None:
    """Add the option that names its file."""
    command.add_argument(
        "--assignment",
        type=Path,
        metavar="FILE",
        help="points, limits, deadline (default: assignment.toml of the project)",
    )


def assignment_for(options: argparse.Namespace, results: Path | None = None) -> Assignment:
    """The assignment of a command, read and put in force.

    Args:
        results: a folder of results that are there already.

    Raises:
        Misread: its file is not what it should be.
    """
    named = options.assignment or (batch.assignment_of(results) if results else None)
    try:
        return settle(named or _of_the_project(), grading.checks_declared())
    except Misread as error:
        if options.assignment or named is None:
            raise
        raise Misread(f"{error} (the results were graded by this file; --assignment FILE names another)") from error


def file_of_the_assignment(options: argparse.Namespace) -> Path | None:
    """The file that a command is told, else the one in the project's root, where there is one."""
    named: Path | None = options.assignment
    return named or _of_the_project()


def _of_the_project() -> Path | None:
    return grading.ASSIGNMENT if grading.ASSIGNMENT.exists() else None
