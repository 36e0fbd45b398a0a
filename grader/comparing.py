"""A result and the one whose place it takes: what is another now. Pure."""

from __future__ import annotations

import msgspec

from grader.model import Before, Outcome, Report, Status


def remembering(new: Report, old: Report | None, *, by: str, made: str) -> Report:
    """A result that remembers what it takes the place of, where score, status or an outcome is another.

    Args:
        by: `grade` or `rejudge`.
        made: when, in words.
    """
    return msgspec.structs.replace(new, before=None if old is None else _before(new, old, by, made))


def _before(new: Report, old: Report, by: str, made: str) -> Before | None:
    outcomes = _other_outcomes(new, old)
    if not outcomes and _sums(new) == _sums(old):
        return None
    score, points, bonus, status = _sums(old)
    return Before(score=score, points=points, bonus=bonus, status=status, by=by, made=made, outcomes=outcomes)


def _sums(report: Report) -> tuple[float, float, float, Status]:
    return report.score, report.points, report.bonus, report.status


def _other_outcomes(new: Report, old: Report) -> dict[str, Outcome | None]:
    """By id, what a check came to before, where it comes to something else now."""
    was = {result.id: result.outcome for result in old.checks}
    now = {result.id: result.outcome for result in new.checks}
    return {check: was.get(check) for check in {**now, **was} if was.get(check) is not now.get(check)}
