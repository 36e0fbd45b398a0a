"""Classroom 50: `result.json` of one submission, written in its runner.

Source: foundation50/classroom50, schemas/result-v1.schema.json; runner.py, run_entrypoint (the variables), finalize_result
(stamps owner, type and time itself) and validate_result (points are whole, and no score is over its maximum).
"""

from __future__ import annotations

from typing import Any

from grader.exports.feedback import as_json, line_of, shown, why
from grader.exports.grades import cut_to
from grader.exports.shapes import DoesNotFit, Export, Format, Graded
from grader.model import Report, Result, Status

SCHEMA = "classroom50/result/v1"
NEEDED = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "owner": "USERNAME",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
}
FINER = 100
"""Parts of a point, where points are not whole."""


def write(graded: Graded) -> Export:
    """The file of the only submission there is.

    Raises:
        DoesNotFit: there are others, or the runner's variables are not set.
    """
    if len(graded.reports) != 1:
        raise DoesNotFit("classroom50 takes one submission, that of the repository: say which one with --submission")
    told = _told(graded)
    missing = [NEEDED[key] for key, value in told.items() if not value]
    if missing:
        raise DoesNotFit(f"classroom50 is for its runner, which sets {', '.join(missing)}: these are not set here")
    (report,) = graded.reports
    return Export(
        as_json(
            {
                "schema": SCHEMA,
                **told,
                "assignment_type": graded.environment.get("ASSIGNMENT_TYPE") or "individual",
                "review": graded.environment.get("REVIEW_URL") or told["commit"],
                "datetime": graded.made,
                **_scores(report),
            }
        ),
        notes=cut_to(graded),
    )


def _told(graded: Graded) -> dict[str, str]:
    """What the runner's variables tell; where they don't tell who it is, a clone's name does."""
    told = {key: graded.environment.get(name, "") for key, name in NEEDED.items()}
    student = graded.reports[0].student
    if student and student.layout == "classroom":
        told["owner"] = told["owner"] or student.id
    return told


def _scores(report: Report) -> dict[str, Any]:
    """Points and tests; none of either where a human must look, which the gradebook shows as an error."""
    if report.status is not Status.GRADED:
        return {"score": 0, "max-score": 0, "tests": []}
    points = [report.score, report.points, *(part for one in report.checks for part in (one.earned, one.points))]
    parts = 1 if all(one == int(one) for one in points) else FINER
    most = round(report.points * parts)
    return {
        "score": min(round(report.score * parts), most),
        "max-score": most,
        "tests": [_test(result, parts) for result in report.checks],
    }


def _test(result: Result, parts: int) -> dict[str, Any]:
    return {
        "test-name": shown(result.id),
        "passed": result.passed,
        "score": round(result.earned * parts),
        "max-score": round(result.points * parts),
        "message": "\n".join([line_of(result), *why(result, briefly=True)]),
    }


CLASSROOM50 = Format(
    "classroom50", "result.json for the runner of Classroom 50, one submission", "classroom50.json", write
)
