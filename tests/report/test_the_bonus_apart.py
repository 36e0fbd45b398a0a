"""The bonus is shown apart, wherever results are: page, class page and terminal."""

from __future__ import annotations

import pytest

from grader.model import Outcome, Report, Result, report_of
from grader.overview import overview_of, row_of
from grader.report.class_page import class_page
from grader.report.page import page_title, summary
from grader.report.text import closing, result_line
from grader.report.words import first_to_mend, needing_a_human, next_of_the_bonus, stretch_said

CORE, BONUS = "forking/answers", "forking/prints_nothing_twice"


def result(check: str, outcome: Outcome = Outcome.PASSED, points: float = 2.0) -> Result:
    """A result of the core or of the stretch."""
    earned = points if outcome is Outcome.PASSED else 0.0
    return Result(check, outcome, points, earned, check == BONUS, f"What {check} asks.", observed=f"not {check}")


def report(*results: Result, bonus_counts: bool = False) -> Report:
    """Ann's report."""
    return report_of("Ann", results, sandbox="bubblewrap", seconds=1.0, bonus_counts=bonus_counts)


def test_the_page_shows_the_bonus_in_a_section_of_its_own() -> None:
    """Its points are not among the chapter's."""
    page = summary(report(result(CORE, points=6.0), result(BONUS, Outcome.FAILED)), {})
    chapter, _, stretch = page.partition(f"<h2>{stretch_said()}: 0/2 points</h2>")
    assert "<h2>forking_server.py: 6/6 points</h2>" in chapter
    assert f'<span class="fl-id">{BONUS}</span>' in stretch
    assert f'<span class="fl-id">{BONUS}</span>' not in chapter


def test_a_report_without_stretch_has_no_such_section() -> None:
    """As where only some checks were selected, of either kind."""
    assert stretch_said() not in summary(report(result(CORE)), {})
    assert "of bonus" not in summary(report(result(CORE)), {})
    assert "forking_server.py" not in summary(report(result(BONUS)), {})
    assert not any(stretch_said() in line for line in closing(report(result(CORE)), 80, colour=False))


def test_a_bonus_is_spoken_of_when_the_core_is_whole() -> None:
    """Never while something of the core fails, and never as a mistake."""
    missed = result(BONUS, Outcome.FAILED)
    wrong, right = report(missed, result(CORE, Outcome.FAILED)), report(missed, result(CORE))
    mend, bonus = first_to_mend(wrong), next_of_the_bonus(right)
    assert (mend and mend.id, next_of_the_bonus(wrong)) == (CORE, None)
    assert (bonus and bonus.id, first_to_mend(right)) == (BONUS, None)
    assert "Mend this first" in summary(wrong, {})
    assert "Every requirement of the core is met" in summary(right, {})
    assert "Mend" not in summary(right, {})
    assert closing(right, 80, colour=False)[0].startswith("For the bonus: ")


def test_an_unclear_bonus_needs_no_human() -> None:
    """The grade stands; but not every requirement is met."""
    unclear = report(result(CORE), result(BONUS, Outcome.INCONCLUSIVE))
    assert needing_a_human(unclear) == []
    assert "Every requirement is met" not in summary(unclear, {})
    assert "Every requirement is met" in summary(report(result(CORE), result(BONUS)), {})


@pytest.mark.parametrize(
    ("bonus_counts", "score"), [(False, "score 6 of 6"), (True, "score 8 of 6, bonus included")], ids=["off", "counted"]
)
def test_the_last_lines_tell_bonus_and_score(bonus_counts: bool, score: str) -> None:
    """The bonus has a line of its own; a score with the bonus in it says so."""
    lines = closing(report(result(CORE, points=6.0), result(BONUS), bonus_counts=bonus_counts), 80, colour=False)
    assert lines == [f"{stretch_said()}: 2/2", f"forking 6/6 · {score}"]


def test_a_line_of_the_bonus_has_a_plus() -> None:
    """So that it is told from the core's in any order."""
    assert result_line(result(BONUS), 80, colour=False).startswith(f"  ✓ +2/2 {BONUS} What")
    assert result_line(result(CORE), 80, colour=False).startswith(f"  ✓ 2/2 {CORE} What")


def test_the_title_tells_a_score_with_the_bonus_in_it() -> None:
    """And the figure at the top does."""
    counted = report(result(CORE), result(BONUS), bonus_counts=True)
    assert page_title(counted) == "Ann: 4 of 2, bonus included"
    assert "4 <small>of 2 points, 2 of bonus included</small>" in summary(counted, {})


def test_the_class_page_has_a_table_for_the_bonus() -> None:
    """What was missed is the core's; the bonus has a column beside the score, and its own table."""
    ann = report(result(CORE, Outcome.FAILED), result(BONUS, Outcome.FAILED))
    page = class_page(overview_of([row_of("Ann", ann)]), title="Lab", made="now")
    talk = page[page.index("What was missed") : page.index("<h2>Submissions</h2>")]
    assert (CORE in talk, BONUS in talk) == (True, False)
    core, _, stretch = page.partition(f"<h2>{stretch_said()}</h2>")
    heads = f'<th scope="col">{CORE}</th>', f'<th scope="col">{BONUS}</th>'
    assert [head in core for head in heads] == [True, False]
    assert [head in stretch for head in heads] == [False, True]
    assert '<th scope="col">bonus</th>' in core


def test_a_class_of_nobody_has_no_tables() -> None:
    """Nothing is graded yet."""
    page = class_page(overview_of([]), title="Lab", made="now")
    assert "Nothing is graded yet." in page
    assert "<table" not in page
