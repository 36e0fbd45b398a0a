"""Which programs each way of interrupting `accept` tells apart, and which it cannot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader import grading
from grader.apparatus.sandbox.choosing import choose
from grader.apparatus.scene import Bounds
from grader.judging import judge
from grader.model import FORKING, Outcome, Result
from grader.reference import Reference
from grader.rubric import rubric
from grader.submission import Submission

CERTAIN, REAL = "restarts_interrupted_accept", "survives_signals"
CHECKS = {check.name: check for check in rubric() if check.track == FORKING}
RESTART = re.compile(r" {8}except InterruptedError:\n(?: {12}#.*\n)+ {12}continue\n")
END_OF_HANDLER = re.compile(r" {16}return(\n\n\ndef main)")
RAISES = "\n    raise InterruptedError(errno.EINTR, 'a handler that raises')\n"


def program(*, at_eintr: str | None = "continue", handler_ends_with: str = "") -> str:
    """The reference with another answer to EINTR (None: no answer), and with more at the end of its handler."""
    text = (grading.REFERENCE / FORKING.program).read_text()
    answer = "" if at_eintr is None else f"        except InterruptedError:\n            {at_eintr}\n"
    changed, times = RESTART.subn(answer, text)
    assert times == 1
    if not handler_ends_with:
        return changed
    changed, times = END_OF_HANDLER.subn(f"                break{handler_ends_with}\\1", changed)
    assert times == 1
    return changed


def judged(text: str, check: str, folder: Path) -> Result:
    """What a check says of a program."""
    (folder / FORKING.program).write_text(text)
    looked = grading.look_at(Submission("", folder), choose(with_canary=False), (CHECKS[check],), Bounds(120)).looked
    return judge(CHECKS[check], looked["forking"], Reference({}))


@pytest.mark.parametrize(
    ("at_eintr", "expected"),
    [
        ("continue", Outcome.PASSED),
        (None, Outcome.FAILED),
        ("raise", Outcome.FAILED),
        ("raise SystemExit(0) from None", Outcome.FAILED),
    ],
    ids=["starts again", "has no answer", "raises it again", "leaves"],
)
def test_an_interruption_made_certain_tells_all_apart(at_eintr: str | None, expected: Outcome, tmp_path: Path) -> None:
    """Our own sitecustomize lets calls of accept fail: who does not start again is seen every time."""
    assert judged(program(at_eintr=at_eintr), CERTAIN, tmp_path).outcome is expected


def test_real_signals_can_not_tell_a_restart_from_none(tmp_path: Path) -> None:
    """The interpreter starts the call again itself (PEP 475): without a restart it survives a storm of them."""
    assert judged(program(at_eintr=None), REAL, tmp_path).outcome is Outcome.PASSED


def test_real_signals_tell_a_handler_that_raises(tmp_path: Path) -> None:
    """Then accept does raise, and the interpreter is no help; who starts again survives that, too."""
    without = judged(program(at_eintr=None, handler_ends_with=RAISES), REAL, tmp_path)
    assert (without.outcome, "a handler that raises" in without.observed) == (Outcome.FAILED, True)


def test_the_message_says_what_was_interrupted_when_and_what_came_of_it(tmp_path: Path) -> None:
    """The call, the time, and the end of the server."""
    told = judged(program(at_eintr=None), CERTAIN, tmp_path)
    assert "InterruptedError" in told.observed
    interrupted, exited = told.evidence[:2]
    assert re.fullmatch(r"\d+\.\d{3} s  server interrupted \(call 1 of accept .* \(EINTR\)\)", interrupted)
    assert re.fullmatch(r"\d+\.\d{3} s  server exited \(ended with status 1\)", exited)


def test_the_traceback_in_the_message_is_the_programs_own(tmp_path: Path) -> None:
    """Neither our `sitecustomize` nor what it says: a student looks for the mistake there."""
    words = "\n".join(judged(program(at_eintr=None), CERTAIN, tmp_path).evidence[2:])
    assert re.search(r'File "/submission/forking_server\.py", line \d+, in main\n', words)
    assert "sitecustomize" not in words
    assert "[forklab]" not in words
