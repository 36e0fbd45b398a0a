"""Every cause is told where its evidence is whole, and not where the same checks fail without it."""

from __future__ import annotations

import pytest

from grader.causes import CAUSES
from grader.rubric import rubric
from tests.causes import of_children, of_the_bonus, of_the_start_and_replies, of_turns_and_leaks
from tests.causes.showing import Shown, diagnosis

SHOWN: dict[str, Shown] = {
    **of_the_start_and_replies.SHOWN,
    **of_turns_and_leaks.SHOWN,
    **of_children.SHOWN,
    **of_the_bonus.SHOWN,
}
BY_NAME = {cause.name: cause for cause in CAUSES}


def test_every_cause_is_shown_by_hand() -> None:
    """Once each, and under one name."""
    assert sorted(SHOWN) == sorted(cause.name for cause in CAUSES)


@pytest.mark.parametrize("name", SHOWN)
def test_a_cause_comes_first_where_its_evidence_is_whole(name: str) -> None:
    """And its root is one of the checks that failed."""
    found = diagnosis(SHOWN[name])
    assert found is not None
    assert (found.cause, found.sentence) == (name, BY_NAME[name].sentence)
    assert found.root.partition("/")[2] in SHOWN[name].failed


@pytest.mark.parametrize("name", [name for name, shown in SHOWN.items() if shown.scenes])
def test_a_cause_is_not_told_without_its_evidence(name: str) -> None:
    """The same checks fail, and the scenes are as a right server's."""
    found = diagnosis(SHOWN[name]._replace(scenes=()))
    assert found is None or found.cause != name


@pytest.mark.parametrize("name", [name for name, shown in SHOWN.items() if not shown.scenes and BY_NAME[name].evidence])
def test_a_cause_told_by_outcomes_is_not_told_by_others(name: str) -> None:
    """Where all fails that can, what it needs to pass does not."""
    every = tuple(check.name for check in rubric() if check.track is SHOWN[name].track and not check.stretch)
    found = diagnosis(SHOWN[name]._replace(failed=every))
    assert found is None or found.cause != name


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_an_entry_is_whole(cause: object) -> None:
    """It names checks that there are, says what is wrong in one sentence, asks, and says what to look at."""
    entry = BY_NAME[cause.name]  # type: ignore[attr-defined]
    known = {check.name for check in rubric() if check.track.name in entry.tracks}
    every = {check.name for check in rubric()}
    assert set(entry.roots) & known
    assert {*entry.roots, *entry.follows} <= every
    assert entry.sentence.endswith(".")
    assert ". " not in entry.sentence
    assert entry.hint
    assert entry.apart.endswith(".")
    assert set(entry.tracks) <= {"blocking", "forking"}
