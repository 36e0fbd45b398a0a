"""Trials on disk: each whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model import Outcome
from grader.proof.filed import TRIALS, Filed, Line
from grader.proof.trials import Seen
from grader.store import Unreadable

ONE = Line("k1", "right/forking/a", 1.5, (Seen("forking/answers", Outcome.PASSED),))
TWO = Line("k2", "right/forking/b", 0.5, (Seen("forking/answers", Outcome.FAILED, "why", stretch=True, hidden=True),))


def filed(folder: Path, *lines: Line) -> bytes:
    """File these; what the file holds then."""
    with Filed(folder) as there:
        for line in lines:
            there.file(line)
    return (folder / TRIALS).read_bytes()


def read(folder: Path, *, anew: bool = False) -> dict[str, Line]:
    """What a later run finds."""
    with Filed(folder, anew=anew) as there:
        return there.lines


def test_what_is_filed_is_read_back(tmp_path: Path) -> None:
    """By a later run, in a folder that is made for it."""
    assert filed(tmp_path / "out", ONE).count(b"\n") == 1
    assert filed(tmp_path / "out", TWO).count(b"\n") == 2
    assert read(tmp_path / "out") == {"k1": ONE, "k2": TWO}


@pytest.mark.parametrize("kept", range(1, 20))
def test_a_torn_last_line_was_never_filed(tmp_path: Path, kept: int) -> None:
    """It is cut off, and the next one begins a line of its own."""
    whole = filed(tmp_path, ONE)
    with (tmp_path / TRIALS).open("ab") as file:
        file.write(whole[:kept])
    assert read(tmp_path) == {"k1": ONE}
    filed(tmp_path, TWO)
    assert read(tmp_path) == {"k1": ONE, "k2": TWO}


def test_a_line_that_is_no_trial_is_refused(tmp_path: Path) -> None:
    """With the file's name and a way on."""
    (tmp_path / TRIALS).write_bytes(b'{"key": 1}\n')
    with pytest.raises(Unreadable, match=f"{TRIALS} holds a line that is no trial: .*--again"):
        Filed(tmp_path)


def test_anew_forgets(tmp_path: Path) -> None:
    """Whatever is there."""
    filed(tmp_path, ONE)
    assert read(tmp_path, anew=True) == {}
    assert (tmp_path / TRIALS).read_bytes() == b""
