"""The hand-out in Chinese says what the English one says."""

from __future__ import annotations

import re

from grader import grading
from grader.languages import spoken
from grader.rubric import rubric
from grader.wording import say, speaking
from tests.language.chinese import english_in

ENGLISH, CHINESE = ((grading.TEMPLATE / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
OUTCOMES = ("PASSED", "FAILED", "NOT REACHED", "INCONCLUSIVE", "ERROR")


def spans(page: str) -> set[str]:
    """What stands in code, but for what only one of them needs."""
    return set(re.findall(r"`([^`\n]+)`", page)) - {"pytest --lang zh", "--lang en", "LANG", "fork"}


def test_both_have_the_same_parts() -> None:
    """Headings, tables row by row, lists and commands."""
    for pattern in (r"(?m)^#+ ", r"(?m)^\|.*\|$", r"(?m)^- ", r"(?m)^```"):
        english, chinese = (re.findall(pattern, page) for page in (ENGLISH, CHINESE))
        assert len(english) == len(chinese), pattern
    assert spans(ENGLISH) == spans(CHINESE)


def test_points_and_requirements_are_those_of_the_checks() -> None:
    """Word by word as the page says them."""
    rows = re.findall(r"(?m)^\| ((?:blocking|forking)/\w+) \| (\d+) \| (.*) \|$", CHINESE)
    with speaking(spoken("zh")):
        core = [(one.id, f"{one.points:g}", say(one.requirement)) for one in rubric() if not one.stretch]
        bonus = {one.name: say(one.requirement).removesuffix("。") for one in rubric() if one.stretch}
    assert sorted(rows) == sorted(core)
    for name, requirement in bonus.items():
        assert re.search(rf"(?m)^\| {name} \| \d? ?\| \d? ?\| {re.escape(requirement)}", CHINESE), name


def test_no_english_is_left() -> None:
    """But code, and what Python and clients say."""
    text = re.sub(r"(?s)^```.*?^```", "", CHINESE, flags=re.MULTILINE)
    text = re.sub(r"\*\*[A-Z][^*]*\.\*\*|" + "|".join(OUTCOMES), "", text)
    names = {"Ann", "Ben", "Recv-Q", "Recv-", "zombies", "close", "fork", "Windows", "macOS", "dev", "container"}
    assert set(english_in(text)) - names == set()
