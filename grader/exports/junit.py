"""JUnit XML, for the reports of CI systems: a suite for each submission, a case for each requirement.

Source: jenkinsci/xunit-plugin, junit-10.xsd, and junit-team's jenkins-junit.xsd: the file is valid by both. Cases have no
properties there, so that points stand in what a case printed, sums in its suite's properties.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.exports.feedback import line_of, shown, summary, why
from grader.exports.shapes import Export, Format, Graded
from grader.model import Outcome, Report, Result, points_shown
from grader.report.clean import html
from grader.report.words import name_of, track_of

_TAG = {
    Outcome.FAILED: "failure",
    Outcome.NOT_REACHED: "skipped",
    Outcome.INCONCLUSIVE: "error",
    Outcome.ERROR: "error",
}


def write(graded: Graded) -> Export:
    """One file for all of them."""
    results = [result for report in graded.reports for result in report.checks]
    suites = "".join(_suite(report) for report in graded.reports)
    time = sum(report.seconds for report in graded.reports)
    head = f'<testsuites name="forklab" {_counts(results)} time="{time:.3f}">'
    return Export(f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{suites}</testsuites>\n'.encode())


def _suite(report: Report) -> str:
    name = html(shown(report.submission)) or "-"
    skipped = sum(_tag(result) == "skipped" for result in report.checks)
    told = {
        "grade": summary(report),
        "points": points_shown(report.points),
        "proven": points_shown(report.score),
        "bonus": points_shown(report.bonus),
        "status": report.status.value,
    }
    properties = "".join(f'<property name="{key}" value="{html(value)}"/>' for key, value in told.items())
    cases = "".join(_case(name, result) for result in report.checks)
    return (
        f'<testsuite name="{name}" {_counts(report.checks)} skipped="{skipped}" time="{report.seconds:.3f}">\n'
        f"<properties>{properties}</properties>\n{cases}</testsuite>\n"
    )


def _counts(results: Sequence[Result]) -> str:
    tags = [_tag(result) for result in results]
    return f'tests="{len(tags)}" failures="{tags.count("failure")}" errors="{tags.count("error")}"'


def _tag(result: Result) -> str:
    """A bonus that was not earned fails no build."""
    tag = _TAG.get(result.outcome, "")
    return "skipped" if result.stretch and tag else tag


def _case(suite: str, result: Result) -> str:
    tag, lines = _tag(result), [html(line) for line in why(result)]
    what = ""
    if tag == "skipped":  # has no attributes in the older schema
        what = f"<skipped>{'; '.join(lines)}</skipped>"
    elif tag:
        message = html(shown(result.observed)) if result.outcome is Outcome.FAILED else lines[0]
        text = "\n".join([html(shown(result.requirement)), *lines])
        what = f'<{tag} type="{result.outcome.value}" message="{message}">{text}</{tag}>'
    track, name = html(shown(track_of(result))), html(shown(name_of(result)))
    return (
        f'<testcase classname="{suite}.{track}" name="{name}" time="0">{what}'
        f"<system-out>{html(line_of(result))}</system-out></testcase>\n"
    )


JUNIT = Format("junit", "JUnit XML for CI, a suite for each submission", "junit.xml", write)
