"""Temporary folders, and what a kill leaves of them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader import grading, scratch

HOLDS_A_FOLDER = """
from grader import scratch
with scratch.folder() as folder:
    (folder / "file").touch()
    print(folder, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that no other test uses."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_a_folder_is_there_and_then_it_is_not(temporary: Path) -> None:
    """Every user may pass through it, since the programs of a box run as another."""
    with scratch.folder() as folder:
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o755
    assert list(temporary.iterdir()) == []


def test_a_run_keeps_everything_in_one_room(temporary: Path) -> None:
    """What its workers leave goes with the room, and after it folders are made outside again."""
    with scratch.room() as room:
        with scratch.folder() as within:
            assert within.parent == room
        (room / "left by a worker").mkdir()
    with scratch.folder() as after:
        assert after.parent == temporary
    assert list(temporary.iterdir()) == []


def test_a_sweep_takes_what_nobody_holds_any_more(temporary: Path) -> None:
    """While its owner lives it stays; after a kill -9 it goes."""
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLDS_A_FOLDER],
        cwd=grading.PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    folder = Path(owner.stdout.readline().strip())
    scratch.sweep()
    assert (folder / "file").exists()
    owner.kill()
    owner.communicate()
    scratch.sweep()
    assert list(temporary.iterdir()) == []


def test_a_sweep_follows_no_link(temporary: Path) -> None:
    """What somebody else has laid there by that name is not ours to remove."""
    (temporary / "precious").mkdir()
    (temporary / f"{scratch.PREFIX}12345678").symlink_to(temporary / "precious")
    scratch.sweep()
    assert (temporary / "precious").is_dir()


def test_what_a_run_needs_once_is_made_once(temporary: Path) -> None:
    """Every box of a run finds it in the room, where it goes with the room."""
    made: list[Path] = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "file").touch()

    with scratch.room() as room:
        first, second = (scratch.made_once("thing", make) for _ in range(2))
        assert (first, second, len(made)) == (room / "thing", room / "thing", 1)
        assert [path.name for path in first.iterdir()] == ["file"]
    assert list(temporary.iterdir()) == []


def test_without_a_room_it_lasts_as_long_as_its_process(temporary: Path) -> None:
    """And no longer."""
    makes = "from grader import scratch\nprint(scratch.made_once('thing', lambda folder: None).is_dir())"
    done = subprocess.run(
        [sys.executable, "-c", makes], cwd=grading.PROJECT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, list(temporary.iterdir())) == ("True\n", [])
