"""Autolab: what an autograder prints; the last line is the autoresult, the one before it the formatted feedback.

Source: autolab/Autolab, docs/lab.md, docs/features/formatted-feedback.md, assessment_autograde_core.rb: an
empty "scores" gives 0 for every problem, null gives none.
"""

from __future__ import annotations

import json

from grader.exports.feedback import line_of, missed, shown, summary, why
from grader.exports.shapes import Export, Format, Graded
from grader.model import Report, Result, Status
from grader.report.words import by_track, core_of, stretch_of

BONUS, HIDDEN, LATENESS = "stretch", "hidden", "lateness"
"""Problems besides the programs: where the bonus counts, where hidden checks have points, and where somebody is late."""


def write(graded: Graded) -> Export:
    """The output of the only submission there is."""
    (report,) = graded.reports
    lines = [summary(report)]
    for result in missed(report):
        lines += [line_of(result), *(f"  {line}" for line in why(result))]
    lines += [json.dumps(_feedback(report), ensure_ascii=False), json.dumps({"scores": _scores(report)})]
    return Export("".join(f"{line}\n" for line in lines).encode())


def _stages(report: Report) -> dict[str, list[Result]]:
    """A problem for each track, and one for the bonus."""
    stages = {shown(track): core_of(results) for track, results in by_track(report).items()}
    return {name: results for name, results in (*stages.items(), (BONUS, stretch_of(report.checks))) if results}


def _scores(report: Report) -> dict[str, float | None]:
    """Points by problem; the bonus where it counts."""
    counted = {name: results for name, results in _stages(report).items() if name != BONUS or report.bonus_counts}
    points = {name: sum(one.earned for one in results) for name, results in counted.items()}
    points |= {HIDDEN: report.hidden_earned} if report.hidden_points else {}
    points |= {LATENESS: -report.deduction} if report.deduction else {}
    return {name: earned if report.status is Status.GRADED else None for name, earned in points.items()}


def _feedback(report: Report) -> dict[str, object]:
    stages = _stages(report)
    return {
        "_presentation": "semantic",
        "stages": list(stages),
        **{name: {shown(one.id): _test(one) for one in results} for name, results in stages.items()},
    }


def _test(result: Result) -> dict[str, object]:
    if result.passed:
        return {"passed": True}
    return {"passed": False, "hint": " ".join([shown(result.requirement), *why(result, briefly=True)])}


AUTOLAB = Format(
    "autolab", "what an Autolab autograder prints, autoresult last, one file for each submission", "autolab.txt", write,
    one_each=True,
)  # fmt: skip
