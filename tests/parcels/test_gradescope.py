"""Gradescope's bundle: what its platform finds in it, and its run script in folders like the platform's.

`benchmarks/gradescope.py` runs it in a root of Debian 12, as a container of theirs has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader import grading
from grader.parcels.gradescope import TARGETS, bundle
from grader.parcels.parcel import Content, Parcel, write_folder, zipped
from grader.parcels.wheels import pinned

OPTIONS = ["--sandbox", "auto", "--seed", "7", "--time-limit", "300"]


def bundled(*options: str) -> Parcel:
    """The bundle, with a wheel that nobody installs here."""
    return bundle(
        grading.PROJECT, options or OPTIONS, pinned(grading.PROJECT), {"wheels/some-1-py3-none-any.whl": Content(b"")}
    )


class Autograder:
    """The platform's folders, in a folder; the interpreter of the environment is this one."""

    def __init__(self, folder: Path, parcel: Parcel) -> None:
        self.folder = folder
        write_folder(parcel, folder / "source")
        python = folder / "source" / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)
        (folder / "run_autograder").write_bytes(parcel["run_autograder"].data)
        (folder / "run_autograder").chmod(0o755)
        (folder / "submission").mkdir()

    def hands_in(self, sample: str, below: str = "", **metadata: Any) -> None:
        """A sample's programs, and what the platform knows of them."""
        programs = {
            f"{below}{path.name}": Content(path.read_bytes()) for path in (grading.SAMPLES / sample).glob("*.py")
        }
        write_folder(programs, self.folder / "submission")
        if metadata:
            (self.folder / "submission_metadata.json").write_text(json.dumps(metadata))

    def run(self, **variables: str) -> tuple[int, dict[str, Any], str]:
        """Exit status, results and what the instructor reads."""
        done = subprocess.run(
            [str(self.folder / "run_autograder")], cwd=self.folder, env={**os.environ, **variables},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        return done.returncode, json.loads((self.folder / "results" / "results.json").read_text()), done.stdout


def test_the_platform_finds_what_it_starts() -> None:
    """Both scripts at the root, ready to run; the grader, the reference with its hidden checks, and packages."""
    parcel = bundled()
    assert [name for name in ("setup.sh", "run_autograder") if not parcel[name].is_run] == []
    assert {"reference/forking_server.py", "reference/checks/test_strangers.py", "grader/batch.py"} <= set(parcel)
    assert parcel["requirements.txt"].data.startswith(b"--no-index\n")
    assert parcel["options"].data == b"--sandbox auto --seed 7 --time-limit 300\n"
    assert {target.python for target in TARGETS} == {"3.11", "3.12", "3.13"}
    assert zipped(parcel) == zipped(bundled())


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_the_scripts_are_bash(script: str) -> None:
    """Read by it, not run."""
    done = subprocess.run(["bash", "-n"], input=bundled()[script].data, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_submission_is_graded(tmp_path: Path) -> None:
    """In whatever folder its programs lie, under its submitters' names; hidden checks are told to nobody."""
    autograder = Autograder(tmp_path, bundled())
    users = [{"id": 1, "email": "fay@example.org", "name": "Fay"}, {"id": 2, "email": "", "name": "-/Gus"}]
    autograder.hands_in("fay", below="lab 3/", users=users)
    status, results, said = autograder.run()
    assert (status, results.get("score")) == (0, 84), said
    assert results["extra_data"]["submission"] == "fay@example.org+-_Gus"
    assert len(results["tests"]) == len([check for check in grading.checks_here() if not check.hidden])
    assert "the reference earns all points on this machine" in said


def without_a_box(folder: Path) -> Autograder:
    """A box is asked for that is not there."""
    autograder = Autograder(folder, bundled("--sandbox", "bubblewrap"))
    autograder.hands_in("ada")
    return autograder


def test_where_no_box_is_to_be_had_nobody_gets_a_zero(tmp_path: Path) -> None:
    """No score at all, a sentence without our affairs for the student, the reason and the mend for the instructor."""
    bin_without_bubblewrap = tmp_path / "bin"
    bin_without_bubblewrap.mkdir()
    for name in ("bash", "sh", "cat", "cp", "mkdir", "mktemp", "mv", "rm", "dirname", "env"):
        (bin_without_bubblewrap / name).symlink_to(f"/usr/bin/{name}")
    status, results, said = without_a_box(tmp_path / "autograder").run(PATH=str(bin_without_bubblewrap))
    assert (status, "score" in results, [test.get("score") for test in results["tests"]]) == (2, False, [None])
    assert "bubblewrap is not installed" in said
    assert "bubblewrap" not in json.dumps(results)


def test_where_the_grader_itself_fails_nobody_gets_a_zero(tmp_path: Path) -> None:
    """A bundle that was torn, results of the submission before it included."""
    autograder = without_a_box(tmp_path)
    (tmp_path / "source" / "grader" / "model.py").write_text("raise RuntimeError('torn')\n")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "results.json").write_text('{"score": 100}')
    status, results, said = autograder.run()
    assert (status, "score" in results) == (1, False)
    assert "No point is lost" in results["output"]
    assert "RuntimeError: torn" in said


def test_it_grades_by_the_courses_assignment(tmp_path: Path) -> None:
    """Its file lies where the grader looks for one."""
    (tmp_path / "course.toml").write_bytes(b'name = "Servers"\n')
    made = bundle(grading.PROJECT, OPTIONS, pinned(grading.PROJECT), {}, tmp_path / "course.toml")
    assert made["assignment.toml"].data == b'name = "Servers"\n'
    assert "assignment.toml" not in bundled()


def test_a_bundle_is_an_archive(tmp_path: Path) -> None:
    """One sentence, and exit status 2, before anything is fetched."""
    command = [sys.executable, "-m", "grader", "bundle", "gradescope", "--to", str(tmp_path / "folder")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n"), ".zip" in done.stderr) == (2, 1, True)
