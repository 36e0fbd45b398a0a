"""A class in short rows: nothing that class page and gradebook need is lost, and older rubrics find their columns."""

from __future__ import annotations

from grader.model import Outcome, Report, Result, report_of
from grader.overview import LETTERS, NOT_ASKED, Overview, overview_of, row_of


def report(name: str, **outcomes: Outcome) -> Report:
    """A report with these checks."""
    results = tuple(
        Result(f"forking/{check}", outcome, 2.0, 2.0 * (outcome is Outcome.PASSED), check == "extra", f"It {check}.")
        for check, outcome in outcomes.items()
    )
    return report_of(name, results, sandbox="bubblewrap", seconds=1.0)


def class_of(*reports: Report) -> Overview:
    """Their overview, each filed under its name."""
    return overview_of(row_of(one.submission, one) for one in reports)


def test_an_outcome_is_one_letter_of_its_own() -> None:
    """No two share one, and none says that a check was not asked."""
    assert len(Outcome) == len({*LETTERS.values()} - {NOT_ASKED}) == len("".join(LETTERS.values()))


def test_a_standing_is_what_its_report_says() -> None:
    """Score, bonus, status and box, and a letter for each check."""
    told = report("ada", answers=Outcome.PASSED, reaps=Outcome.ERROR, extra=Outcome.PASSED)
    (standing,) = class_of(told).standings
    assert standing.outcomes == "pep"
    assert all(getattr(standing, name) == getattr(told, name) for name in standing._fields if hasattr(told, name))


def test_who_was_asked_something_else_has_the_same_columns() -> None:
    """A result of an older grader: what it was not asked is told apart from what it passed or failed."""
    old = report("ada", gone=Outcome.FAILED, answers=Outcome.PASSED)
    new = report("bela", answers=Outcome.NOT_REACHED, extra=Outcome.INCONCLUSIVE)
    overview = class_of(old, new, report("chen"))
    assert [asked.id for asked in overview.asked] == ["forking/gone", "forking/answers", "forking/extra"]
    assert [asked.stretch for asked in overview.asked] == [False, False, True]
    assert [standing.outcomes for standing in overview.standings] == ["fp-", "-ni", "---"]


def test_nobody_is_a_class_too() -> None:
    """Nothing was asked of anybody."""
    assert overview_of([]) == Overview((), [])
