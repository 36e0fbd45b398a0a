"""Grades every wrong and right server in four ways, and prints where they tell different outcomes.

python benchmarks/same_outcomes.py [--out DIR] [--only WORD] [--json FILE]

batch      `grade`, with the best box of this machine
bundle     `grade` of the unpacked Gradescope bundle, in the box that its platform leaves (Landlock), and its results.json
hand-out   a student's `pytest` in the unpacked hand-out, without the reference, in an environment with its wheels alone
pytest     `pytest --submission=DIR` in the project, with the reference

The same command again goes on where it was stopped. What one way did not see (INCONCLUSIVE, ERROR) is no other outcome:
it is tried twice more, and counted apart. Hidden checks are left out, since two of the ways have none.
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
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from grader import grading, store
from grader.model import Outcome
from grader.proof.cases import SERVERS, Case, cases_in, submission_of
from grader.report.words import SYMBOLS

Outcomes = dict[str, str]
"""By check, the outcome's name."""
OUTCOME_OF = {symbol: outcome.value for outcome, symbol in SYMBOLS.items()}
UNSEEN = {outcome.value for outcome in Outcome if outcome.needs_a_human}
TRIES = 3


class Difference(NamedTuple):
    """One check of one server that does not come to the same in every way."""

    case: str
    check: str
    outcomes: dict[str, str]


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

    def by_handout(self, case: Case) -> Outcomes:
        """A student's own run."""
        folder = self._out / "students" / case.name.replace("/", "~")
        shutil.rmtree(folder, ignore_errors=True)
        unlike = shutil.ignore_patterns(".venv", "wheels", "__pycache__")
        shutil.copytree(self.handout, folder, ignore=unlike)
        programs_to(case, folder)
        outcomes = run_pytest(self.handout / ".venv" / "bin" / "python", folder)
        shutil.rmtree(folder)
        return outcomes

    def by_pytest(self, case: Case) -> Outcomes:
        """The project's."""
        with submission_of(case) as submission:
            hidden = {check.id for check in grading.checks_here() if check.hidden}
            outcomes = run_pytest(Path(sys.executable), grading.PROJECT, f"--submission={submission.path}")
        return {check: outcome for check, outcome in outcomes.items() if check not in hidden}

    def by_grading(self, cases: Iterable[Case], way: str) -> dict[str, Outcomes]:
        """Batch or bundle: one run over all."""
        classroom, results = self._out / f"class-{way}", self._out / f"results-{way}"
        shutil.rmtree(classroom, ignore_errors=True)
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
    """What was graded so far, a line for each server and way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.outcomes: dict[tuple[str, str], Outcomes] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                case, way, outcomes = json.loads(line)
                self.file(case, way, outcomes, write=False)

    def file(self, case: str, way: str, outcomes: Outcomes, *, write: bool = True) -> None:
        """Keep it; what was seen before stays where it was not seen now."""
        before = self.outcomes.get((case, way), {})
        seen = {check: one for check, one in before.items() if one not in UNSEEN}
        self.outcomes[case, way] = {**outcomes, **{c: one for c, one in seen.items() if outcomes.get(c) in UNSEEN}}
        if write:
            with self._path.open("a") as file:
                file.write(json.dumps([case, way, outcomes]) + "\n")

    def lacks(self, case: str, way: str) -> bool:
        """It is not graded, or something of it was not seen."""
        filed = self.outcomes.get((case, way))
        return not filed or bool(UNSEEN & set(filed.values()))


def compare(cases: list[Case], ways: Ways, filed: Filed, tell: Callable[[str], None] = print) -> None:
    """Grade what is not graded yet; what was not seen, again."""
    one_by_one = {"hand-out": ways.by_handout, "pytest": ways.by_pytest}
    for attempt in range(TRIES):
        for way in ("batch", "bundle"):
            todo = [case for case in cases if filed.lacks(case.name, way)]
            if attempt and todo:
                for case in todo:
                    shutil.rmtree(ways._out / f"results-{way}" / case.name.replace("/", "~"), ignore_errors=True)
            for name, outcomes in (ways.by_grading(todo, way) if todo else {}).items():
                filed.file(name, way, outcomes)
            tell(f"{way}: {len(todo)} graded")
        for way, graded in one_by_one.items():
            todo = [case for case in cases if filed.lacks(case.name, way)]
            for number, case in enumerate(todo, 1):
                filed.file(case.name, way, graded(case))
                if number % 20 == 0:
                    tell(f"{way}: {number} of {len(todo)}")
            tell(f"{way}: {len(todo)} graded")


WAYS = ("batch", "bundle", "hand-out", "pytest")


def differences(cases: list[Case], filed: Filed) -> tuple[list[Difference], list[Difference]]:
    """Where two ways tell different outcomes; and where one of them did not see."""
    different, unseen = [], []
    for case in cases:
        of = {way: filed.outcomes.get((case.name, way), {}) for way in WAYS}
        for check in sorted({check for outcomes in of.values() for check in outcomes}):
            told = {way: outcomes.get(check, "missing") for way, outcomes in of.items()}
            if len(set(told.values()) - UNSEEN) > 1:
                different.append(Difference(case.name, check, told))
            elif UNSEEN & set(told.values()):
                unseen.append(Difference(case.name, check, told))
    return different, unseen


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
    ways, filed = Ways(out), Filed(out / "outcomes.jsonl")
    ways.make_ready()
    compare(cases, ways, filed, lambda line: print(line, flush=True))
    different, unseen = differences(cases, filed)
    for one in (*different, *unseen):
        print(one.case, one.check, " ".join(f"{way}={outcome}" for way, outcome in one.outcomes.items()))
    checks = Counter(len(outcomes) for outcomes in filed.outcomes.values())
    print(f"{len(cases)} servers, checks of each: {dict(checks)}; {len(different)} differences, {len(unseen)} not seen")
    if options.json:
        told = {"servers": len(cases), "different": len(different), "unseen": [*map(tuple, unseen)]}
        options.json.write_text(json.dumps(told, indent=1) + "\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
