"""Wrong names of programs: forgiven where one file alone can be meant, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.forgiving import Forgiven, forgiven, meant_by
from grader.gathering import Gathered, gather
from grader.model import BLOCKING, FORKING
from grader.submission import PROGRAMS, Submission
from tests.layouts.downloads import laid
from tests.test_intake import zipped


@pytest.mark.parametrize(
    "name",
    [
        "blocking_server.py", "blocking-server.py", "server_blocking.py", "Blocking_Server (1).py", "blocking_server.py.txt",
        "blocking_server.PY", "BlockingServer.py", "blockingserver.py", "blocking.py", "block.py", "serverblocking.py",
        "blocking_server.py.py", "ada_blocking_server.py", "Copy of blocking_server.py", "blocking_server_final2.py", "ch1.py",
        "Chapter 1.py", "chapter_01_server.py", "blocking_tcp_server.py", "98765_blocking_server-1.py",
    ],
)  # fmt: skip
def test_a_name_that_means_the_blocking_server(name: str) -> None:
    """Spelling, order, what systems and platforms add, and the chapter's number."""
    assert meant_by(name) is BLOCKING


@pytest.mark.parametrize("name", ["forking-server.py", "fork_server.py", "forkserver.py", "ch2.py", "ForkedServer.py"])
def test_a_name_that_means_the_forking_server(name: str) -> None:
    """The same for the other one."""
    assert meant_by(name) is FORKING


@pytest.mark.parametrize(
    "name",
    [
        "server.py", "main.py", "nonblocking_server.py", "non_blocking_server.py", "test_blocking_server.py", "blocking_client.py",
        "blocking_and_forking_server.py", "fork_notes.py", "old_blocking_server.py", "blocking_server.c", "blocking_server",
        "blocking_server.txt", "ch3.py", "ch12.py", ".py", "block_diagram.py", "unblocking.py", "blocking_server.pyc",
    ],
)  # fmt: skip
def test_a_name_that_means_neither(name: str) -> None:
    """Or could mean something else; what is no Python is none."""
    assert meant_by(name) is None


def test_several_are_not_chosen_from() -> None:
    """And one that has its right name is not looked for."""
    names = ["blocking.py", "blocking-server.py", "fork.py", "forking_server.py"]
    assert forgiven(names, ["blocking_server.py"]) == Forgiven(
        {}, {"blocking_server.py": ("blocking-server.py", "blocking.py")}
    )
    assert forgiven(names[1:], PROGRAMS - {"forking_server.py"}).taken == {"blocking_server.py": "blocking-server.py"}


def gathered(here: Path, files: dict[str, bytes], **more: tuple[str, ...]) -> tuple[Gathered, dict[str, bytes]]:
    """What becomes of these files, and what boxes are shown."""
    (here / "room").mkdir()
    became = gather(Submission("ada", laid(here / "ada", files), **more), here / "room", here / "to")  # type: ignore[arg-type]
    return became, {path.name: path.read_bytes() for path in (here / "to").rglob("*") if path.is_file()}


def test_it_is_graded_and_told(tmp_path: Path) -> None:
    """In folders and beside the other one; its own file stays where it is."""
    became, there = gathered(tmp_path, {"lab/blocking-server.py": b"1", "lab/ch2.py": b"2", "lab/util.py": b""})
    assert (there["blocking_server.py"], there["forking_server.py"], there["ch2.py"]) == (b"1", b"2", b"2")
    assert became == Gathered(
        {},
        {},
        (
            "blocking-server.py was taken for blocking_server.py, for nothing else there can be meant; hand it in as "
            "blocking_server.py",
            "ch2.py was taken for forking_server.py, for nothing else there can be meant; hand it in as forking_server.py",
        ),
    )


def test_what_can_not_be_told_apart_is_told(tmp_path: Path) -> None:
    """The other program is graded."""
    became, there = gathered(tmp_path, {"blocking.py": b"", "blocking-server.py": b"", "forking_server.py": b""})
    assert became.wrong == {
        "blocking_server.py": "is not there, and blocking-server.py and blocking.py could all be meant: leave one, under "
        "the right name"
    }
    assert "blocking_server.py" not in there


def test_a_right_name_elsewhere_comes_first(tmp_path: Path) -> None:
    """What is called right decides which folder is meant."""
    became, there = gathered(tmp_path, {"lab/forking_server.py": b"1", "old/fork.py": b"2"})
    assert (there, became.notes) == ({"forking_server.py": b"1"}, ())


def test_names_that_may_not_be_said_are_not(tmp_path: Path) -> None:
    """Of files and folders, whatever there is to say of them."""
    files = {"Ada_Lovelace/lab/blocking-server.py": b"", "Ada_Lovelace/lab/ada_fork_server.py": b""}
    laid(tmp_path / "ada", {"x": b""}).joinpath("link").symlink_to("x")
    became, _ = gathered(tmp_path, files, unsaid=("lovelace", "ada"))
    assert not [text for text in (*became.notes, *became.refused, *became.wrong.values()) if "ada" in text.lower()]
    assert became.notes[1].startswith("a file of another name was taken for forking_server.py")


def test_the_name_of_a_file_may_hold_its_students(tmp_path: Path) -> None:
    """Whatever is known of them: files are called nothing where names may not be said."""
    files = {"lab/blocking.py": b"", "lab/blocking-server.py": b"", "lab/ada_fork_server.py": b""}
    became, _ = gathered(tmp_path, files, unsaid=("1234",))
    assert became.notes[0].startswith("a file of another name was taken for forking_server.py")
    assert became.wrong == {
        "blocking_server.py": "is not there, and a file of another name 1 and a file of another name 2 could all be meant: "
        "leave one, under the right name"
    }
    (tmp_path / "2").mkdir()
    archives, _ = gathered(tmp_path / "2", {"ada.zip": zipped({}), "can't be Ada's.zip": zipped({})}, unsaid=("1234",))
    assert archives.wrong["blocking_server.py"] == (
        "can't be told: archives lie there, … and …, and only one can be graded"
    )
