"""The proof that outcomes are true: wrong servers that name what they must fail, right ones that must fail nothing.

    # One sentence that says what is wrong.
    # fails: forking/reaps_a_burst
    # passes: forking/zombies_do_not_pile_up

heads a file of `mutants/<track>/`. A file or folder of `right/<track>/` must earn every point of the core, and of the
stretch what its header names. The other track's program is the reference's, and must earn every point, bonus included.
"""

from __future__ import annotations

import multiprocessing
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import msgspec

from grader import grading
from grader.apparatus.sandbox.choosing import Tier, choose
from grader.apparatus.scene import Bounds
from grader.model import TRACKS, Outcome, Result, track_named
from grader.rubric import rubric
from grader.submission import Submission

SERVERS = grading.PROJECT / "tests"
_NAMED = re.compile(r"^# (fails|passes):(.*)$", re.MULTILINE)


class Unusable(Exception):
    """A file of wrong or right servers is not what it should be; the message says which and why."""


class Case(msgspec.Struct, frozen=True):
    """One server whose outcomes are known.

    Args:
        path: its program, or a folder with its program and more.
        fails: ids of the checks that must fail; none for a right server.
        passes: ids of the checks that must pass all the same.
    """

    path: Path
    track: str
    fails: tuple[str, ...]
    passes: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """It must earn every point of the core."""
        return not self.fails

    @property
    def name(self) -> str:
        """`right/forking/double_fork`."""
        return f"{'right' if self.is_right else 'mutants'}/{self.track}/{self.path.stem}"


class Trial(msgspec.Struct, frozen=True):
    """One grading of a case.

    Args:
        outcomes: by check's id.
        wrong: each outcome that is not as the case says, told in a line.
    """

    case: Case
    outcomes: dict[str, Outcome]
    false_rejections: tuple[str, ...]
    false_acceptances: tuple[str, ...]
    unclear: tuple[str, ...]
    seconds: float

    @property
    def wrong(self) -> tuple[str, ...]:
        """Everything that should not be."""
        return (*self.false_rejections, *self.false_acceptances, *self.unclear)


class Proof(msgspec.Struct, frozen=True):
    """All trials of a run."""

    trials: tuple[Trial, ...]

    @property
    def is_clean(self) -> bool:
        """Every outcome is as it should be, and every check has a mutant."""
        return not any(trial.wrong for trial in self.trials)

    def count(self, outcome: Outcome) -> int:
        """How many check results came to that."""
        return sum(list(trial.outcomes.values()).count(outcome) for trial in self.trials)


Told = Callable[[int, int, Trial], None]


def cases_in(folder: Path) -> list[Case]:
    """The cases of a folder that holds `mutants/` and `right/`.

    Raises:
        Unusable: there are none, or a header names a check that does not exist.
    """
    found = [
        _case(path, track.name, wrong=kind == "mutants")
        for kind in ("mutants", "right")
        for track in TRACKS
        for path in sorted((folder / kind / track.name).glob("*"))
        if path.suffix == ".py" or (path / track.program).is_file()
    ]
    if not found:
        raise Unusable(f"{folder} holds no servers: neither mutants/<track>/*.py nor right/<track>/*.py")
    return found


def _case(path: Path, track: str, *, wrong: bool) -> Case:
    program = path if path.is_file() else path / track_named(track).program
    named: dict[str, list[str]] = {"fails": [], "passes": []}
    for kind, ids in _NAMED.findall(program.read_text("utf-8")):
        named[kind] += [check.strip() for check in ids.split(",") if check.strip()]
    known = {check.id for check in rubric()}
    unknown = sorted({*named["fails"], *named["passes"]} - known)
    if unknown:
        raise Unusable(f"{path} names {', '.join(unknown)}, and there is no such check: see `python -m grader rubric`")
    if wrong != bool(named["fails"]):
        raise Unusable(f"{path} " + ("names nothing that it fails" if wrong else "is a right server, but names fails"))
    return Case(path, track, tuple(named["fails"]), tuple(named["passes"]))


@contextmanager
def submission_of(case: Case) -> Iterator[Submission]:
    """The case as a submission: its program in one track, the reference's in the others."""
    folder = Path(tempfile.mkdtemp(prefix="forklab-case-"))
    try:
        for track in TRACKS:
            shutil.copyfile(grading.REFERENCE / track.program, folder / track.program)
        if case.path.is_dir():
            shutil.copytree(case.path, folder, dirs_exist_ok=True)
        else:
            shutil.copyfile(case.path, folder / track_named(case.track).program)
        yield Submission(case.path.stem, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def judged(case: Case, results: Sequence[Result], seconds: float) -> Trial:
    """Hold what came of a case against what it says of itself."""
    rejections, acceptances, unclear = [], [], []
    for result in results:
        told = f"{case.name}: {result.id} {result.outcome.words}: {result.message}"
        its_own = result.id.startswith(f"{case.track}/")
        named = result.id in (*case.fails, *case.passes)
        is_owed = named or not (its_own and result.stretch) or result.outcome is Outcome.ERROR
        must_pass = not its_own or result.id in case.passes or (case.is_right and not result.stretch)
        if result.outcome.needs_a_human and is_owed:
            unclear.append(told)
        elif result.id in case.fails and result.outcome is not Outcome.FAILED:
            acceptances.append(told)
        elif must_pass and result.outcome is not Outcome.PASSED:
            rejections.append(told)
    return Trial(
        case,
        {result.id: result.outcome for result in results},
        tuple(rejections),
        tuple(acceptances),
        tuple(unclear),
        seconds,
    )


def prove(cases: Sequence[Case], tier: Tier, *, repeat: int, busy: int, jobs: int, progress: Told) -> Proof:
    """Grade every case, on a machine made busy on purpose.

    Args:
        busy: endless loops that run beside it.
        jobs: cases at once.

    Raises:
        CannotGrade: the reference does not earn all points here.
    """
    grading.grade_the_reference(tier)
    trials: list[Trial] = []
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grader.verify"])
    with (
        _busy_loops(busy),
        ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare, initargs=(tier.name,)) as pool,
    ):
        waiting = [pool.submit(_try, case) for _ in range(repeat) for case in cases]
        for done in as_completed(waiting):
            trials.append(done.result())
            progress(len(trials), len(waiting), trials[-1])
    return Proof(tuple(sorted(trials, key=lambda trial: trial.case.name)))


_state: dict[str, object] = {}


def _prepare(tier: str) -> None:
    """Once in each worker: the box, and the reference's recordings on this machine."""
    _state["tier"] = choose(tier, with_canary=False)
    _state["references"] = grading.references_of(grading.grade_the_reference(_state["tier"]).looked)  # type: ignore[arg-type]


def _try(case: Case) -> Trial:
    with submission_of(case) as submission:
        graded = grading.grade(
            submission,
            _state["tier"],  # type: ignore[arg-type]
            _state["references"],  # type: ignore[arg-type]
            bounds=Bounds(grading.TIME_LIMIT),
        )
    return judged(case, graded.report.checks, graded.report.seconds)


@contextmanager
def _busy_loops(count: int) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    loops = [context.Process(target=_spin, daemon=True) for _ in range(count)]
    for loop in loops:
        loop.start()
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.join()


def _spin() -> None:
    while True:
        pass


def told(proof: Proof) -> list[str]:
    """The proof in lines."""
    cases = {trial.case.name: trial.case for trial in proof.trials}
    right = sum(case.is_right for case in cases.values())
    results = sum(len(trial.outcomes) for trial in proof.trials)
    lines = [
        f"{len(cases) - right} wrong and {right} right servers, {len(proof.trials)} gradings, {results} check results",
        f"false rejections {sum(len(trial.false_rejections) for trial in proof.trials)}, "
        f"false acceptances {sum(len(trial.false_acceptances) for trial in proof.trials)}, "
        f"inconclusive {proof.count(Outcome.INCONCLUSIVE)}, error {proof.count(Outcome.ERROR)}",
        f"seconds for one: median {_median([trial.seconds for trial in proof.trials]):.2f}, "
        f"most {max(trial.seconds for trial in proof.trials):.1f}",
    ]
    without, needless = needed_by_none(proof)
    if without:
        lines.append(f"no mutant names: {', '.join(without)}")
    if needless:
        lines.append(f"no mutant is rejected by this check alone: {', '.join(needless)}")
    lines += [line for trial in proof.trials for line in trial.wrong]
    lines.append("clean" if proof.is_clean else "NOT clean")
    return lines


def needed_by_none(proof: Proof) -> tuple[list[str], list[str]]:
    """The checks that no mutant names, and those without which every mutant would be rejected all the same."""
    named = Counter(check for trial in proof.trials for check in trial.case.fails)
    alone = Counter(
        failed[0]
        for trial in proof.trials
        if not trial.case.is_right
        and len(failed := [c for c, outcome in trial.outcomes.items() if outcome is Outcome.FAILED]) == 1
    )
    checks = [check.id for check in rubric() if check.points]
    return [c for c in checks if not named[c]], [c for c in checks if named[c] and not alone[c]]


def _median(numbers: list[float]) -> float:
    return sorted(numbers)[len(numbers) // 2]


def as_json(proof: Proof) -> bytes:
    """Every outcome of every trial."""
    rows = [
        {
            "case": trial.case.name,
            "outcomes": trial.outcomes,
            "wrong": trial.wrong,
            "seconds": trial.seconds,
        }
        for trial in proof.trials
    ]
    return msgspec.json.format(msgspec.json.encode(rows), indent=1)
