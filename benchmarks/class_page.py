"""Measures the class page at thousands of submissions: bytes, seconds to make, and seconds until a browser can use it.

python benchmarks/class_page.py [--submissions N ...] [--out DIR] [--json FILE]

Every submission misses something else, as if each had mistakes of its own: the hardest class for a page that puts equal
rows together. Results are filed as `grade` files them; one in ten was judged anew and changed, three need a human. The page
is made by the batch's own function from nothing, index included. Chromium then opens it: usable is when the page was
painted and answers, which is asked in the browser itself; after that each deed is timed until it was painted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import psutil

from grader import batch, store
from grader.causes import CAUSES
from grader.model import TRACKS, Before, Check, Diagnosis, Outcome, Report, Result, Status, Sure, report_of
from grader.rubric import rubric

NAMES = ("Ana", "Bo", "Chi", "Dag", "Eva", "Finn", "Gül", "Hao", "Ida", "Jörg", "Kim", "Lý", "Mia", "Noa", "Ole", "Pia")
UNCLEAR = 3
"""Submissions that need a human."""
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
"""Resolves when the browser has painted what was asked for before, and its thread is free again."""
FILTERED = """async word => {const count=document.getElementById('fl-count'), box=document.getElementById('fl-filter');
const told=new Promise(done => new MutationObserver(done).observe(count,{childList:true}));
box.value=word; box.dispatchEvent(new Event('input')); await told}"""
CHOSEN = """mark => {const which=document.getElementById('fl-which'); which.value=mark; which.dispatchEvent(new Event('change'))}"""
SORTED = "head => [...document.querySelectorAll('#fl-all th button')].find(b => b.textContent===head).click()"
DEEDS = {
    "filter by a word": (FILTERED, "Eva"),
    "show everybody again": (FILTERED, ""),
    "show those who failed one check": (CHOSEN, "forking/reaps_a_burst"),
    "show everybody once more": (CHOSEN, ""),
    "sort by score": (SORTED, "score"),
    "sort by name": (SORTED, "submission"),
    "go to the end": ("() => scrollTo(0,document.documentElement.scrollHeight)", ""),
}
"""What is timed in the browser, by name: the deed, and what it is given."""


def class_of(number: int) -> Iterator[Report]:
    """So many reports, each with mistakes of its own."""
    random = Random(number)
    for n in range(number):
        name = f"{random.choice(NAMES)} {random.choice(NAMES)}sen {n:05}"
        outcomes = [(check, _drawn(random, check)) for check in rubric()]
        if n < UNCLEAR:
            outcomes[0] = (outcomes[0][0], Outcome.INCONCLUSIVE)
        report = report_of(
            name,
            tuple(_result(check, outcome) for check, outcome in outcomes),
            sandbox="bubblewrap",
            seconds=2.0,
            diagnoses={track.name: _diagnosis(random, track.name) for track in TRACKS if random.random() < 0.6},
        )
        yield report if n % 10 else _changed(report)


def _drawn(random: Random, check: Check) -> Outcome:
    return random.choices((Outcome.PASSED, Outcome.FAILED, Outcome.NOT_REACHED), (8, 2, 1 + check.stretch))[0]


def _result(check: Check, outcome: Outcome) -> Result:
    earned = check.points if outcome is Outcome.PASSED else 0.0
    return Result(check.id, outcome, check.points, earned, check.stretch, check.requirement, hidden=check.hidden)


def _diagnosis(random: Random, track: str) -> Diagnosis:
    cause = random.choice(CAUSES)
    return Diagnosis(
        cause=cause.name, sentence=cause.sentence, sure=Sure.PROBABLY, hint=cause.hint, root=f"{track}/answers"
    )


def _changed(report: Report) -> Report:
    was = Before(
        score=report.score / 2, points=report.points, bonus=0.0, status=Status.GRADED, by="rejudge", made="now"
    )
    return msgspec.structs.replace(report, before=was)


def filed(out: Path, number: int) -> None:
    """File a class, as results lie on disk; not safe against a power cut, for that is not measured here."""
    for report in class_of(number):
        folder = out / report.submission
        folder.mkdir()
        (folder / store.RESULT).write_bytes(msgspec.json.encode(report))


def made(out: Path) -> dict[str, float]:
    """Make the page, and what it costs: from nothing, and with an index that is up to date."""
    costs = {}
    for name in ("seconds to make, from nothing", "seconds to make, nothing changed"):
        began = time.perf_counter()
        batch.file_the_class(out, title="Blocking and forking servers", made="now")
        costs[name] = time.perf_counter() - began
    return {"bytes": (out / batch.INDEX).stat().st_size, **costs}


def used(page: Path) -> dict[str, Any]:
    """Open a page in Chromium, as a laptop shows it, and time it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--js-flags=--expose-gc"]
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=quiet)
        tab = chromium.new_page(viewport={"width": 1280, "height": 800})
        began = time.perf_counter()
        tab.set_default_timeout(600_000)
        cpu = core_seconds()
        tab.goto(page.as_uri())
        tab.evaluate(PAINTED)
        costs: dict[str, Any] = {"seconds until usable": time.perf_counter() - began}
        costs["core-seconds until usable"] = core_seconds() - cpu
        for name, (deed, given) in DEEDS.items():
            began = time.perf_counter()
            tab.evaluate(deed, given)
            tab.evaluate(PAINTED)
            costs[f"seconds to {name}"] = time.perf_counter() - began
        costs["elements"] = tab.evaluate("document.querySelectorAll('*').length")
        chromium.close()
    return costs


def core_seconds() -> float:
    """What the browser's processes have used, which a busy machine lengthens less than the wall clock."""
    used = [process.cpu_times() for process in psutil.Process().children(recursive=True)]
    return sum(times.user + times.system for times in used)


def main() -> None:
    """Measure, print, file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--submissions", type=int, nargs="*", default=[300, 3000, 10_000], metavar="N")
    parser.add_argument("--out", type=Path, help="keep the results there, one folder for each class")
    parser.add_argument("--json", type=Path, help="file for figures")
    options = parser.parse_args()
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="forklab-class-") as room:
        for number in options.submissions:
            out = (options.out or Path(room)) / str(number)
            out.mkdir(parents=True)
            filed(out, number)
            found[str(number)] = {**made(out), **used(out / batch.INDEX)}
            print(f"{number:,} submissions")
            for name, cost in found[str(number)].items():
                print(f"  {name:40} {cost:12,.2f}" if isinstance(cost, float) else f"  {name:40} {cost:12,}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
