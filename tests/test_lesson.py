"""The reference says ports and replies once, and the whole lab follows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader import grading, lesson
from grader.assignment import Assignment
from grader.assignment.rubric import applied
from grader.handed_out import said_in
from grader.lesson import LESSON, PROGRAMS, Told, Untold, lesson_in, told_by
from grader.model import TRACKS
from grader.renewing import Unclear, renewed

TEXTS = {
    name: (grading.TEMPLATE / name).read_text("utf-8") for name in ("README.md", "README.zh.md", "client.py", *PROGRAMS)
}
CHECKS = grading.checks_declared()
OTHER = {
    "blocking_server.py": Told(50123, b"Good day | you!\n"),
    "forking_server.py": Told(9090, b"HTTP/1.1 201 Created\r\n\r\nBonjour, tout le monde"),
}


def test_the_reference_is_read() -> None:
    """Not run; what is recorded for places without it says the same, as it would be written anew."""
    told = {"blocking_server.py": (50007, b"Hello, I'm server"), "forking_server.py": (8888, FORKING_REPLY)}
    assert told == LESSON == lesson.recorded()
    assert {track.program: track.port for track in TRACKS} == {name: one.port for name, one in LESSON.items()}
    recorded = Path(lesson.__file__).with_name("lesson_recorded.py")
    assert recorded.read_text("utf-8") == lesson.as_recorded(LESSON)


FORKING_REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!"


@pytest.mark.parametrize("reply", [b"plain", b"an 'apostrophe'", b'a "quote"', b"both ' and \"", b"\x00\xff\n"])
def test_what_is_recorded_is_python(reply: bytes) -> None:
    """Whatever bytes a reply has."""
    text = lesson.as_recorded({"blocking_server.py": Told(5000, reply)})
    names: dict[str, object] = {}
    exec(text, names)
    assert names["RECORDED"] == {"blocking_server.py": (5000, reply)}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("PORT =", "a.py is no Python: line 1"),
        ("REPLY = b'x'", "a.py names no port: it needs a line PORT = "),
        ("PORT = 80\nREPLY = b'x'", "a.py: PORT is 80, and has to be from 1024 to 65535"),
        ("PORT = 5000", "a.py names no reply: it needs a line REPLY = "),
        ("PORT = 5000\nREPLY = 'x'", "a.py names no reply"),
        ("PORT = 5000\nREPLY = b''", "a.py names no reply"),
    ],
)
def test_a_reference_in_other_words_is_a_sentence(source: str, told: str) -> None:
    """It says which line is looked for."""
    with pytest.raises(Untold, match=told):
        told_by(source, "a.py")


def test_two_programs_have_two_ports(tmp_path: Path) -> None:
    """And both are there."""
    with pytest.raises(Untold, match="the reference can't be read"):
        lesson_in(tmp_path)
    for name in PROGRAMS:
        (tmp_path / name).write_text("PORT = 5000\nREPLY = b'x'\n")
    with pytest.raises(Untold, match="both programs have port 5000: give each its own"):
        lesson_in(tmp_path)


def test_the_hand_out_says_what_the_reference_says() -> None:
    """To renew it changes nothing."""
    assert renewed(TEXTS, LESSON, LESSON, CHECKS, said_in) == TEXTS


def test_a_renewed_hand_out_can_be_renewed_again() -> None:
    """There and back: nothing of the old words is left, and every word comes back. Ports may be swapped."""
    there = renewed(TEXTS, LESSON, OTHER, CHECKS, said_in)
    assert not [name for name, text in there.items() if re.search(r"50007|8888|I'm server|Hello, World", text)]
    assert (
        r"| reply | `Good day \| you!\n`, then the connection is closed | status line `HTTP/1.1 201 Created`, "
        in there["README.md"]
    )
    assert (
        "| 应答 | `Good day \\| you!\\n`，然后关闭连接 | 状态行 `HTTP/1.1 201 Created`、空行、" in there["README.zh.md"]
    )
    assert '"Good day' not in there["blocking_server.py"]
    assert renewed(there, OTHER, LESSON, CHECKS, said_in) == TEXTS
    swapped = {
        name: Told(LESSON[other].port, LESSON[name].reply) for name, other in zip(PROGRAMS, PROGRAMS[::-1], strict=True)
    }
    assert (
        'PORT = int(os.environ.get("PORT", "8888"))'
        in renewed(TEXTS, LESSON, swapped, CHECKS, said_in)["blocking_server.py"]
    )
    assert renewed(renewed(TEXTS, LESSON, swapped, CHECKS, said_in), swapped, LESSON, CHECKS, said_in) == TEXTS


def test_a_renewal_that_was_cut_off_goes_on() -> None:
    """Files that say it already stay as they are."""
    there = renewed(TEXTS, LESSON, OTHER, CHECKS, said_in)
    assert renewed({**TEXTS, "README.md": there["README.md"]}, LESSON, OTHER, CHECKS, said_in) == there


@pytest.mark.parametrize(
    ("port", "reply", "told"),
    [
        (1024, b"x", "README.md of the template has 1024 in it already, for something else: take another one in the"),
        (5001, b"`x`", "a reply has a backtick in it, which the hand-out can't show"),
    ],
)
def test_what_could_not_be_told_apart_is_refused(port: int, reply: bytes, told: str) -> None:
    """Before anything is written."""
    with pytest.raises(Unclear, match=told):
        renewed(TEXTS, LESSON, {**LESSON, "blocking_server.py": Told(port, reply)}, CHECKS)


def test_the_hand_out_tells_the_assignments_points() -> None:
    """No row for what is off, no word of what is hidden, and a check that is on again has its row again."""
    points = {"blocking/listens": 4.5, "forking/answers_strangers": 0.5, "forking/keeps_its_port": 3.0}
    settled = Assignment(points=points, checks_off=("forking/survives_signals", "forking/survives_failed_fork"))
    there = renewed(TEXTS, LESSON, LESSON, applied(CHECKS, settled))["README.md"]
    assert "| blocking/listens | 4.5 | The server listens" in there
    assert "| keeps_its_port | 1 | 3 | A second server" in there
    assert "The core is 99.5 points." in there
    assert "Up to 25 points more" in there
    assert not [word for word in ("survives_signals", "survives_failed_fork", "strangers") if word in there]
    chinese = renewed(TEXTS, LESSON, LESSON, applied(CHECKS, settled), said_in)["README.zh.md"]
    assert "| keeps_its_port | 1 | 3 | 同一端口上的第二个服务器会被拒绝。 |" in chinese
    assert "核心部分共 99.5 分。" in chinese
    again = renewed({"README.md": there}, LESSON, LESSON, CHECKS)["README.md"]
    assert [line for line in TEXTS["README.md"].splitlines() if line not in again.splitlines()] == [
        "| survives_failed_fork | | 2 | When there is no process to be had at `fork` (EAGAIN), the client is let go and the server serves on. |"
    ]
