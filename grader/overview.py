"""How a class stands: one short row for each submission, enough for class page, gradebook and terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from grader.model import Before, Outcome, Report, Status
from grader.people import NOBODY, Whose

LETTERS = {outcome: outcome.value[0] for outcome in Outcome}
"""An outcome in one letter."""
NOT_ASKED = "-"
"""In a letter's place: this submission was never held against that check."""


class Asked(NamedTuple):
    """A check as a result tells of it."""

    id: str
    points: float
    stretch: bool
    hidden: bool
    requirement: str


class Scored(Protocol):
    """What a gradebook's row needs: a whole report has it, and a standing."""

    @property
    def submission(self) -> str:
        """The submission's name."""

    @property
    def score(self) -> float:
        """Points that were proven."""

    @property
    def points(self) -> float:
        """Points that can be had."""

    @property
    def bonus(self) -> float:
        """Points of the stretch."""

    @property
    def bonus_counts(self) -> bool:
        """The bonus is part of the score."""

    @property
    def status(self) -> Status:
        """Whether the score is a grade."""

    @property
    def deduction(self) -> float:
        """Points that lateness costs."""

    @property
    def lateness(self) -> str:
        """How late it came, in words."""

    @property
    def whose(self) -> Whose:
        """Whose it is."""


class Was(NamedTuple):
    """How a submission stood before it was graded or judged anew, and came to something else.

    Args:
        by: `grade` or `rejudge`.
        made: when that was.
        changes: checks that come to something else now.
    """

    score: float
    status: Status
    by: str
    made: str
    changes: int


class Standing(NamedTuple):
    """How one submission stands; the words are those of its report.

    Args:
        folder: of its files, in the results.
        outcomes: a letter for each check that was asked, in that order.
        causes: the likeliest of what failed in the core, a sentence for each program.
        was: what it took the place of; None where that was no other.
        deduction: points that its lateness costs, which are no part of the score.
        lateness: in words; "" where it was in time.
    """

    folder: str
    submission: str
    score: float
    points: float
    bonus: float
    bonus_counts: bool
    status: Status
    sandbox: str
    outcomes: str
    causes: tuple[str, ...] = ()
    was: Was | None = None
    deduction: float = 0.0
    lateness: str = ""
    whose: Whose = NOBODY


class Overview(NamedTuple):
    """A class.

    Args:
        asked: every check that anybody was held against.
        standings: by folder; each has a letter for every check in `asked`.
        missing: those of the roster of whom nothing is filed.
    """

    asked: tuple[Asked, ...]
    standings: Sequence[Standing]
    missing: Sequence[Whose] = ()


Row = tuple[Standing, tuple[Asked, ...]]
"""A standing, and what its letters stand for."""


def row_of(folder: str, report: Report) -> Row:
    """What a class needs to know of a report."""
    standing = Standing(
        folder,
        report.submission,
        report.score,
        report.points,
        report.bonus,
        report.bonus_counts,
        report.status,
        report.sandbox,
        "".join(LETTERS[result.outcome] for result in report.checks),
        tuple(f"{track}: {found.sentence}" for track, found in report.diagnoses.items() if not found.stretch),
        _was(report.before),
        report.deduction,
        report.lateness,
        report.whose,
    )
    return standing, tuple(Asked(r.id, r.points, r.stretch, r.hidden, r.requirement) for r in report.checks)


def _was(before: Before | None) -> Was | None:
    return None if before is None else Was(before.score, before.status, before.by, before.made, len(before.outcomes))


def overview_of(rows: Iterable[Row]) -> Overview:
    """The class of these rows, in their order; results of older graders may have been asked something else."""
    kept: list[tuple[Standing, tuple[str, ...]]] = []
    same: dict[tuple[Asked, ...], tuple[str, ...]] = {}
    columns: dict[str, Asked] = {}
    for standing, asked in rows:
        if asked not in same:
            same[asked] = tuple(one.id for one in asked)
            for one in asked:
                columns.setdefault(one.id, one)
        kept.append((standing, same[asked]))
    order = tuple(columns)
    return Overview(tuple(columns.values()), [_in_order(standing, ids, order) for standing, ids in kept])


def _in_order(standing: Standing, ids: tuple[str, ...], order: tuple[str, ...]) -> Standing:
    if ids == order:
        return standing
    letters: Mapping[str, str] = dict(zip(ids, standing.outcomes, strict=True))
    return standing._replace(outcomes="".join(letters.get(one, NOT_ASKED) for one in order))
