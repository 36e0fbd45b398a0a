"""The proof that outcomes are true: every server whose outcomes are known is graded, as often as one likes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from grader import batch, grading, store
from grader.apparatus.sandbox.choosing import choose, python_in_the_box
from grader.assignment import Assignment, put_in_force
from grader.experiments import EXPERIMENTS
from grader.hidden import draw_from
from grader.judging import lost
from grader.proof import strain, telling
from grader.proof.cases import Case, program_of, submission_of
from grader.proof.figures import Proof
from grader.proof.filed import Filed, Line
from grader.proof.page import page
from grader.proof.trials import Trial, trial_of
from grader.proof.verdicts import verdicts
from grader.workers import TRIES, Crew, Progress, Task, work_off

JSON, PAGE = "verify.json", "verify.html"
DOCS = grading.PROJECT / "docs" / "verdicts.md"
Turn = tuple[Case, int]
"""A case, and how often it was graded before."""


class Settings(NamedTuple):
    """What holds for a whole proof.

    Args:
        out: folder of its files.
        tier: name of the box.
        jobs: cases at once.
        busy: endless loops that run beside it.
        cpu_share: of one core, for the grader and all servers together; None: all there is.
        seed: what the requests of hidden checks are drawn from.
        assignment: its DELAY and limits; every check is asked for, whatever it says of them.
    """

    out: Path
    tier: str
    jobs: int
    busy: int = 0
    cpu_share: float | None = None
    seed: int = 0
    assignment: Assignment = Assignment()

    def key_of(self, turn: Turn) -> str:
        """Hash of all that a trial depends on: grader, reference, Python, the case, settings, and which turn it is."""
        case, number = turn
        digest = hashlib.sha256(grading.own_key().encode())
        words = (self.tier, str(self.busy), str(self.cpu_share), str(self.seed), case.name, str(number))
        digest.update("\0".join((*words, self.assignment.fingerprint)).encode())
        digest.update(program_of(case))
        return digest.hexdigest()[:32]


def todo(cases: Sequence[Case], repeat: int, settings: Settings, filed: Filed) -> list[Turn]:
    """The trials that are not filed yet; every case once before any comes again."""
    turns = [(case, number) for number in range(repeat) for case in cases]
    return [turn for turn in turns if settings.key_of(turn) not in filed.lines]


def run(work: Sequence[Turn], settings: Settings, filed: Filed, told: Callable[[Progress[Trial]], None]) -> None:
    """Grade them, on a machine that is put under strain; each is filed before it is told.

    Raises:
        CannotGrade: the reference does not earn all points here.
        NoShare: nobody's processor time can be limited here.
    """
    batch.file_the_reference(choose(settings.tier, with_canary=False), settings.out, settings.seed)

    def came(progress: Progress[Trial]) -> None:
        if progress.news:
            _file(progress.news, settings, filed)
        told(progress)

    tasks = [Task(case.name, (case, number)) for case, number in work]
    with strain.busy_loops(settings.busy), strain.share_of_a_core(settings.cpu_share) as group:
        patience = settings.assignment.limits.seconds * 1.5 + batch.GRACE
        crew = Crew(partial(_prepare, settings, group), (__name__,), settings.jobs, patience)
        work_off(tasks, crew, _given_up, came)


def _file(trial: Trial, settings: Settings, filed: Filed) -> None:
    filed.file(Line(settings.key_of((trial.case, trial.turn)), trial.case.name, trial.seconds, trial.seen, trial.named))


def proof_of(cases: Sequence[Case], repeat: int, settings: Settings, filed: Filed, *, whole: bool) -> Proof:
    """What is filed of these cases."""
    trials = []
    for turn in ((case, number) for case in cases for number in range(repeat)):
        line = filed.lines.get(settings.key_of(turn))
        if line:
            trials.append(Trial(turn[0], turn[1], line.seen, line.seconds, line.named))
    checks = grading.checks_here()
    return Proof(
        tuple(trials),
        tuple(check.id for check in checks if not check.hidden),
        frozenset(check.id for check in checks if not check.stretch),
        whole,
    )


def about(settings: Settings, repeat: int, *, made: str) -> dict[str, str]:
    """When, where and under which strain, as page and JSON show it.

    Args:
        made: when, in words.
    """
    share = "all there is" if settings.cpu_share is None else f"{settings.cpu_share:g} of one core"
    return {
        "made": made,
        "cores": str(os.cpu_count()),
        "processor": share,
        "busy_loops": str(settings.busy),
        "repeated": str(repeat),
        "at_once": str(settings.jobs),
        "seed": str(settings.seed),
        "sandbox": settings.tier,
        "python": python_in_the_box(),
        "grader": grading.own_key()[:12],
    }


def file_the_proof(out: Path, proof: Proof, told: Mapping[str, str]) -> None:
    """Write `verify.json` and `verify.html`."""
    store.commit(out / JSON, telling.as_json(proof, told))
    store.commit(out / PAGE, page(proof, told).encode("utf-8", "backslashreplace"))


def write_the_docs(path: Path, document: bytes) -> None:
    """Write `docs/verdicts.md` from what a `verify.json` holds.

    Raises:
        Unreadable: it holds something else.
    """
    try:
        proof = msgspec.json.decode(document, type=dict[str, Any])
        scenes = {name: experiment.sentence for name, experiment in EXPERIMENTS.items()}
        page = verdicts(grading.checks_here(), scenes, proof)
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise store.Unreadable(f"this is no {JSON}: {type(error).__name__}: {error}") from error
    store.commit(path, page.encode())


def _prepare(settings: Settings, group: Path | None) -> Callable[[Turn], Trial]:
    """Once in each worker: its share of the machine, the box, and the reference's recordings."""
    draw_from(settings.seed)
    put_in_force(settings.assignment)
    tier = choose(settings.tier, with_canary=False)
    references = grading.references_of(store.recordings_in(settings.out / batch.REFERENCE_FOLDER))
    if group:
        strain.enter(group)

    def tried(turn: Turn) -> Trial:
        case, number = turn
        with submission_of(case) as submission:
            graded = grading.grade(submission, tier, references, bounds=grading.bounds_here())
        report = graded.report
        return trial_of(case, report.checks, seconds=report.seconds, turn=number, diagnoses=report.diagnoses)

    return tried


def _given_up(task: Task) -> Trial:
    """Three workers died over it: an ERROR of every check."""
    case, number = task.what
    why = f"the grader's worker died {TRIES} times over this server"
    return trial_of(case, (lost(check, why) for check in grading.checks_here()), seconds=0.0, turn=number)
