"""The proof as text, JSON and page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from grader.model import Outcome
from grader.proof.page import SIGNS, page
from grader.proof.telling import Mark, as_json, lines, matrix, percent
from tests.proof.test_figures import EXPLAINED, FAILED, PASSED, RIGHT, UNSEEN, WRONG, proof, trial

ABOUT = {"made": "today", "busy_loops": "2"}
ALL = proof(
    trial(WRONG, 0, forking__reaps=FAILED, forking__answers=PASSED, forking__lives=Outcome.NOT_REACHED),
    trial(WRONG, 1, forking__reaps=FAILED, forking__answers=FAILED, forking__lives=PASSED),
    trial(EXPLAINED, 0, forking__reaps=FAILED, forking__answers=UNSEEN, forking__lives=FAILED),
    trial(RIGHT, 0, forking__reaps=PASSED, forking__answers=PASSED, forking__lives=PASSED),
)


def test_a_cell_shows_the_worst_of_its_trials() -> None:
    """Killed, followed, not reached, not seen, wrong."""
    rows = matrix(ALL)
    assert rows["mutants/forking/leaks"] == {
        "forking/reaps": Mark.KILLED,
        "forking/answers": Mark.WRONG,
        "forking/lives": Mark.NOT_REACHED,
    }
    assert rows["mutants/forking/ends"]["forking/lives"] is Mark.FOLLOWS
    assert rows["mutants/forking/ends"]["forking/answers"] is Mark.UNCLEAR
    assert set(rows["right/forking/fine"].values()) == {Mark.PASSED}


def test_lines_end_with_the_last_word() -> None:
    """Counts, rates and bounds, gaps, each wrong outcome, and whether all is well."""
    told = lines(ALL)
    assert told[0] == "2 wrong and 1 right servers, 4 gradings, 12 check results"
    assert told[1] == "false rejections: 1 of 5 (20 %), with 95 % confidence under 66 %"
    assert "no wrong server names: forking/answers, forking/bonus" in told
    assert "mutants/forking/leaks: forking/answers failed: so" in told
    assert told[-1] == "NOT all is as it should be"
    clean = proof(trial(RIGHT, forking__reaps=PASSED), whole=False)
    assert lines(clean)[-1] == "all is as it should be"


def test_a_proof_of_nothing_can_be_told() -> None:
    """No trial, no median."""
    assert lines(proof(whole=False))[0].startswith("0 wrong and 0 right servers")


@pytest.mark.parametrize(("rate", "shown"), [(0.0, "0 %"), (1.0, "100 %"), (0.00030, "0.03 %"), (0.6666, "67 %")])
def test_rates_are_shown_in_percent(rate: float, shown: str) -> None:
    """Two figures are enough."""
    assert percent(rate) == shown


def test_json_holds_figures_matrix_and_every_outcome() -> None:
    """And says whether it is clean, for programs."""
    document = json.loads(as_json(ALL, ABOUT))
    assert (document["schema"], document["clean"], document["busy_loops"]) == (1, False, "2")
    rejections = document["figures"][0]
    assert (rejections["name"], rejections["count"], rejections["of"], rejections["rate"]) == (
        "false rejections",
        1,
        5,
        0.2,
    )
    assert 0.6 < rejections["upper_95"] < 0.7
    assert document["checks"]["forking/reaps"]["named_by"] == ["mutants/forking/ends", "mutants/forking/leaks"]
    assert document["matrix"]["mutants/forking/leaks"]["forking/reaps"] == "failed, as named"
    assert [row["turn"] for row in document["trials"]] == [0, 1, 0, 0]


class _Elements(HTMLParser):
    """Every element that is opened and closed, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_stands_alone_and_is_well_formed() -> None:
    """No script, no address of elsewhere; every element is closed where it should be."""
    whole = page(ALL, ABOUT)
    read = _Elements()
    read.feed(whole)
    assert read.open == []
    assert not re.findall(r"<script|https?:|src=|@import|url\(", whole)
    assert "busy loops" in read.text
    assert "NOT all is as it should be" in read.text


def test_the_picture_has_the_same_as_a_table() -> None:
    """For those who can't see it; and no mark is told by colour alone."""
    whole = page(ALL, ABOUT)
    assert whole.count('role="img"') == whole.count("<title id=") == whole.count("<desc id=") == 1
    table = whole[whole.index("The same as a table") :]
    for name in ("leaks", "ends", "right: fine"):
        assert f'<th scope="row">{name}</th>' in table
    assert len(set(SIGNS.values())) == len(Mark)
    assert [table.count(f"<td>{SIGNS[mark]}</td>") for mark in (Mark.KILLED, Mark.WRONG, Mark.FOLLOWS)] == [2, 1, 1]


def test_what_servers_say_is_inert_on_the_page() -> None:
    """A message comes from a program that we did not write."""
    hostile = trial(RIGHT, forking__answers=FAILED)
    told = proof(type(hostile)(RIGHT, 0, (type(hostile.seen[0])("forking/answers", FAILED, "<b>\x1b[31m"),), 1.0))
    assert "<b>" not in page(told, {})
    assert "\x1b" not in page(told, {})
