"""The instructor's page of a result: what its student reads, and before that what only the instructor may know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from grader.model import Before, Outcome, Report, Result, points_shown
from grader.recording import Recording
from grader.report.clean import html, one_line
from grader.report.items import ROOMY, items
from grader.report.page import body, output, page_title
from grader.report.picture import sequence
from grader.report.scenes import of_the_instructor, of_the_student
from grader.report.style import SHEET
from grader.report.words import counted, status_said, track_of

Recorded = Mapping[str, Mapping[str, Recording]]
BY = {"grade": "graded anew", "rejudge": "judged anew"}
"""By command, what it did with a result that was there."""


def instructors_page(report: Report, recorded: Recorded, reference: Recorded | None = None) -> str:
    """The whole document; complete without script, and there is none."""
    title = html(page_title(report))
    told = msgspec.structs.replace(report, checks=tuple(result for result in report.checks if not result.hidden))
    parts = [
        '<p><a href="../index.html">The class</a> · <a href="report.html">What the student sees</a></p>',
        f'<h1>{title}</h1><p class="fl-band">For the instructor alone: no student may see this page.</p>',
        *_old_and_new(report),
        *_by_hand(report),
        *_hidden(report, recorded),
        _sandbox(report),
        _scenes(recorded),
        "<h2>As the student sees it, with what was said of the machine</h2>",
        body(told, of_the_student(recorded), reference),
    ]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{SHEET}</style></head><body><main>{''.join(parts)}</main></body></html>"
    )


def _table(label: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of texts from anywhere, under a name of its own for those who do not see what it stands below."""
    head = "".join(f'<th scope="col">{html(one)}</th>' for one in heads)
    cells = ("".join(f"<td>{html(one_line(cell))}</td>" for cell in row) for row in rows)
    told = "".join(f"<tr>{row}</tr>" for row in cells)
    return (
        f'<div class="fl-scroll" tabindex="0" role="region" aria-label="{label}"><table class="fl-table"><thead><tr>{head}</tr>'
        f"</thead><tbody>{told}</tbody></table></div>"
    )


def _old_and_new(report: Report) -> list[str]:
    if report.before is None:
        return []
    before = report.before
    sums = [
        ("score", f"{points_shown(before.score)} of {points_shown(before.points)}", _of(report)),
        ("bonus", points_shown(before.bonus), points_shown(report.bonus)),
        ("status", status_said(before.status), status_said(report.status)),
    ]
    when = f"It was {BY.get(before.by, before.by)} on {before.made}, and came to something else."
    return [
        f"<h2>Old and new</h2><p>{html(when)}</p>",
        _table("old and new", ("what", "old", "new"), [*sums, *_changes(before, report)]),
    ]


def _of(report: Report) -> str:
    return f"{points_shown(report.score)} of {points_shown(report.points)}"


def _changes(before: Before, report: Report) -> list[tuple[str, str, str]]:
    now = {result.id: result.outcome for result in report.checks}
    return [(check, _words(was), _words(now.get(check))) for check, was in before.outcomes.items()]


def _words(outcome: Outcome | None) -> str:
    return outcome.words if outcome else "not asked"


def _by_hand(report: Report) -> list[str]:
    """What nobody could judge, and what was said of it: the student hears none of that."""
    unclear = [result for result in report.checks if result.outcome.needs_a_human]
    if not unclear:
        return []
    rows = [(result.id, result.outcome.words, result.message) for result in unclear]
    told = counted(len(unclear), "requirement", "requirements")
    return [
        f"<h2>Look at this by hand: {told}</h2>",
        _table("to be looked at", ("requirement", "outcome", "why"), rows),
    ]


def _hidden(report: Report, recorded: Recorded) -> list[str]:
    """What hidden checks came to, and the scenes that they read."""
    hidden = [result for result in report.checks if result.hidden]
    scenes = of_the_instructor(recorded)
    if not hidden and not scenes:
        return []
    return [
        f"<h2>Hidden checks: {counted(len(hidden), 'requirement', 'requirements')}</h2>",
        *items(hidden, {}, (), ROOMY),
        *(_scene(seen, hidden) for seen in scenes),
        output({seen.experiment: seen for seen in scenes}),
    ]


def _scene(seen: Recording, hidden: list[Result]) -> str:
    """A scene as a picture, beside the first check of its track that failed, else the first."""
    of_it = sorted((r for r in hidden if track_of(r) == seen.track), key=lambda r: r.outcome is not Outcome.FAILED)
    return f"<h3>{html(seen.experiment)}</h3>{sequence(seen, of_it[0]) if of_it else ''}"


def _sandbox(report: Report) -> str:
    rows = [
        ("sandbox", report.sandbox),
        *(("note", note) for note in report.sandbox_notes),
        ("Python", report.python),
        ("it lay in", report.path),
        ("seed of hidden checks", str(report.seed)),
        ("key", report.key),
    ]
    return "<h2>How it was graded</h2>" + _table("how it was graded", ("what", "how"), [row for row in rows if row[1]])


def _scenes(recorded: Recorded) -> str:
    """Every scene, and how it ended: the machine's part too."""
    rows = [
        (f"{track}/{name}", f"{seen.seconds:.2f}", _end_of(seen))
        for track, scenes in recorded.items()
        for name, seen in scenes.items()
    ]
    if not rows:
        return "<p>Nothing was recorded.</p>"
    return f"<details><summary>{counted(len(rows), 'scene', 'scenes')}</summary>{_table('scenes', ('scene', 'seconds', 'how it ended'), rows)}</details>"


def _end_of(seen: Recording) -> str:
    told = [f"the grader failed: {seen.broken}" * bool(seen.broken), f"unclear: {seen.unclear}" * bool(seen.unclear)]
    return "; ".join(filter(None, [*told, seen.cut])) or "played to its end"
