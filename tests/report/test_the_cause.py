"""The cause comes first, wherever results are told, and what follows from it is folded below."""

from __future__ import annotations

import re

import msgspec

from grader.model import Diagnosis, Outcome, Report, Result, Sure, report_of
from grader.report.page import summary
from grader.report.text import closing
from grader.report.words import diagnosis_of, following, tracks_to_mend

ROOT, FOLLOWS, OTHER, BONUS = (
    "forking/parent_closes_connections",
    "forking/closes_after_reply",
    "blocking/answers",
    "forking/survives_failed_fork",
)
CAUSE = Diagnosis(
    cause="parent_keeps_its_copy",
    sentence="The parent keeps <its> copy.",
    sure=Sure.PROBABLY,
    hint="Which does the parent need? close(2)",
    root=ROOT,
    follows=(FOLLOWS,),
    instead="The child keeps it.",
    apart="Look into /proc. Otherwise: at the child.",
)
FOR_THE_BONUS = msgspec.structs.replace(CAUSE, cause="no_process_ends_it", root=BONUS, follows=(), stretch=True)


def result(check: str, outcome: Outcome = Outcome.FAILED) -> Result:
    """A result that says what was seen."""
    return Result(check, outcome, 2.0, 0.0, check == BONUS, f"What {check} asks.", observed=f"seen at {check}")


def report(*results: Result, **diagnoses: Diagnosis) -> Report:
    """Ann's report."""
    return report_of("Ann", results, sandbox="bubblewrap", seconds=1.0, diagnoses=diagnoses)


def details_of(page: str, check: str) -> str:
    """The opening tag of the details that tell of a check."""
    (tag,) = re.findall(rf'(<details[^>]*>)<summary>(?:(?!<summary>).)*fl-id">{check}<', page)
    return str(tag)


def test_the_page_tells_the_cause_and_how_sure_it_is() -> None:
    """Before all results: the sentence, where it shows, a question, and what would tell it from another."""
    page = summary(report(result(FOLLOWS), result(ROOT), forking=CAUSE), {})
    first = page[: page.index("<h2>")]
    for told in (
        "Mend this first",
        "Probably: The parent keeps &lt;its&gt; copy.",
        f'It shows at <a href="#at-forking-parent_closes_connections">{ROOT}</a>: seen at {ROOT}',
        f'1 failure follows from it: <a href="#at-forking-closes_after_reply">{FOLLOWS}</a>',
    ):
        assert told in first
    for told in (CAUSE.hint, CAUSE.instead, CAUSE.apart):
        assert told in first
    assert {f'id="at-{check.replace("/", "-")}"' in page for check in (ROOT, FOLLOWS)} == {True}


def test_what_follows_is_closed_and_says_so() -> None:
    """The root is open, and so is what the cause does not account for."""
    page = summary(report(result(FOLLOWS), result(ROOT), result("forking/answers"), forking=CAUSE), {})
    assert " open " not in details_of(page, FOLLOWS)
    assert " open " in details_of(page, ROOT)
    assert " open " in details_of(page, "forking/answers")
    assert page.count("follows from what is to be mended first") == 1


def test_the_terminal_tells_what_follows_in_one_line() -> None:
    """Below the cause; the score stays the last line."""
    lines = closing(report(result(FOLLOWS), result(ROOT), forking=CAUSE), 100, colour=False)
    assert lines[0] == f"Mend first: {ROOT}. Probably: The parent keeps <its> copy."
    assert lines[1] == "  hint: Which does the parent need? close(2)"
    assert lines[2] == f"  1 more follows from it: {FOLLOWS}"
    assert lines[-1].endswith("score 0 of 4")


def test_without_a_cause_the_first_failure_is_told() -> None:
    """On the page as the requirement that it is, on the terminal by what was seen; both let one ask something."""
    bare = report(msgspec.structs.replace(result(ROOT), observed="12 of 12", hint="Which?"))
    assert f"<strong>What {ROOT} asks.</strong>" in summary(bare, {})
    lines = closing(bare, 100, colour=False)
    assert lines[:2] == [f"Mend first: {ROOT}: 12 of 12", "  hint: Which?"]


def test_each_track_has_something_to_mend() -> None:
    """In the report's order, by its cause or by its first failure; regions of a page have different names."""
    two = report(result(OTHER), result(ROOT), forking=CAUSE)
    assert [(track, root.id) for track, root, _ in tracks_to_mend(two)] == [("blocking", OTHER), ("forking", ROOT)]
    lines = closing(two, 100, colour=False)
    assert [line.partition(":")[0] for line in lines[:2]] == ["Mend first", "And then"]
    labels = re.findall(r'<section [^>]*aria-label="([^"]+)"', summary(two, {}))
    assert labels == ["mend this first, in blocking_server.py", "and then, in forking_server.py"]


def test_the_causes_of_a_bonus_wait_for_the_core() -> None:
    """They are told for the bonus, and never as a mistake."""
    whole = report(result(ROOT, Outcome.PASSED), result(BONUS), forking=FOR_THE_BONUS)
    assert "For the bonus, in forking_server.py" in summary(whole, {})
    assert "Mend" not in summary(whole, {})
    assert closing(whole, 100, colour=False)[0].startswith(f"For the bonus: {BONUS}. Probably: ")
    owed = report(result(OTHER), result(BONUS), forking=FOR_THE_BONUS)
    assert diagnosis_of(owed, "forking") is None
    assert following(owed) == frozenset()
    assert "survives_failed_fork. Probably" not in "".join(closing(owed, 100, colour=False))


def test_what_was_not_reached_is_counted_on_its_track() -> None:
    """With what it is worth, and why; the other track's is the other track's."""
    page = summary(report(result(ROOT), not_reached(FOLLOWS), forking=CAUSE), {})
    assert "1 requirement was not reached, worth 2 points: nobody was there for closes_after_reply" in page


def not_reached(check: str) -> Result:
    """A result of which nothing was to be seen."""
    name = check.partition("/")[2]
    return msgspec.structs.replace(
        result(check, Outcome.NOT_REACHED), observed="", message=f"nobody was there for {name}"
    )


def test_where_nothing_failed_what_was_not_reached_is_to_be_mended() -> None:
    """A server that cuts silent clients off loses a third of the points, and nothing of the core fails."""
    stalled = report(result(OTHER, Outcome.PASSED), not_reached(ROOT), not_reached(FOLLOWS))
    first = summary(stalled, {}).partition("<h2>")[0]
    for told in ("Mend this first, in forking_server.py", f"What {ROOT} asks.", "nobody was there for parent_closes"):
        assert told in first
    assert "2 requirements were not reached, worth 4 points" in first
    lines = closing(stalled, 200, colour=False)
    assert (
        lines[0] == f"Mend first: {ROOT}. What {ROOT} asks. Not reached: nobody was there for parent_closes_connections"
    )
    assert lines[1] == "  2 requirements were not reached, worth 4 points"


def test_a_cause_that_shows_at_the_bonus_explains_what_was_not_reached() -> None:
    """It is no bonus then: the core's points depend on it."""
    stalled = report(not_reached(ROOT), result(BONUS), forking=FOR_THE_BONUS)
    first = summary(stalled, {}).partition("<h2>")[0]
    assert f'It shows at <a href="#at-forking-survives_failed_fork">{BONUS}</a>' in first
    assert ("Mend this first" in first, "For the bonus" in first) == (True, False)
    assert closing(stalled, 200, colour=False)[0].startswith(f"Mend first: {BONUS}. Probably: {CAUSE.sentence}")


def test_a_track_that_failed_keeps_its_own_cause() -> None:
    """While the other one, of which nothing failed, is told by the cause of a bonus."""
    both = report(result(OTHER), not_reached(ROOT), result(BONUS), forking=FOR_THE_BONUS)
    assert [(track, root.id) for track, root, _ in tracks_to_mend(both)] == [("blocking", OTHER), ("forking", BONUS)]
