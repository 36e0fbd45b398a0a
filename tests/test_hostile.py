"""Every attack of `hostile/`, in every tier that claims to hold it: seen from outside, with a result and a sentence."""

from __future__ import annotations

import contextlib
import fcntl
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import pytest

from grader import grading, ports, scratch
from grader.apparatus.sandbox.choosing import BOXES, Tier, choose
from grader.apparatus.scene import Bounds
from grader.model import Check
from grader.reference import Reference
from grader.replaying import page_of
from grader.rubric import rubric
from grader.submission import Submission
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
    with the_ports_of(tier):
        return tier, grading.references_of(
            grading.look_at(Submission("reference", grading.REFERENCE), tier, played, Bounds(100))[0]
        )


def the_ports_of(tier: Tier) -> AbstractContextManager[None]:
    """The lab's ports to ourselves, where boxes share them."""
    return ports.alone(lambda _: None) if tier.has_one_network else contextlib.nullcontext()


@pytest.mark.parametrize(("name", "attack"), TOGETHER)
def test_an_attack_is_held(name: str, attack: Attack, aimed_at: Canaries) -> None:
    """Nothing outside is harmed, it gets nothing, it has a result, and the student's page says what it tried."""
    tier, references = tier_and_references(name)
    checks = checks_for(attack.checks)
    with the_ports_of(tier), attacks.submission_of(attack, aimed_at) as submission, Gauge(aimed_at.free) as gauge:
        graded = grading.grade(submission, tier, references, checks=checks, bounds=Bounds(attack.seconds))
    said = printed(graded)
    assert (aimed_at.harmed(), gauge.somebody_listened) == ([], False)
    assert (gauge.memory < MOST_MEMORY, gauge.disk < MOST_DISK) == (True, True), gauge.__dict__
    assert (re.findall(r"^got: .*", said, re.MULTILINE), aimed_at.token in said) == ([], False), said
    results = {result.id: result.outcome.value for result in graded.report.checks}
    told = [result.message for result in graded.report.checks]
    assert set(results) == {check.id for check in checks}
    assert "error" not in results.values(), told
    page = page_of(graded.report, graded.looked, {}).decode("utf-8")
    assert re.search(attack.told, html.unescape(page)), told
    assert ("<script>alert" in page, "\x1b" in page) == (False, False)
    if not attack.told:
        assert results == {check.id: "passed" for check in checks}, told


def printed(graded: grading.Graded) -> str:
    """What the first track's program wrote on standard output, in all scenes."""
    return "".join(seen.stdout.kept for seen in graded.looked["blocking"].values())


@pytest.mark.needs("Landlock")
@pytest.mark.parametrize("attack", [one for one in ATTACKS if "landlock" in one.gaps], ids=lambda attack: attack.name)
def test_a_gap_is_there(attack: Attack, aimed_at: Canaries) -> None:
    """A tier that holds more by now has to say so."""
    tier, references = tier_and_references("landlock")
    with the_ports_of(tier), attacks.submission_of(attack, aimed_at) as submission, Gauge(aimed_at.free) as gauge:
        graded = grading.grade(submission, tier, references, checks=checks_for(()), bounds=Bounds(attack.seconds))
    assert "got: " in printed(graded) or gauge.somebody_listened
    aimed_at.harmed()  # what was reached is taken back, for the next one


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_each_tier_holds_an_attack_or_has_a_reason(attack: Attack) -> None:
    """What is not held is told, not passed over."""
    assert (set(attack.holds) | set(attack.gaps), set(attack.holds) & set(attack.gaps)) == (set(BOXES), set())


def test_the_docs_have_a_row_for_each_attack() -> None:
    """`docs/sandbox.md` says what the headers say; tests/attacks.py makes the table."""
    page = (grading.PROJECT / "docs" / "sandbox.md").read_text("utf-8")
    assert attacks.table() in page, f"let the page have this table:\n{attacks.table()}"


@pytest.mark.needs("bubblewrap")
def test_innocents_lose_nothing_in_a_hostile_batch(tmp_path: Path, aimed_at: Canaries) -> None:
    """By the command line, two at once: each has its result, the reference's copies every point, and nothing is left."""
    hostile = ("forks_without_end", "leaves_daemons", "plants_files_for_python", "signals_others", "fills_its_folder")
    for number, name in enumerate(hostile):
        attack = next(one for one in ATTACKS if one.name == name)
        with attacks.submission_of(attack, aimed_at) as submission:
            shutil.copytree(submission.path, tmp_path / "class" / f"{number}-{name}")
            if name not in ("plants_files_for_python", "signals_others"):  # one track is enough to be slow in
                (tmp_path / "class" / f"{number}-{name}" / "forking_server.py").unlink()
    innocent = ("0-innocent", "2-innocent", "9-innocent")
    for name in innocent:
        shutil.copytree(grading.REFERENCE, tmp_path / "class" / name, ignore=shutil.ignore_patterns("checks"))
    before = left_on_the_machine()
    words = ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "out"), "--jobs", "2", "--sandbox", "bubblewrap"]
    done = subprocess.run(
        [sys.executable, "-m", "grader", *words], cwd=grading.PROJECT, capture_output=True, text=True, check=False,
        env={name: value for name, value in os.environ.items() if name != scratch.ROOM},
    )  # fmt: skip
    results = {path.parent.name: json.loads(path.read_text()) for path in (tmp_path / "out").glob("*/result.json")}
    assert {name: results[name]["score"] for name in innocent} == dict.fromkeys(innocent, 100), done.stdout
    assert len(results) == len(hostile) + len(innocent), done.stderr
    assert {result["sandbox"] for result in results.values()} == {"bubblewrap"}
    assert aimed_at.harmed() == []
    assert left_on_the_machine() - before == set()


def pytest_of(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Grade another folder by pytest, as one who looks at somebody else's work."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "listens and blocking", *words]
    environment = {name: value for name, value in os.environ.items() if name != scratch.ROOM}
    page = ("--html", str(folder.with_suffix(".html")))
    return subprocess.run(
        [*command, *page], cwd=grading.PROJECT, capture_output=True, text=True, check=False, env=environment
    )


@pytest.mark.parametrize("sandbox", [pytest.param("bubblewrap", marks=pytest.mark.needs("bubblewrap")), "none"])
def test_pytest_runs_nothing_that_a_submission_brings(sandbox: str, aimed_at: Canaries) -> None:
    """Neither its conftest.py and settings, nor its packages: they are the program's alone."""
    attack = next(one for one in ATTACKS if one.name == "plants_files_for_python")
    with attacks.submission_of(attack, aimed_at) as submission:
        done = pytest_of(submission.path, f"--submission={submission.path}", "--sandbox", sandbox)
    assert "2/2 blocking/listens" in done.stdout, done.stdout + done.stderr
    assert aimed_at.harmed() == []


def test_pytest_takes_no_settings_from_a_submission(aimed_at: Canaries) -> None:
    """A folder that is a word of its own is where pytest looks for them: the run is refused with what to say."""
    attack = next(one for one in ATTACKS if one.name == "plants_files_for_python")
    with attacks.submission_of(attack, aimed_at) as submission:
        (submission.path / "pytest.ini").write_text("[pytest]\ntestpaths = .\n")
        done = pytest_of(submission.path, "--submission", str(submission.path))
    assert (done.returncode, "in one word" in done.stderr) == (4, True), done.stdout + done.stderr
    assert aimed_at.harmed() == []


def left_on_the_machine() -> set[str]:
    """Mounts of ours, and folders of ours whose owner is gone: nobody holds their lock."""
    mounts = {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}
    folders = map(str, Path(tempfile.gettempdir()).glob("forklab-????????"))
    return {mount for mount in mounts if "forklab" in mount} | {folder for folder in folders if nobody_holds(folder)}


def nobody_holds(folder: str) -> bool:
    """Another run's room is locked, or gone by now."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        with os.fdopen(descriptor):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return Path(folder).exists()
    return False
