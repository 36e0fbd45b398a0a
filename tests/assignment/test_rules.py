"""What an assignment makes of checks and of lateness, and what of it students get; pure."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from grader import grading
from grader.assignment import Assignment, Deadline
from grader.assignment.for_students import for_students
from grader.assignment.lateness import seconds_of, with_its_lateness
from grader.assignment.reading import read
from grader.assignment.rubric import DoesNotAddUp, applied
from grader.exports.autolab import write as autolab
from grader.exports.feedback import summary
from grader.exports.shapes import Graded
from grader.model import Outcome, Report, Result, report_of
from grader.overview import overview_of, row_of
from grader.people import Student
from grader.replaying import page_of
from grader.report.class_page import class_page
from grader.report.text import closing
from grader.store import gradebook

CHECKS = grading.checks_declared()
HIDDEN = "forking/answers_strangers"
AT = datetime(2027, 3, 1, 23, 0, tzinfo=UTC)
RULE = Deadline(at=AT, grace="15 min", percent_per_day=10, at_most=25)


# ---------------------------------------------------------------------- the checks


def test_without_a_file_the_checks_are_as_declared() -> None:
    """Each the very same, and hidden ones without points."""
    assert applied(CHECKS, Assignment()) == CHECKS


def test_points_are_the_assignments() -> None:
    """A hidden check with points is part of the score; what is off is not there; a bonus stays one."""
    points = {"forking/listens": 1.5, HIDDEN: 3.5, "forking/keeps_its_port": 4.0}
    settled = Assignment(points=points, checks_off=("forking/survives_signals", "forking/survives_failed_fork"))
    there = {check.id: check for check in applied(CHECKS, settled)}
    assert [(there[name].points, there[name].stretch) for name in points] == [(1.5, False), (3.5, False), (4.0, True)]
    assert there[HIDDEN].hidden
    assert set(settled.checks_off) & set(there) == set()
    assert sum(check.points for check in there.values() if not check.stretch) == 100


def test_points_must_add_up() -> None:
    """To a hundred, or to what is said."""
    with pytest.raises(DoesNotAddUp, match=r"have 103\.5 points in all, and total is 100: .*or say total = 103\.5"):
        applied(CHECKS, Assignment(points={HIDDEN: 3.5}))
    tenths = {check.id: check.points / 10 for check in CHECKS if not check.stretch}
    assert len(applied(CHECKS, Assignment(points=tenths, total=10))) == len(CHECKS)


@pytest.mark.parametrize(
    ("settled", "same"),
    [
        (Assignment(name="Other", language="zh", roster="r.csv"), True),
        (Assignment(delay=0.2), False),
        (Assignment(points={"forking/listens": 2.0}), False),
        (Assignment(bonus_counted=False), False),
        (Assignment(deadline=RULE), False),
    ],
)
def test_a_result_depends_on_what_affects_scores(settled: Assignment, same: bool) -> None:
    """And on no name, so that nobody is graded anew for one."""
    assert (settled.fingerprint == Assignment().fingerprint == "") is same


# ---------------------------------------------------------------------- lateness


def report(**more: object) -> Report:
    """Eighty of a hundred points, five of them for a hidden check."""
    results = (
        Result("forking/listens", Outcome.PASSED, 75, 75, False, "It listens."),
        Result("forking/answers", Outcome.FAILED, 20, 0, False, "It answers.", expected="a", observed="b"),
        Result(HIDDEN, Outcome.PASSED, 5, 5, False, "A secret requirement.", hidden=True),
    )
    return msgspec.structs.replace(report_of("ada", results, sandbox="bubblewrap", seconds=1.0), **more)


def late_by(deadline: Deadline = RULE, /, **length: float) -> Report:
    """The report of a submission that came so long after the deadline."""
    return with_its_lateness(report(), deadline, Student(submitted_at=AT + timedelta(**length)))


@pytest.mark.parametrize(
    ("length", "deduction", "told"),
    [
        ({"seconds": -1}, 0, ""),
        ({"seconds": 0}, 0, ""),
        (
            {"minutes": 15},
            0,
            "handed in 15 min after the deadline, which is within the 15 min of grace: nothing is taken",
        ),
        ({"minutes": 15, "seconds": 1}, 10, "handed in 15 min after the deadline: 10 points less"),
        ({"hours": 24, "minutes": 15}, 10, "handed in 1 day after the deadline: 10 points less"),
        ({"hours": 24, "minutes": 16}, 20, "handed in 1 day after the deadline: 20 points less"),
        ({"days": 2, "hours": 5}, 25, "handed in 2 days 5 h after the deadline: 25 points less"),
        ({"days": 400}, 25, "handed in 400 days after the deadline: 25 points less"),
    ],
)
def test_each_day_costs_percent_of_all_points(length: dict[str, float], deduction: float, told: str) -> None:
    """Counted from the end of the grace, up to the most that is taken; the score before stays known."""
    after = late_by(**length)
    assert (after.score, after.deduction, after.before_deduction) == (80 - deduction, deduction, 80)
    assert after.lateness[: len(told)] == told
    assert bool(after.lateness) is bool(told)


def test_a_day_may_cost_points_and_never_more_than_there_are() -> None:
    """A score is not negative."""
    by_points = Deadline(at=AT, points_per_day=1)
    assert (late_by(by_points, hours=1).score, late_by(by_points, hours=1).lateness[-12:]) == (79, "1 point less")
    assert (late_by(by_points, days=99).score, late_by(by_points, days=99).deduction) == (0, 80)
    nothing = late_by(Deadline(at=AT), seconds=30)
    assert (nothing.score, nothing.lateness) == (80, "handed in 30 s after the deadline: nothing is taken off")


def test_the_platforms_bare_word_costs_one_day() -> None:
    """Canvas says late and not when; without a deadline nothing is late."""
    late = with_its_lateness(report(), RULE, Student(late=True))
    assert (late.score, late.lateness[:27]) == (70, "late by the platform's word")
    assert with_its_lateness(report(), RULE, Student()) == report()
    assert with_its_lateness(report(), None, Student(late=True)) == report()


@pytest.mark.parametrize(
    ("text", "seconds"), [("90 s", 90), ("15min", 900), ("2 h", 7200), ("1 day", 86400), ("soon", None)]
)
def test_a_length_of_time(text: str, seconds: int | None) -> None:
    """A number and a unit."""
    assert seconds_of(text) == seconds


def test_a_deduction_is_shown_wherever_a_score_is() -> None:
    """On page, terminal, class page, gradebook and in exports: before, deduction, after; never silently."""
    late = late_by(hours=5)
    line = "80 points, less 10 for lateness, are 70: handed in 5 h after the deadline: 10 points less"
    assert line in page_of(late, {}).decode()
    assert line in " ".join(closing(late.for_the_student, 200, False))
    assert line in summary(late)
    overview = overview_of([row_of("ada", late), row_of("bela", report())])
    assert "After the deadline" in (shown := class_page(overview, title="Servers", made="today"))
    assert '<td class="fl-num">80<td class="fl-num">10<td class="fl-num">70<td class="fl-wide">handed in 5 h' in shown
    assert gradebook(overview.standings).decode().splitlines() == [
        '"submission","score","points","bonus","status","note","before deduction","deduction","lateness"',
        '"ada","70","100","0","graded","","80","10","handed in 5 h after the deadline: 10 points less"',
        '"ada","80","100","0","graded","","","",""',
    ]
    in_time = overview_of([row_of("ada", report())])
    assert "After the deadline" not in class_page(in_time, title="Servers", made="today")
    assert b"deduction" not in gradebook(in_time.standings)


def test_autolabs_problems_add_up_to_the_score() -> None:
    """Hidden checks and lateness are problems of their own."""
    told = autolab(Graded((late_by(hours=5).for_the_student,))).data.decode().splitlines()[-1]
    assert told == '{"scores": {"forking": 75, "hidden": 5.0, "lateness": -10.0}}'


def test_a_students_page_counts_hidden_checks_and_names_none() -> None:
    """So that the sum is understood."""
    page = page_of(report(), {}).decode()
    assert "Checks that only your instructor sees: 5 of 5 points, part of the score." in page
    assert not [word for word in ("secret", "strangers") if word in page]


# ---------------------------------------------------------------------- what students get


def test_students_get_no_word_of_what_is_hidden(tmp_path: Path) -> None:
    """Nor comments, roster and limits; their own total adds up, and the file can be read where nothing hidden lies."""
    (tmp_path / "r.csv").write_text("x")
    whole = tmp_path / "assignment.toml"
    whole.write_text(
        f'# the secret is strangers\nname = "Ünï"\nroster = "r.csv"\nchecks_off = ["forking/listens"]\nbonus_counted = true\n'
        f'[points]\n"{HIDDEN}" = 5\n"blocking/listens" = 1.5\n"forking/answers" = 3.5\n[limits]\nmemory = 2048\n'
        '[deadline]\nat = 2027-03-01T23:59:59+01:00\ngrace = "1 h"\n'
    )
    handed_out = tmp_path / "handed_out.toml"
    handed_out.write_bytes(for_students(read(whole, CHECKS), CHECKS))
    assert tomllib.loads(handed_out.read_text()) == {
        "name": "Ünï",
        "total": 95,
        "bonus_counted": True,
        "checks_off": ["forking/listens"],
        "points": {"blocking/listens": 1.5, "forking/answers": 3.5},
        "deadline": {"at": datetime.fromisoformat("2027-03-01T23:59:59+01:00"), "grace": "1 h"},
    }
    bundled = tuple(check for check in CHECKS if not check.hidden)
    assert sum(check.points for check in applied(bundled, read(handed_out, bundled)) if not check.stretch) == 95
    assert not [word for word in ("secret", "strangers", "r.csv", "2048") if word in handed_out.read_text()]


def test_students_of_the_lab_as_it_is_get_its_total_alone(tmp_path: Path) -> None:
    """A hidden check that is off is no word either."""
    assert for_students(Assignment(checks_off=(HIDDEN,)), CHECKS) == b"total = 100\n"
