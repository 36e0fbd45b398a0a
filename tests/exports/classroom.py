"""A class of 60 with names that break things, each with another grade; two need a human."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from grader.exports.shapes import Graded
from grader.model import Outcome, Report, Result, Status, report_of

HIDDEN = "nobody may read this"
PLACE = "/opt/forklab/grading.py"
EVIL = '=1+1 <script>alert(1)</script> ]]> | `x` "q" \\ %0A\r\n::error::owned \x1b[31m \u202e \x00 \ud800 \ufffe é 你好'
NAMES = (
    "Lovelace, Ada", "=1+1", '=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(1)", "\t=1", " =1", "O'Neil, \"Jo\"",
    "semi;colon", "مريم العربية", "\u202egnp.exe", "🦊 Fox", "José", "Jose\u0301 Decomposed", "line\nbreak",
    "carriage\r\nreturn", "Points Possible", "    Points Possible", "Muted", "Manual Posting", "<b>bold</b>", "a|b`c`",
    "&amp; & <", "\x1b[31mred", "nul\x00l", "back\\slash\\", '\\"', "surrogate\ud800", "'quoted'", "N/A", "EX", "-",
    "::error::x", "%25%0A", "]]>", "1e5", "0012", "李小龙", "Ünïcödé", "x" * 150,
)  # fmt: skip
ALL = (*NAMES, *(f"Student {number}" for number in range(60 - len(NAMES))))
HUMAN = (7, 23)
"""Places in the class of those that need a human."""


class Pupil(NamedTuple):
    """One of the class.

    Args:
        id: the platform's.
        score: out of 100; None where a human must look.
    """

    name: str
    id: str
    score: float | None


CLASS = tuple(
    Pupil(name, str(70000 + 13 * number), None if number in HUMAN else 100 - 0.5 * number)
    for number, name in enumerate(ALL)
)


def report_for(pupil: Pupil, submission: str, *, count_bonus: bool = False) -> Report:
    """A result with all kinds of checks in it."""
    lost = 0.0 if pupil.score is None else 100 - pupil.score
    first = Outcome.PASSED if not lost else Outcome.FAILED
    last = Outcome.PASSED
    if pupil.score is None:
        last = Outcome.ERROR if int(pupil.id) % 2 else Outcome.INCONCLUSIVE
    results = (
        result("blocking/answers", first, 60, 60 - lost, observed=EVIL, hint=EVIL, evidence=(EVIL,) * 30),
        result("forking/listens", Outcome.PASSED, 34, 34),
        result("forking/reaps", last, 6, 6 if last is Outcome.PASSED else 0, message=f"the grader failed in {PLACE}"),
        result("forking/fast", Outcome.NOT_REACHED, 20, 0, message=EVIL, stretch=True),
        result("forking/slow", Outcome.PASSED, 5, 5, stretch=True),
        result("forking/hidden", Outcome.FAILED, 0, 0, message=HIDDEN, observed=HIDDEN, hidden=True),
    )
    return report_of(submission, results, sandbox="none", seconds=1.25, notes=(PLACE,), bonus_counts=count_bonus)


def result(
    name: str,
    outcome: Outcome,
    points: float,
    earned: float,
    *,
    stretch: bool = False,
    hidden: bool = False,
    message: str = "",
    observed: str = "",
    hint: str = "",
    evidence: tuple[str, ...] = (),
) -> Result:
    """One check's."""
    requirement = HIDDEN if hidden else f"What {name} asks for."
    return Result(
        name, outcome, points, earned, stretch, requirement, message, "all of it", observed, evidence, hint, hidden
    )


def graded(named: Callable[[Pupil], str] = lambda pupil: pupil.name, **more: object) -> Graded:
    """The class as an export is given it, under the submissions' names that the platform makes."""
    reports = tuple(report_for(pupil, named(pupil)).for_the_student for pupil in CLASS)
    return Graded(reports)._replace(**more)  # type: ignore[arg-type]


def one(score: float | None, submission: str = "ada", *, count_bonus: bool = False, **more: object) -> Graded:
    """A single submission of that score."""
    report = report_for(Pupil("Ada", "71", score), submission, count_bonus=count_bonus).for_the_student
    assert (report.status is Status.GRADED) == (score is not None)
    return Graded((report,))._replace(**more)  # type: ignore[arg-type]


def is_clean(text: str) -> bool:
    """Nothing in a text steers whoever shows it, and it has a place in XML."""
    return not any(c in text for c in "\x00\x1b\u202e\ufffe") and not any("\ud800" <= c <= "\udfff" for c in text)
