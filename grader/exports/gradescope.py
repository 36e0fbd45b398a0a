"""Gradescope: `results.json` of one submission, as its autograder platform reads it.

Source: gradescope/autograder_samples, docs/specs.md. Where no score is to be given, there is none: neither on top nor in
a test, whose outcome is then informational.
"""

from __future__ import annotations

from typing import Any

from grader.exports.feedback import as_json, shown, summary, why
from grader.exports.grades import grade_of
from grader.exports.shapes import Export, Format, Graded
from grader.model import Report, Result
from grader.report.words import stretch_said, track_of
from grader.wording import say

VISIBLE, HIDDEN, TEXT = "visible", "hidden", "text"


def write(graded: Graded) -> Export:
    """The file of the only submission there is."""
    (report,) = graded.reports
    return Export(as_json(_results(report)))


def _results(report: Report) -> dict[str, Any]:
    grade = grade_of(report)
    return {
        **({} if grade is None else {"score": grade}),
        "execution_time": report.seconds,
        "output": summary(report),
        "output_format": TEXT,
        "test_name_format": TEXT,
        "test_output_format": TEXT,
        "visibility": VISIBLE,
        "stdout_visibility": HIDDEN,
        "tests": [_test(result, scored=grade is not None) for result in report.checks],
        "extra_data": {"submission": shown(report.submission), "sandbox": report.sandbox, "python": report.python},
    }


def _test(result: Result, *, scored: bool) -> dict[str, Any]:
    """One requirement; points of the stretch stand apart in its name, the score on top is what counts."""
    name = say("{stretch}: {check}", stretch=stretch_said(), check=result.id) if result.stretch else result.id
    return {
        "name": shown(name),
        **({"score": result.earned, "max_score": result.points} if scored else {}),
        **({} if result.outcome.needs_a_human else {"status": "passed" if result.passed else "failed"}),
        "output": "\n".join([shown(result.requirement), *why(result)]),
        "tags": [shown(track_of(result))],
        "visibility": VISIBLE,
    }


GRADESCOPE = Format(
    "gradescope", "results.json of Gradescope's autograders, one for each submission", "results.json", write,
    one_each=True,
)  # fmt: skip
