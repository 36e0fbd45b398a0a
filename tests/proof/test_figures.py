"""Rates and their upper bounds, and what counts as wrong: by trials written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model import Outcome
from grader.proof.cases import NO_CAUSE, Case
from grader.proof.figures import Figure, Proof, figures_of, upper_bound
from grader.proof.trials import Named, Seen, Trial

FAILED, PASSED, UNSEEN = Outcome.FAILED, Outcome.PASSED, Outcome.INCONCLUSIVE
CAUSE = ("nobody_waits_for_children", "middle_process_stays")
REAPS = ("forking/reaps",)
WRONG = Case(Path("mutants/forking/leaks.py"), "forking", fails=REAPS, passes=("forking/answers",), causes=CAUSE)
EXPLAINED = Case(
    Path("mutants/forking/ends.py"), "forking", fails=REAPS, follows={"forking/lives": "why"}, causes=CAUSE
)
UNTOLD = Case(Path("mutants/forking/hides.py"), "forking", fails=REAPS, causes=(NO_CAUSE,))
RIGHT = Case(Path("right/forking/fine.py"), "forking")


def trial(case: Case, turn: int = 0, **outcomes: Outcome) -> Trial:
    """One grading with these outcomes; `forking__reaps` stands for forking/reaps."""
    seen = tuple(Seen(name.replace("__", "/"), outcome, "so") for name, outcome in outcomes.items())
    return Trial(
        case, turn, seen, 1.0, tuple(Named(case.track, cause) for cause in case.causes[:1] if cause != NO_CAUSE)
    )


def named(case: Case, *found: Named) -> Trial:
    """One grading in which these causes came first, each on its track."""
    return Trial(case, 0, (), 1.0, found)


def proof(*trials: Trial, whole: bool = True) -> Proof:
    """A proof of these trials, in which two checks make up the score."""
    core = ("forking/reaps", "forking/answers")
    return Proof(trials, (*core, "forking/bonus"), frozenset(core), whole)


@pytest.mark.parametrize(
    ("count", "of", "bound"),
    [
        (0, 1, 0.95),
        (0, 10, 1 - 0.05 ** (1 / 10)),
        (0, 10_000, 1 - 0.05 ** (1 / 10_000)),
        (1, 10, 0.394163),
        (5, 100, 0.102253),
        (10, 10, 1.0),
        (0, 0, 1.0),
        (9, 10, 0.994884),  # 0.95 ** (1 / 10)
    ],
)
def test_the_upper_bound_is_clopper_and_pearsons(count: int, of: int, bound: float) -> None:
    """As in their table, one-sided at 95 %."""
    assert upper_bound(count, of) == pytest.approx(bound, abs=1e-6)


def test_a_higher_confidence_gives_a_higher_bound() -> None:
    """And a rate is never above its own bound."""
    assert 0.03 < upper_bound(3, 100) < upper_bound(3, 100, confidence=0.99)


def test_a_figure_of_nothing_says_nothing() -> None:
    """No rate, and a bound that allows everything."""
    assert (Figure("x", 0, 0).rate, Figure("x", 0, 0).upper) == (0.0, 1.0)


def test_each_wrong_outcome_is_counted_over_the_results_in_question() -> None:
    """What had to pass, what had to fail, what nobody named; and all for what was not seen."""
    seen = [
        *proof(
            trial(WRONG, forking__reaps=PASSED, forking__answers=FAILED, forking__lives=FAILED, blocking__x=PASSED),
            trial(WRONG, forking__reaps=FAILED, forking__answers=PASSED, forking__lives=PASSED, blocking__x=UNSEEN),
        ).seen
    ]
    counted = [(figure.count, figure.of) for figure in figures_of(seen)]
    assert counted == [(1, 4), (1, 2), (1, 2), (1, 8), (0, 8)]


def test_what_is_wrong_is_told_in_a_line_each() -> None:
    """Server, check, outcome and message."""
    lines = proof(trial(WRONG, forking__reaps=Outcome.NOT_REACHED), trial(RIGHT, forking__answers=FAILED)).wrong
    assert lines == (
        "mutants/forking/leaks: forking/reaps not reached: so",
        "right/forking/fine: forking/answers failed: so",
    )


def test_a_failure_that_the_header_explains_is_not_wrong() -> None:
    """And may be missing as well."""
    for outcome in (FAILED, PASSED, Outcome.NOT_REACHED):
        assert trial(EXPLAINED, forking__reaps=FAILED, forking__lives=outcome).wrong == ()
    assert len(trial(EXPLAINED, forking__reaps=FAILED, forking__other=FAILED).unforeseen) == 1


@pytest.mark.parametrize(
    ("case", "seen", "wrong"),
    [
        (WRONG, Seen("forking/bonus", FAILED, stretch=True), 0),
        (WRONG, Seen("forking/secret", FAILED, stretch=True, hidden=True), 0),
        (WRONG, Seen("blocking/bonus", FAILED, stretch=True), 1),
        (RIGHT, Seen("forking/bonus", FAILED, stretch=True), 0),
        (RIGHT, Seen("forking/secret", FAILED, stretch=True, hidden=True), 1),
        (WRONG, Seen("forking/lives", Outcome.NOT_REACHED), 0),
        (RIGHT, Seen("forking/lives", Outcome.NOT_REACHED), 1),
        (RIGHT, Seen("forking/lives", Outcome.ERROR), 1),
    ],
)
def test_nobody_is_asked_for_the_stretch(case: Case, seen: Seen, wrong: int) -> None:
    """But the reference is, and a right server is for what an instructor demands."""
    assert len(Trial(case, 0, (seen,), 1.0).wrong) == wrong


def test_a_check_that_no_wrong_server_names_is_a_gap() -> None:
    """In a run of all servers, and of that alone."""
    trials = (trial(WRONG, forking__reaps=FAILED, forking__answers=PASSED),)
    assert proof(*trials).named_by_none == ("forking/answers", "forking/bonus")
    assert (proof(*trials).is_clean, proof(*trials, whole=False).is_clean) == (False, True)


def test_a_check_is_needed_where_it_alone_rejects() -> None:
    """What fails besides in the stretch does not count for the core."""
    case = Case(Path("m.py"), "forking", fails=("forking/reaps", "forking/answers", "forking/bonus"))
    both = trial(case, forking__reaps=FAILED, forking__answers=FAILED, forking__bonus=FAILED)
    assert proof(both).needed_by_none == ("forking/reaps", "forking/answers", "forking/bonus")
    one = trial(case, forking__reaps=FAILED, forking__bonus=FAILED)
    assert proof(both, one).needed_by_none == ("forking/answers", "forking/bonus")
    assert proof(both, trial(case, forking__bonus=FAILED)).needed_by_none == ("forking/reaps", "forking/answers")


def test_a_little_may_stay_unseen() -> None:
    """One result in a hundred, as long as it is said; a single error or wrong outcome is too much."""
    clear = [trial(RIGHT, turn, forking__answers=PASSED) for turn in range(99)]
    unseen = trial(RIGHT, 99, forking__answers=UNSEEN)
    assert proof(*clear, unseen, whole=False).is_clean
    assert not proof(*clear[:50], unseen, whole=False).is_clean
    assert not proof(*clear, trial(RIGHT, 99, forking__answers=Outcome.ERROR), whole=False).is_clean


@pytest.mark.parametrize(
    ("case", "found", "misnamed", "unfounded"),
    [
        (WRONG, (Named("forking", CAUSE[1]),), 0, 0),
        (WRONG, (Named("forking", "does_not_fork"),), 1, 0),
        (WRONG, (), 1, 0),
        (WRONG, (Named("forking", CAUSE[0]), Named("blocking", "never_closes")), 0, 1),
        (RIGHT, (Named("forking", "does_not_fork"),), 0, 1),
        (RIGHT, (Named("forking", "no_process_ends_it", stretch=True),), 0, 0),
        (UNTOLD, (), 0, 0),
        (UNTOLD, (Named("forking", "no_process_ends_it", stretch=True),), 0, 0),
        (UNTOLD, (Named("forking", "does_not_fork"),), 1, 0),
    ],
)
def test_a_cause_is_held_against_the_header(
    case: Case, found: tuple[Named, ...], misnamed: int, unfounded: int
) -> None:
    """One of those that a wrong server names must come first, and none of the core in a right program."""
    trial = named(case, *found)
    assert (len(trial.misnamed), len(trial.unfounded)) == (misnamed, unfounded)


def test_one_cause_in_twenty_may_be_another() -> None:
    """But none may be named of a right program."""
    right = [named(WRONG, Named("forking", CAUSE[0]))] * 19
    other, more = named(WRONG, Named("forking", "does_not_fork")), named(RIGHT, Named("forking", "does_not_fork"))
    assert proof(*right, other, whole=False).is_clean
    assert not proof(*right[1:], other, whole=False).is_clean
    assert not proof(*right, more, whole=False).is_clean
    assert [(figure.count, figure.of) for figure in proof(*right, other, more).figures_of_diagnosis] == [
        (1, 20),
        (1, 21),
    ]
    assert len(proof(*right, other, more).misnamed) == 2
