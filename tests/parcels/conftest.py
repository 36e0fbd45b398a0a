"""A student's folder: the hand-out unpacked and set up as its README says, once for all workers of a run."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

import pytest

from grader.parcels.handout import FOLDER
from grader.parcels.parcel import write_folder
from tests.parcels.unpacked import hands_in, parcel_with_wheels, sh, steps_of_the_readme


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that a student has unpacked and set up; whoever comes first does it."""
    here = tmp_path_factory.getbasetemp()
    folder = (here if worker_id == "master" else here.parent) / "handout" / FOLDER
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            write_folder(parcel_with_wheels(), folder)
            for step in steps_of_the_readme():
                done = sh(step, folder)
                assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def student(set_up: Path, tmp_path: Path) -> Path:
    """A folder like it for one test, with the programs of `ada` in it; the environment is the same one."""
    folder = tmp_path / FOLDER
    shutil.copytree(set_up, folder, ignore=shutil.ignore_patterns(".venv", "wheels"))
    (folder / ".venv").symlink_to(set_up / ".venv")
    hands_in("ada", folder)
    return folder
