"""The student's page, as the static part that stands at the top of pytest-html's: complete without script."""

from __future__ import annotations

from collections.abc import Mapping

from grader.model import Diagnosis, Outcome, Report, Result, points_shown
from grader.recording import Output, Recording
from grader.report.clean import html, html_within, one_line
from grader.report.figures import Recorded, figures_of, link_to
from grader.report.items import ROOMY, TIGHT, Room, items
from grader.report.scenes import of_the_student
from grader.report.script import script_for_pytest_html
from grader.report.style import SHEET, WITHOUT_SCRIPT
from grader.report.words import (
    bonus_to_earn,
    by_track,
    core_of,
    earned_of,
    following,
    hidden_of,
    lateness_of,
    needing_a_human,
    not_reached_on,
    score_of,
    status_said,
    stretch_of,
    stretch_said,
    sure_of,
    track_of,
    tracks_to_mend,
    unsandboxed_said,
)
from grader.wording import retold, say, say_of

MOST_BYTES = 76_000
"""Of the body: with its style, 15,000, and pytest-html's own 60,000 at the most a page stays below 150,000."""
MOST_TEXTS = 58_000
"""Of it, without figures; where there is more, less is told of each failure."""
MOST_OUTPUT = 2000
"""Bytes, as HTML, of a server's output that are shown of its head, and of its tail."""


def page_title(report: Report) -> str:
    """What the page is called; pytest-html escapes it."""
    name = report.whose.name or report.submission
    said = say("{submission}: {score}", submission=name, score=score_of(report))
    return one_line(f"{report.assignment}: {said}" if report.assignment else said)


def summary(report: Report, recordings: Recorded, reference: Recorded | None = None) -> str:
    """All of the student's page that is ours."""
    head = (
        f"<style>{SHEET}</style><script>{script_for_pytest_html()}</script>"
        f"<noscript><style>{WITHOUT_SCRIPT}</style></noscript>"
    )
    shown = body(report, of_the_student(recordings), reference)
    return f'{head}{shown}<h2 class="fl-of-pytest">{say("As a table")}</h2>'


def body(report: Report, recordings: Recorded, reference: Recorded | None = None) -> str:
    """What student and instructor read of a result: its texts, and as many figures as a page has room for beside them."""
    size = len(_all(report, recordings, ROOMY, {}).encode())
    room = ROOMY if size <= MOST_TEXTS else TIGHT
    left = MOST_BYTES - min(size, len(_all(report, recordings, room, {}).encode()))
    return _all(report, recordings, room, figures_of(report, recordings, reference or {}, left))


def _all(report: Report, recordings: Recorded, room: Room, figures: Mapping[str, str]) -> str:
    """The score, what to mend, and every requirement."""
    parts = [_score(report), *_bands(report, room), *_first(report)]
    follows = following(report)
    for track, results in by_track(report).items():
        core = core_of(results)
        if core:
            program, earned = html(f"{track}_server.py"), earned_of(core)
            parts.append(f"<h2>{say('{program}: {earned} points', program=program, earned=earned)}</h2>")
            parts += items(core, figures, follows, room)
        parts.append(output(recordings.get(track, {})))
    stretch = stretch_of(report.checks)
    if stretch:
        program, earned = stretch_said(), earned_of(stretch)
        parts.append(f"<h2>{say('{program}: {earned} points', program=program, earned=earned)}</h2>")
        parts += items(stretch, figures, follows, room)
    return "".join(parts)


def _score(report: Report) -> str:
    shown = f"{points_shown(report.score)} <small>{_of_how_many(report)}</small>"
    sandbox = say("sandbox: {name}", name=html(report.sandbox))
    more = (say("{sentence}.", sentence=said) for said in (lateness_of(report), hidden_of(report)) if said)
    name = f"{html(report.assignment)} · " if report.assignment else ""
    return (
        f'<p class="fl-score">{shown}</p><p class="fl-soft">{name}{html(_whose(report))} · '
        f"{status_said(report.status)} · {sandbox} · {report.seconds:.1f} s</p>"
        + "".join(f"<p>{html(said)}</p>" for said in more)
    )


def _whose(report: Report) -> str:
    """`Ada Lovelace (0012), late`; the submission's name where nobody's is known."""
    who = report.whose
    name = f"{who.name} ({who.id})" if who.name and who.id else who.name or report.submission
    return say("{name}, late", name=name) if who.late else name


def _of_how_many(report: Report) -> str:
    points, bonus = points_shown(report.points), points_shown(report.bonus)
    if not stretch_of(report.checks):
        return say("of {points} points", points=points)
    if report.bonus_counts:
        return say("of {points} points, {bonus} of bonus included", points=points, bonus=bonus)
    return say("of {points} points, {bonus} of bonus", points=points, bonus=bonus)


def _bands(report: Report, room: Room) -> list[str]:
    said = []
    if report.sandbox == "none":
        bare = f"<strong>{unsandboxed_said()}</strong>"
        said.append(
            say("{unsandboxed}: the programs ran without a box, as the user who graded them.", unsandboxed=bare)
        )
    unclear = needing_a_human(report)
    if unclear:
        names = html(say(", ").join(result.id for result in unclear))
        said.append(
            say(
                "Nothing was proven either way for {names}: a human must look. No point is lost by it for good.",
                names=names,
            )
        )
    said += [html_within(retold(note), room.text) for note in report.notes]
    return [f'<p class="fl-band">{words}</p>' for words in said]


def _first(report: Report) -> list[str]:
    """On each track of whose core something failed, its cause; the requirement where no cause is known."""
    mend = tracks_to_mend(report)
    if not mend:
        return [_met(report)]
    return [
        _section(
            say("Mend this first, in {program}", program=f"{track}_server.py")
            if not place
            else say("And then, in {program}", program=f"{track}_server.py"),
            _cause(root, diagnosis) + _not_reached(report, track, root),
        )
        for place, (track, root, diagnosis) in enumerate(mend)
    ]


def _section(where: str, body: str, sort: str = "") -> str:
    return f'<section class="fl-first{sort}" aria-label="{html(where.lower())}"><p class="fl-soft">{html(where)}</p>{body}</section>'


def _cause(root: Result, diagnosis: Diagnosis | None) -> str:
    """The likeliest cause, how sure it is, what follows from it and what would tell it from another."""
    seen = html_within(root.observed or root.message, ROOMY.text)
    if diagnosis is None:
        hint = f'<p class="fl-hint">{html(root.hint)}</p>' if root.hint else ""
        where = say("{check}: {observed}", check=link_to(root.id), observed=seen)
        return f"<p><strong>{html(root.requirement)}</strong></p><p>{where}</p>{hint}"
    cause = html(say("{sure}: {cause}", sure=sure_of(diagnosis), cause=diagnosis.sentence))
    where = say("It shows at {check}: {observed}", check=link_to(root.id), observed=seen)
    other = html(say("If it is not that: {other}", other=diagnosis.instead))
    instead = f"<p>{other}</p>" if diagnosis.instead else ""
    return (
        f"<p><strong>{cause}</strong></p>"
        f'<p>{where}</p><p class="fl-hint">{html(diagnosis.hint)}</p>{_following_from(diagnosis)}'
        f"<details><summary>{say('How to make sure')}</summary>{instead}<p>{html(diagnosis.apart)}</p></details>"
    )


def _following_from(diagnosis: Diagnosis) -> str:
    if not diagnosis.follows:
        return ""
    told = say_of(
        len(diagnosis.follows),
        "{number} failure follows from it: {checks}",
        "{number} failures follow from it: {checks}",
        checks=say(", ").join(map(link_to, diagnosis.follows)),
    )
    return f"<p>{told}</p>"


def _not_reached(report: Report, track: str, root: Result) -> str:
    """How much, and why where that is not told already."""
    others, points, why = not_reached_on(report, track)
    if not others:
        return ""
    told = say_of(
        others,
        "{number} requirement was not reached, worth {points} points",
        "{number} requirements were not reached, worth {points} points",
        points=points_shown(points),
    )
    if why in (root.observed, root.message):
        return f"<p>{told}</p>"
    return f"<p>{say('{told}: {why}', told=told, why=html_within(why, ROOMY.text))}</p>"


def _met(report: Report) -> str:
    """Nothing of the core failed: what is left is a bonus, and no mistake."""
    if all(result.outcome is Outcome.PASSED for result in report.checks):
        return f"<p>{say('Every requirement is met.')}</p>"
    core = all(result.outcome is Outcome.PASSED for result in core_of(report.checks))
    bonus = bonus_to_earn(report)
    if not core or bonus is None:
        return ""
    root, diagnosis = bonus
    met = f"<p><strong>{say('Every requirement of the core is met.')}</strong></p>"
    where = say("For the bonus, in {program}", program=f"{track_of(root)}_server.py")
    return met + _section(where, _cause(root, diagnosis), " fl-met")


def output(recordings: Mapping[str, Recording]) -> str:
    """What the server wrote: of the scene in which it ended, else of the first."""
    ended = [recording for recording in recordings.values() if recording.exit]
    recording = next(iter(ended or recordings.values()), None)
    streams = (
        ((say("Standard error"), recording.stderr), (say("Standard output"), recording.stdout)) if recording else ()
    )
    shown = "".join(
        f"<h3>{say('{stream}, {size} bytes', stream=name, size=output.size)}</h3>"
        f'<pre class="fl-output" tabindex="0" role="region" aria-label="{name.lower()}">{_head_and_tail(output)}</pre>'
        for name, output in streams
        if output.size
    )
    if not shown:
        return ""
    return f'<details class="fl-item"><summary><span aria-hidden="true">▸</span><span></span>{say("What it printed")}</summary>{shown}</details>'


def _head_and_tail(output: Output) -> str:
    """All of it if there is room, else its beginning and its end."""
    whole = output.kept
    if len(whole) <= 2 * MOST_OUTPUT and len(shown := html(whole)) <= 2 * MOST_OUTPUT:
        return shown
    head, tail = html_within(whole, MOST_OUTPUT), html_within(whole, MOST_OUTPUT, its_end=True)
    return f"{head}\n{say('… this is its beginning, and this is its end: …')}\n{tail}"
