"""`docs/verdicts.md` is made by the tool, and names every check."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from grader import grading, verify
from grader.experiments import EXPERIMENTS
from grader.proof.telling import as_json
from grader.proof.verdicts import NEVER_ALONE, UNSEEN, verdicts
from grader.rubric import rubric
from tests.proof.test_telling import ALL

ABOUT = {
    "made": "today", "busy_loops": "2", "processor": "0.1 of one core", "cores": "2", "python": "3.13", "sandbox": "none",
}  # fmt: skip
PROOF = json.loads(as_json(ALL, ABOUT))
SCENES = {name: experiment.sentence for name, experiment in EXPERIMENTS.items()}


def test_the_page_names_every_check_with_its_sentence() -> None:
    """As the rubric has them now; hidden ones are nobody's business."""
    page = verify.DOCS.read_text("utf-8")
    assert sorted(re.findall(r"(?m)^### (\S+)$", page)) == sorted(check.id for check in rubric())
    assert all(check.requirement in page for check in rubric())
    assert "answers_strangers" not in page


def test_the_page_is_what_the_tool_makes_but_for_its_figures() -> None:
    """A check, a scene or a limit that changes changes the page: `verify --docs docs/verdicts.md`."""
    measured = r"(?m)^- Measured: .*$|^## Measured\n(?s:.*?)(?=^## )|^Nothing was measured yet\.$"
    page, made = (re.sub(measured, "", text) for text in (verify.DOCS.read_text("utf-8"), made_of({})))
    assert re.sub(r"\n+", "\n", page) == re.sub(r"\n+", "\n", made)


def made_of(proof: dict[str, object]) -> str:
    """The page, from these figures."""
    return verdicts(grading.checks_here(), SCENES, proof)


def test_every_check_says_what_it_cannot_see() -> None:
    """And nothing is said of checks that are not there."""
    assert set(UNSEEN) == {check.name for check in rubric()}
    assert set(NEVER_ALONE) <= {check.id for check in rubric()}


def test_figures_are_those_of_the_run() -> None:
    """Counts, rates, bounds, and under which strain."""
    page = made_of(PROOF)
    assert (
        "2 wrong and 1 right servers, 4 gradings on 2 cores, 2 busy loops beside it, of the processor 0.1 of one core"
        in page
    )
    assert "| false rejections | 1 | 5 | 20 % | 66 % |" in page


def test_the_command_makes_the_page_from_figures_alone(tmp_path: Path) -> None:
    """It runs nothing; what is no verify.json is a sentence and exit status 1."""
    (tmp_path / "verify.json").write_bytes(as_json(ALL, ABOUT))
    (tmp_path / "other.json").write_text("[1]")
    for name, status in (("verify.json", 0), ("other.json", 1)):
        more = ["--docs", str(tmp_path / "page.md"), "--figures", str(tmp_path / name)]
        command = [sys.executable, "-m", "grader", "verify", *more]
        done = subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, check=False)
        assert (done.returncode, len(done.stderr.splitlines())) == (status, status), done.stderr
    assert (tmp_path / "page.md").read_text() == made_of(PROOF)
