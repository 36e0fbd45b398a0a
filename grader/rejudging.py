"""Results judged anew from what was recorded: today's checks, and no submission's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader import batch, grading, store
from grader.assignment import Assignment, in_force, put_in_force
from grader.comparing import remembering
from grader.diagnosing import diagnoses
from grader.judging import judge_beside
from grader.languages import spoken
from grader.model import SCHEMA, Check, Report, Result, points_shown, report_of
from grader.reference import Reference
from grader.replaying import WRITES_PAGES, commit_told, pages_of
from grader.wording import language, say, speaking
from grader.workers import Crew, Progress, Task, work_off

_JUDGED = (
    "score", "points", "bonus", "bonus_counts", "status", "checks", "diagnoses", "deduction", "lateness", "hidden_points",
    "hidden_earned", "assignment", "language",
)  # fmt: skip
"""What of a report is judged anew."""


class NothingFiled(Exception):
    """The folder holds no results; the message says so."""


class Change(NamedTuple):
    """What became of one check's result: None where there was none, or is none any more."""

    id: str
    before: Result | None
    after: Result | None

    @property
    def points(self) -> float:
        """What the submission gains by it; negative, what it loses."""
        return _earned(self.after) - _earned(self.before)

    @property
    def differs_in_points(self) -> bool:
        """It is more than words that differ."""
        return self.points != 0 or _outcome(self.before) != _outcome(self.after)

    @property
    def told(self) -> str:
        """`forking/reaps_a_burst: passed -> failed (-6): expected none, observed 29 zombies`."""
        outcomes = f"{_outcome(self.before)} -> {_outcome(self.after)}"
        points = f" ({'+' if self.points > 0 else ''}{points_shown(self.points)})" if self.points else ""
        why = self.after or self.before
        return f"{self.id}: {outcomes}{points}" + (f": {why.message}" if why and why.message else "")


def _earned(result: Result | None) -> float:
    return result.earned if result else 0.0


def _outcome(result: Result | None) -> str:
    return result.outcome.words if result else "nothing"


class Rejudged(NamedTuple):
    """One submission, judged anew.

    Args:
        unjudged: ids of the checks whose scenes were never recorded; what was known of them stays.
    """

    before: Report
    after: Report
    unjudged: tuple[str, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The results that are not what they were, messages included, unless they are told in another language now."""
        before = {result.id: result for result in self.before.checks}
        after = {result.id: result for result in self.after.checks}
        changes = (Change(check, before.get(check), after.get(check)) for check in {**after, **before})
        translated = self.before.language != self.after.language
        return tuple(one for one in changes if (one.differs_in_points if translated else one.before != one.after))

    @property
    def is_changed(self) -> bool:
        """There is something to file."""
        return self.before != self.after


class LeftAlone(NamedTuple):
    """A result that could not be judged anew, and why: a sentence."""

    name: str
    why: str


def judged_again(
    report: Report,
    recorded: store.Recorded,
    references: Mapping[str, Reference],
    checks: Sequence[Check],
    made: str = "",
) -> Rejudged:
    """What today's checks, and the assignment in force, make of what was recorded.

    Args:
        references: by track's name.
        made: when that is, in words.
    """
    known = {result.id: result for result in report.checks}
    results, unjudged = [], []
    for check in checks:
        scenes = recorded.get(check.track.name, {})
        if set(check.needs) - {"reference"} <= set(scenes):
            results.append(judge_beside(references[check.track.name], check, scenes))
        else:
            unjudged.append(check.id)
            results += [_renamed(known[check.id])] if check.id in known else []
    settled = in_force().bonus_counted
    sums = report_of(
        report.submission,
        tuple(results),
        sandbox=report.sandbox,
        seconds=report.seconds,
        bonus_counts=report.bonus_counts if settled is None else settled,
        diagnoses=diagnoses(results, recorded, references),
        student=report.student,
        language=language(),
    )
    sums = grading.settled(sums)
    after = msgspec.structs.replace(report, **{name: getattr(sums, name) for name in _JUDGED})
    return Rejudged(report, remembering(after, report, by="rejudge", made=made), tuple(unjudged))


def _renamed(result: Result) -> Result:
    """A result whose texts stay, with its requirement in the language that is spoken."""
    english = {check.id: check.requirement for check in grading.checks_here()}
    return msgspec.structs.replace(result, requirement=say(english.get(result.id, result.requirement)))


def retell(
    report: Report, recorded: store.Recorded, references: Mapping[str, Reference], checks: Sequence[Check]
) -> Report:
    """The same outcomes and points, told in the language that is spoken; a result of which today's checks think
    otherwise keeps its texts.

    Args:
        references: by track's name.
    """
    anew = judged_again(report, recorded, references, checks, "").after
    by_id = {result.id: result for result in anew.checks}
    return msgspec.structs.replace(
        report,
        checks=tuple(_in_words_of(by_id.get(result.id), result) for result in report.checks),
        diagnoses=anew.diagnoses,
        language=language(),
    )


def _in_words_of(other: Result | None, result: Result) -> Result:
    if other is None or other.outcome is not result.outcome:
        return _renamed(result)
    return msgspec.structs.replace(other, points=result.points, earned=result.earned, stretch=result.stretch)


def retell_all(out: Path, folders: Sequence[Path], wanted: str) -> int:
    """Tell the results of these folders in that language, where they are told in another one; how many were.

    Raises:
        Unreadable: the reference's recordings are not there.
    """
    there = [(folder, store.result_in(folder)) for folder in folders]
    others = [(folder, report) for folder, report in there if report and report.language != wanted]
    if others:
        tell = _teller(out, wanted)
        for folder, report in others:
            tell(folder, report)
    return len(others)


def _teller(out: Path, wanted: str) -> Callable[[Path, Report], None]:
    reference = store.recordings_in(out / batch.REFERENCE_FOLDER)
    references, checks = grading.references_of(reference), grading.checks_here()

    def told(folder: Path, report: Report) -> None:
        recorded = batch.recorded_or_nothing(folder)
        with speaking(spoken(wanted)):
            report = retell(report, recorded, references, checks)
        commit_told(folder, grading.named(report), recorded, reference)

    return told


def rejudge(out: Path, told: Callable[[Rejudged | LeftAlone], None], wanted: str = "") -> None:
    """Judge every result of a folder anew, and file those that have changed; each remembers what it was.

    Args:
        wanted: the language that they are told in; each in its own, if none is wanted.

    Raises:
        NothingFiled: there are no results.
        Unreadable: the reference's recordings are not there, without which nothing can be compared.
    """
    folders = folders_in(out)
    reference = store.recordings_in(out / batch.REFERENCE_FOLDER)
    references, checks = grading.references_of(reference), grading.checks_here()
    made = batch.now()
    for folder in folders:
        try:
            came = _rejudged(folder, references, checks, wanted, made)
            if isinstance(came, Rejudged) and came.is_changed:
                commit_told(folder, came.after, store.recordings_in(folder), reference)
        except store.Unreadable as error:
            came = LeftAlone(folder.name, str(error))
        told(came)


def folders_in(out: Path) -> list[Path]:
    """The folders that hold a result.

    Raises:
        NothingFiled: there are none.
    """
    folders = sorted(path.parent for path in out.glob(f"*/{store.RESULT}"))
    if not folders:
        raise NothingFiled(f"{out} holds no results: it is the folder that grade was given as --out")
    return folders


def _rejudged(
    folder: Path, references: Mapping[str, Reference], checks: Sequence[Check], wanted: str, made: str
) -> Rejudged | LeftAlone:
    report = store.result_in(folder)
    if report is None:
        return LeftAlone(folder.name, f"{store.RESULT} is torn, or not ours")
    if report.schema != SCHEMA:
        return LeftAlone(folder.name, f"its result is of schema {report.schema}, and this grader writes {SCHEMA}")
    recorded = store.recordings_in(folder)
    if not any(recorded.values()):
        return LeftAlone(report.submission, "nothing was recorded of it")
    with speaking(spoken(wanted or report.language)):
        return judged_again(report, recorded, references, checks, made)


def reports(out: Path, jobs: int, progress: Callable[[Progress[str]], None], wanted: str = "") -> None:
    """Write both pages of every result anew from what is filed; no submission's code is run.

    Args:
        wanted: the language that they are told in; each in its own, if none is wanted.

    Raises:
        NothingFiled: there are no results.
        Unreadable: another language is wanted, and the reference's recordings are not there.
    """
    tasks = [Task(folder.name, folder) for folder in folders_in(out)]
    if wanted:
        store.recordings_in(out / batch.REFERENCE_FOLDER)
    work_off(
        tasks,
        Crew(partial(_pages, out, wanted, in_force()), (__name__, WRITES_PAGES), jobs, batch.GRACE),
        lambda task: task.name,
        progress,
    )


def _pages(out: Path, wanted: str, assignment: Assignment) -> Callable[[Path], str]:
    put_in_force(assignment)
    reference = batch.recorded_or_nothing(out / batch.REFERENCE_FOLDER)
    tell = _teller(out, wanted) if wanted else None

    def written(folder: Path) -> str:
        report = store.result_in(folder)
        if report is not None and tell and report.language != wanted:
            tell(folder, report)
        elif report is not None:
            pages = pages_of(grading.named(report), batch.recorded_or_nothing(folder), reference)
            store.commit(folder / store.PAGE, pages.student)
            store.commit(folder / store.INSTRUCTORS, pages.instructor)
        return folder.name

    return written


class Sums(NamedTuple):
    """A rejudging in numbers of submissions.

    Args:
        unjudged: by id, in how many a check could not be judged.
    """

    gained: int
    lost: int
    same: int
    left_alone: int
    human: int
    unjudged: dict[str, int]


def sums_of(came: Sequence[Rejudged | LeftAlone]) -> Sums:
    """Who gained, who lost, and who must be looked at."""
    judged = [one for one in came if isinstance(one, Rejudged)]
    points = [one.after.score - one.before.score for one in judged]
    return Sums(
        gained=sum(change > 0 for change in points),
        lost=sum(change < 0 for change in points),
        same=sum(change == 0 for change in points),
        left_alone=len(came) - len(judged),
        human=sum(grading.needs_a_human(one.after) for one in judged),
        unjudged=dict(Counter(check for one in judged for check in one.unjudged)),
    )
