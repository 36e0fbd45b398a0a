"""Every attack of `hostile/`, in every tier that claims to hold it: seen from outside, with a result and a sentence."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache

import pytest

from grader import grading, scratch
from grader.apparatus.sandbox.choosing import BOXES, Tier, choose
from grader.apparatus.scene import Bounds
from grader.model import Check
from grader.reference import Reference
from grader.replaying import page_of
from grader.rubric import rubric
from tests import attacks
from tests.attacks import MOST_DISK, MOST_MEMORY, Attack, Canaries, Gauge

PLAYED = ("blocking/listens", "blocking/closes_after_reply")
"""Both read one scene: it is played once for every attack."""
ATTACKS = attacks.attacks()
PACKAGES = {"bubblewrap": "bubblewrap", "landlock": "Landlock"}
TOGETHER = [
    pytest.param(tier, attack, id=f"{tier}-{attack.name}", marks=pytest.mark.needs(PACKAGES[tier]))
    for tier in BOXES
    for attack in ATTACKS
    if tier in attack.holds
]


@pytest.fixture(scope="module", autouse=True)
def room() -> Iterator[None]:
    """One room for all boxes of these tests."""
    with scratch.room():
        yield


@pytest.fixture(scope="module")
def aimed_at(room: None) -> Iterator[Canaries]:
    """What every attack is aimed at."""
    with attacks.canaries() as there:
        yield there


def checks_for(ids: tuple[str, ...]) -> tuple[Check, ...]:
    """The checks of these ids, and those of every attack."""
    return tuple(check for check in rubric() if check.id in (*PLAYED, *ids))


@cache
def tier_and_references(name: str) -> tuple[Tier, dict[str, Reference]]:
    """A box, and what the reference does in it."""
    tier = choose(name)
    played = checks_for(tuple(check for attack in ATTACKS for check in attack.checks))
    return tier, grading.references_of(grading.look_at(grading.REFERENCE, tier, played, Bounds(100))[0])


@pytest.mark.parametrize(("name", "attack"), TOGETHER)
def test_an_attack_is_held(name: str, attack: Attack, aimed_at: Canaries) -> None:
    """Nothing outside is harmed, it gets nothing, it has a result, and the student's page says what it tried."""
    tier, references = tier_and_references(name)
    checks = checks_for(attack.checks)
    with attacks.submission_of(attack, aimed_at) as submission, Gauge() as gauge:
        graded = grading.grade(submission, tier, references, checks=checks, bounds=Bounds(attack.seconds))
    said = "".join(seen.stdout.head + seen.stdout.tail for seen in graded.looked["blocking"].values())
    assert aimed_at.harmed() == []
    assert (gauge.memory < MOST_MEMORY, gauge.disk < MOST_DISK) == (True, True), gauge.__dict__
    assert (re.findall(r"^got: .*", said, re.MULTILINE), aimed_at.token in said) == ([], False), said
    results = {result.id: result.outcome.value for result in graded.report.checks}
    told = [result.message for result in graded.report.checks]
    assert set(results) == {check.id for check in checks}
    assert "error" not in results.values(), told
    page = page_of(graded.report, graded.looked, {}).decode("utf-8")
    assert re.search(attack.told, html.unescape(page)), told
    if not attack.told:
        assert results == {check.id: "passed" for check in checks}, told
