"""PrairieLearn: `results.json` of an external grader, one submission.

Source: PrairieLearn/PrairieLearn, docs/externalGrading.md: a score from 0 to 1; what is not gradable costs neither points
nor an attempt; at most 1 MB.
"""

from __future__ import annotations

from typing import Any

from grader.exports.feedback import as_json, needs_a_human, shown, summary, why
from grader.exports.grades import cut_to
from grader.exports.shapes import Export, Format, Graded
from grader.model import Report, Result, Status
from grader.report.words import outcome_said

MOST_BYTES = 1_000_000


def write(graded: Graded) -> Export:
    """The file of the only submission there is; without evidence where it would be too large with it."""
    (report,) = graded.reports
    whole = as_json(_results(report, briefly=False))
    data = whole if len(whole) <= MOST_BYTES else as_json(_results(report, briefly=True))
    return Export(data, notes=cut_to(graded))


def _results(report: Report, *, briefly: bool) -> dict[str, Any]:
    tests = [_test(result, briefly) for result in report.checks]
    if report.status is not Status.GRADED:
        return {"gradable": False, "format_errors": [needs_a_human()], "message": needs_a_human(), "tests": tests}
    return {"gradable": True, "score": _share(report), "message": summary(report), "tests": tests}


def _share(report: Report) -> float:
    """Of the points of the core: a bonus makes up for what is missing, and no more."""
    return min(round(report.score / report.points, 6), 1.0) if report.points else 0.0


def _test(result: Result, briefly: bool) -> dict[str, Any]:
    return {
        "name": shown(result.id),
        "description": shown(result.requirement),
        "points": result.earned,
        "max_points": result.points,
        "message": outcome_said(result.outcome),
        "output": "\n".join(why(result, briefly=briefly)),
    }


PRAIRIELEARN = Format(
    "prairielearn", "results.json of PrairieLearn's external graders, one for each submission", "results.json", write,
    one_each=True,
)  # fmt: skip
