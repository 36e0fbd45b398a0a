"""Grades every wrong and right server in four ways, and prints where they tell different outcomes.

python benchmarks/same_outcomes.py [--out DIR] [--only WORD] [--json FILE]

batch      `grade`, with the best box of this machine
bundle     `grade` of the unpacked Gradescope bundle, in the box that its platform leaves (Landlock), and its results.json
hand-out   a student's `pytest` in the unpacked hand-out, without the reference, in an environment with its wheels alone
pytest     `pytest --submission=DIR` in the project, with the reference

The same command again goes on where it was stopped. A wrong server's outcome may hang on chance: a child that happens to
be quick. So a server on which two ways differ is graded again in every way, up to five times; what came out both ways in
one and the same way is told as chance, and what never came out alike as a difference. What one way did not see
(INCONCLUSIVE, ERROR) is no other outcome, and told apart. Hidden checks are left out, since two of the ways have none.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import NamedTuple

from grader import grading, store
from grader.model import Outcome
from grader.proof.cases import SERVERS, Case, cases_in, submission_of
from grader.report.words import SYMBOLS

Outcomes = dict[str, str]
"""By check, the outcome's name."""
OUTCOME_OF = {symbol: outcome.value for outcome, symbol in SYMBOLS.items()}
UNSEEN = {outcome.value for outcome in Outcome if outcome.needs_a_human}
TRIES = 5
AT_ONCE = 12
"""Servers that are graded in all ways before any other: so that a run that is stopped tells something."""
WAYS = ("batch", "bundle", "hand-out", "pytest")


class Told(NamedTuple):
    """One check of one server, and all that it came to, by way."""

    case: str
    check: str
    outcomes: dict[str, frozenset[str]]

    @property
    def kind(self) -> str:
        """`same`, `difference`, `chance` or `unseen`."""
        seen = [outcomes - UNSEEN for outcomes in self.outcomes.values()]
        if any(one and other and not one & other for one in seen for other in seen):
            return "difference"
        if len(frozenset().union(*seen)) > 1:
            return "chance"
        return "same" if all(seen) else "unseen"


def told_by_pytest(said: str) -> Outcomes:
    """The lines that a student reads: `  ✓ 6/6  forking/answers  Every request gets …`."""
    words = (line.split() for line in said.splitlines() if line.startswith("  "))
    return {
        line[2]: OUTCOME_OF[line[0]] for line in words if len(line) > 2 and line[0] in OUTCOME_OF and "/" in line[2]
    }


def programs_to(case: Case, folder: Path) -> None:
    """A student's folder with this server in it; nothing of the server before is left."""
    folder.mkdir(parents=True, exist_ok=True)
    with submission_of(case) as submission:
        shutil.copytree(submission.path, folder, dirs_exist_ok=True)


def run_pytest(python: Path, folder: Path, *words: str) -> Outcomes:
    """`pytest` as it is typed; what it told."""
    command = [str(python), "-m", "pytest", "-p", "no:cacheprovider", "--color=no", *words]
    environment = {**os.environ, "COLUMNS": "120", "PYTHONSAFEPATH": "1"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    outcomes = told_by_pytest(done.stdout)
    if not outcomes:
        raise RuntimeError(f"{folder}: pytest told nothing: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return outcomes


class Ways:
    """The four, each made ready once.

    Args:
        out: folder of all that is made.
        box: for the bundle.
    """

    def __init__(self, out: Path, box: str = "landlock") -> None:
        self._out = out
        self._box = box
        self.handout = out / "handout"
        self.bundle = out / "bundle"

    def make_ready(self) -> None:
        """Hand-out and bundle, as the commands make them and their users unpack them."""
        grader = [sys.executable, "-m", "grader"]
        if not (self.handout / ".venv" / "bin" / "pytest").exists():
            shutil.rmtree(self.handout, ignore_errors=True)
            subprocess.run([*grader, "handout", "--wheels", str(self.handout)], cwd=grading.PROJECT, check=True)
            install = "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt"
            install = install.replace("python3", sys.executable)
            subprocess.run(install, shell=True, cwd=self.handout, check=True)
        if not self.bundle.is_dir():
            archive = self._out / "gradescope.zip"
            subprocess.run([*grader, "bundle", "gradescope", "--to", str(archive)], cwd=grading.PROJECT, check=True)
            zipfile.ZipFile(archive).extractall(self.bundle)

    def graded(self, cases: list[Case], way: str) -> Iterator[tuple[str, Outcomes]]:
        """Grade some servers in one way; each as soon as it is known."""
        if way in ("batch", "bundle"):
            yield from (self._by_grading(cases, way) if cases else {}).items()
            return
        one = self._by_handout if way == "hand-out" else self._by_pytest
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for case, outcomes in zip(cases, threads.map(one, cases), strict=True):
                yield case.name, outcomes

    def _by_handout(self, case: Case) -> Outcomes:
        """A student's own run."""
        folder = self._out / "students" / case.name.replace("/", "~")
        shutil.rmtree(folder, ignore_errors=True)
        unlike = shutil.ignore_patterns(".venv", "wheels", "__pycache__")
        shutil.copytree(self.handout, folder, ignore=unlike)
        programs_to(case, folder)
        outcomes = run_pytest(self.handout / ".venv" / "bin" / "python", folder)
        shutil.rmtree(folder)
        return outcomes

    def _by_pytest(self, case: Case) -> Outcomes:
        """The project's."""
        with submission_of(case) as submission:
            hidden = {check.id for check in grading.checks_here() if check.hidden}
            outcomes = run_pytest(Path(sys.executable), grading.PROJECT, f"--submission={submission.path}")
        return {check: outcome for check, outcome in outcomes.items() if check not in hidden}

    def _by_grading(self, cases: Iterable[Case], way: str) -> dict[str, Outcomes]:
        """Batch or bundle: one run over all."""
        classroom, results = self._out / f"class-{way}", self._out / f"results-{way}"
        for old in (classroom, results):
            shutil.rmtree(old, ignore_errors=True)
        names = {case.name.replace("/", "~"): case.name for case in cases}
        for case in cases:
            programs_to(case, classroom / case.name.replace("/", "~"))
        command = [sys.executable, "-P", "-m", "grader"]
        project = self.bundle if way == "bundle" else grading.PROJECT
        environment = {**os.environ, "PYTHONPATH": str(project)}
        box = ["--sandbox", self._box] if way == "bundle" else []
        grade = [*command, "grade", str(classroom), "--out", str(results), *box]
        subprocess.run(grade, env=environment, stdout=subprocess.DEVNULL, check=False)
        found = {names[folder]: _outcomes_in(results / folder) for folder in names}
        if way == "bundle":
            subprocess.run(
                [*command, "export", "gradescope", str(results)], env=environment, check=False, stdout=-3, stderr=-3
            )
            for folder in names:
                _must_say_the_same(results / "exports" / "gradescope" / folder / "results.json", found[names[folder]])
        return found


def _outcomes_in(folder: Path) -> Outcomes:
    report = store.result_in(folder)
    return {one.id: one.outcome.value for one in report.checks if not one.hidden} if report else {}


def _must_say_the_same(path: Path, outcomes: Outcomes) -> None:
    """What the platform reads is what was filed."""
    for test in json.loads(path.read_text())["tests"]:
        filed = outcomes[test["name"].rpartition(" ")[2]]
        told = "passed" if filed == "passed" else None if filed in UNSEEN else "failed"
        assert test.get("status") == told, (path, test["name"])


class Filed:
    """What was graded so far, a line for each server, way and time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._graded: dict[tuple[str, str], list[Outcomes]] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                case, way, outcomes = json.loads(line)
                self._graded.setdefault((case, way), []).append(outcomes)

    def file(self, case: str, way: str, outcomes: Outcomes) -> None:
        """Keep it."""
        self._graded.setdefault((case, way), []).append(outcomes)
        with self._path.open("a") as file:
            file.write(json.dumps([case, way, outcomes]) + "\n")

    def times(self, case: str, way: str) -> int:
        """How often it was graded."""
        return len(self._graded.get((case, way), ()))

    def told(self, case: str) -> list[Told]:
        """All that its checks came to; `missing` where one way does not have a check that another has."""
        of = {way: self._graded.get((case, way), []) for way in WAYS}
        checks = sorted({check for graded in of.values() for outcomes in graded for check in outcomes})
        return [
            Told(
                case, check, {way: frozenset(one.get(check, "missing") for one in graded) for way, graded in of.items()}
            )
            for check in checks
        ]

    def is_settled(self, case: str) -> bool:
        """Every way has told the same, and seen it."""
        return all(one.kind in ("same", "chance") for one in self.told(case))


def compare(cases: list[Case], ways: Ways, filed: Filed, tell: Callable[[str], None] = print) -> None:
    """Grade every server in every way, and again those on which two ways differ; some servers after the others."""
    for first in range(0, len(cases), AT_ONCE):
        some = cases[first : first + AT_ONCE]
        for times in range(1, TRIES + 1):
            again = [case for case in some if times == 1 or not filed.is_settled(case.name)]
            for way in WAYS:
                todo = [case for case in again if filed.times(case.name, way) < times]
                for name, outcomes in ways.graded(todo, way):
                    filed.file(name, way, outcomes)
        tell(f"{first + len(some)} of {len(cases)} servers: {figures_of(cases[: first + len(some)], filed)}")


def figures_of(cases: Iterable[Case], filed: Filed) -> dict[str, int]:
    """How many outcomes are the same, and are not."""
    return dict(Counter(one.kind for case in cases for one in filed.told(case.name)))


def main() -> int:
    """Grade, print; 1 if something differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/same-outcomes"))
    parser.add_argument("--only", default="", help="only servers whose name has this in it")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    options = parser.parse_args()
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    cases = [case for case in cases_in(SERVERS) if options.only in case.name]
    Random(0).shuffle(cases)  # what is done when it is stopped is a fair sample
    ways, filed = Ways(out), Filed(out / "outcomes.jsonl")
    ways.make_ready()
    compare(cases, ways, filed, lambda line: print(line, flush=True))
    told = [one for case in cases for one in filed.told(case.name)]
    for one in (one for one in told if one.kind != "same"):
        came = " ".join(f"{way}={'/'.join(sorted(outcomes))}" for way, outcomes in one.outcomes.items())
        print(f"{one.kind:10} {one.case} {one.check} {came}")
    figures = {"servers": len(cases), **figures_of(cases, filed)}
    print(", ".join(f"{number} {what}" for what, number in figures.items()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 1 if "difference" in figures else 0


if __name__ == "__main__":
    sys.exit(main())
