"""Every wrong server fails what it names, and every right one earns every point."""

from __future__ import annotations

from functools import cache

import pytest

from grader import grading
from grader.apparatus.sandbox.choosing import Tier, choose
from grader.apparatus.scene import Bounds
from grader.model import Check
from grader.proof.cases import SERVERS, Case, cases_in, submission_of
from grader.proof.trials import trial_of
from grader.reference import Reference
from grader.report.page import summary
from grader.rubric import rubric
from tests.leaks import leaks_in, secrets_of, what_a_student_reads

CASES = cases_in(SERVERS)
LONG = frozenset(
    {
        "mutants/blocking/busy_accept_loop",
        "mutants/forking/busy_accept_loop",
        "mutants/forking/guard_stays_in_the_loop",
        "mutants/forking/looks_once_a_minute",
        "mutants/forking/polls_without_sleeping",
        "mutants/forking/reads_on_after_the_end",
        "mutants/forking/reaper_spins_when_no_child_is_left",
        "mutants/forking/reaper_spins_while_there_is_no_child",
        "mutants/forking/restarts_with_the_old_connection",
        "mutants/forking/starts_its_failing_server_again",
        "right/blocking/the_lesson_itself",
        "right/forking/a_fixed_sleep_of_a_second",
        "right/forking/computes_before_it_serves",
        "right/forking/multiprocessing_forkserver",
    }
)
"""A fixed sleep, a new interpreter or a loop is waited for in each scene; `python -m grader verify` plays them all."""


def checks_for(case: Case) -> tuple[Check, ...]:
    """Every check of its track; of what takes long those that its header names, or of a right server the first."""
    checks = tuple(check for check in grading.checks_here() if check.track.name == case.track)
    if case.name not in LONG:
        return checks
    return tuple(check for check in checks if check.id in case.fails) or checks[:1]


@cache
def tier_and_references() -> tuple[Tier, dict[str, Reference]]:
    """The box of this machine, and what the reference does in it."""
    tier = choose()
    return tier, grading.references_of(grading.grade_the_reference(tier).looked)


@pytest.mark.needs("bubblewrap")
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_a_server_comes_to_what_its_header_says(case: Case) -> None:
    """Named checks fail, right servers keep every point, nothing stays unclear, and nothing leaks.

    The other track's program is the reference: `verify` looks at that too, and counts what a wrong server fails besides,
    by chance and unforeseen by its header, which wrongs nobody.
    """
    tier, references = tier_and_references()
    with submission_of(case) as submission:
        graded = grading.grade(submission, tier, references, bounds=Bounds(300), checks=checks_for(case))
        secrets = secrets_of(graded.report, graded.looked, submission.path)
    trial = trial_of(case, graded.report.checks, seconds=graded.report.seconds)
    assert (trial.false_rejections, trial.false_acceptances, trial.unclear) == ((), (), ())
    theirs = {track: reference.recordings for track, reference in references.items()}
    page = summary(graded.report.for_the_student, graded.looked, theirs)
    assert leaks_in(what_a_student_reads(graded.report, page), secrets) == []


def test_every_check_has_a_mutant() -> None:
    """A check that no wrong server fails proves nothing."""
    named = {check for case in CASES for check in case.fails}
    assert {check.id for check in rubric()} - named == set()
