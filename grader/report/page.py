"""The student's page, as the static part that stands at the top of pytest-html's: complete without script."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from grader.model import Diagnosis, Inconclusive, NotReached, Outcome, Report, Result, points_shown
from grader.recording import Output, Recording
from grader.report.clean import clean, html, one_line
from grader.report.picture import sequence, timing_chart
from grader.report.scenes import TIMED, of_the_student, scene_of
from grader.report.script import script_for_pytest_html
from grader.report.style import SHEET
from grader.report.words import (
    SYMBOLS,
    bonus_to_earn,
    by_track,
    core_of,
    earned_of,
    following,
    hidden_of,
    lateness_of,
    needing_a_human,
    outcome_said,
    score_of,
    status_said,
    stretch_of,
    stretch_said,
    sure_of,
    track_of,
    tracks_to_mend,
    unsandboxed_said,
)
from grader.timing import Take, takes
from grader.wording import retold, say, say_of

Recorded = Mapping[str, Mapping[str, Recording]]
MOST_OUTPUT = 4000
"""Characters of a server's output that are shown of its head, and of its tail."""
CLIENTS_OF = {"in_turn": "ABC", "at_work": "ABCD"}


def page_title(report: Report) -> str:
    """What the page is called."""
    said = say("{submission}: {score}", submission=report.submission, score=score_of(report))
    return html(one_line(f"{report.assignment}: {said}" if report.assignment else said))


def summary(report: Report, recordings: Recorded, reference: Recorded | None = None) -> str:
    """All of the student's page that is ours."""
    head = f"<style>{SHEET}</style><script>{script_for_pytest_html()}</script>"
    return f"{head}{body(report, of_the_student(recordings), reference)}<h2>{say('As a table')}</h2>"


def body(report: Report, recordings: Recorded, reference: Recorded | None = None) -> str:
    """What student and instructor read of a result: the score, what to mend, and every requirement."""
    parts = [_score(report), *_bands(report), *_first(report)]
    follows = following(report)
    for track, results in by_track(report).items():
        core = core_of(results)
        if core:
            parts.append(
                f"<h2>{say('{program}: {earned} points', program=html(f'{track}_server.py'), earned=earned_of(core))}</h2>"
            )
            parts += items(core, recordings.get(track, {}), (reference or {}).get(track, {}), follows)
        parts.append(output(recordings.get(track, {})))
    stretch = stretch_of(report.checks)
    if stretch:
        parts.append(f"<h2>{say('{program}: {earned} points', program=stretch_said(), earned=earned_of(stretch))}</h2>")
        for track, results in by_track(report).items():
            parts += items(stretch_of(results), recordings.get(track, {}), (reference or {}).get(track, {}), follows)
    return "".join(parts)


def _score(report: Report) -> str:
    shown = f"{points_shown(report.score)} <small>{_of_how_many(report)}</small>"
    sandbox = say("sandbox: {name}", name=html(report.sandbox))
    name = f"{html(report.assignment)} · " if report.assignment else ""
    more = (say("{sentence}.", sentence=said) for said in (lateness_of(report), hidden_of(report)) if said)
    return (
        f'<p class="fl-score">{shown}</p><p class="fl-soft">{name}{html(report.submission)} · '
        f"{status_said(report.status)} · {sandbox} · {report.seconds:.1f} s</p>"
        + "".join(f"<p>{html(said)}</p>" for said in more)
    )


def _of_how_many(report: Report) -> str:
    points, bonus = points_shown(report.points), points_shown(report.bonus)
    if not stretch_of(report.checks):
        return say("of {points} points", points=points)
    if report.bonus_counts:
        return say("of {points} points, {bonus} of bonus included", points=points, bonus=bonus)
    return say("of {points} points, {bonus} of bonus", points=points, bonus=bonus)


def _bands(report: Report) -> list[str]:
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
    said += [html(retold(note)) for note in report.notes]
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
            _cause(root, diagnosis) + _not_reached(report, track),
        )
        for place, (track, root, diagnosis) in enumerate(mend)
    ]


def _section(where: str, body: str, sort: str = "") -> str:
    return f'<section class="fl-first{sort}" aria-label="{html(where.lower())}"><p class="fl-soft">{html(where)}</p>{body}</section>'


def _cause(root: Result, diagnosis: Diagnosis | None) -> str:
    """The likeliest cause, how sure it is, what follows from it and what would tell it from another."""
    if diagnosis is None:
        return f"<p><strong>{html(root.requirement)}</strong></p><p>{html(root.observed or root.message)}</p>"
    follows = "".join(f"<li>{html(check)}</li>" for check in diagnosis.follows)
    told = say_of(len(diagnosis.follows), "{number} failure follows from it", "{number} failures follow from it")
    other = say("If it is not that: {other}", other=diagnosis.instead)
    instead = f"<p>{html(other)}</p>" if diagnosis.instead else ""
    return (
        f"<p><strong>{html(say('{sure}: {cause}', sure=sure_of(diagnosis), cause=diagnosis.sentence))}</strong></p>"
        f"<p>{html(say('It shows at {check}: {observed}', check=root.id, observed=root.observed or root.message))}</p>"
        f'<p class="fl-hint">{html(diagnosis.hint)}</p>'
        + (f"<details><summary>{told}</summary><ul>{follows}</ul></details>" if follows else "")
        + f"<details><summary>{say('How to make sure')}</summary>{instead}<p>{html(diagnosis.apart)}</p></details>"
    )


def _not_reached(report: Report, track: str) -> str:
    others = sum(result.outcome is Outcome.NOT_REACHED and track_of(result) == track for result in report.checks)
    told = say_of(others, "{number} requirement was not reached.", "{number} requirements were not reached.")
    return f"<p>{told}</p>" if others else ""


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


def items(
    results: Sequence[Result],
    recordings: Mapping[str, Recording],
    reference: Mapping[str, Recording],
    follows: Collection[str],
) -> list[str]:
    """Those that failed can be opened, and are, but for those that follow from another one."""
    return [
        _opened(result, recordings, reference, follows=result.id in follows)
        if result.outcome is Outcome.FAILED
        else _row(result)
        for result in results
    ]


def _head(result: Result) -> str:
    passed = result.outcome is Outcome.PASSED
    word = f'<span class="{"fl-hidden" if passed else "fl-word"}">{say("{outcome}: ", outcome=outcome_said(result.outcome))}</span>'
    points = f"{points_shown(result.earned)}/{points_shown(result.points)}"
    return (
        f'<span class="fl-sign" aria-hidden="true">{SYMBOLS[result.outcome]}</span><span class="fl-points">{points}</span>'
        f'<span>{word}{html(result.requirement)}<span class="fl-id">{html(result.id)}</span>'
    )


def _row(result: Result) -> str:
    why = f'<span class="fl-soft">{html(result.message)}</span>' if result.message else ""
    return f'<div class="fl-row fl-{result.outcome.value}">{_head(result)}{why}</span></div>'


def _opened(
    result: Result, recordings: Mapping[str, Recording], reference: Mapping[str, Recording], *, follows: bool
) -> str:
    seen = "".join(f"<li>{html(line)}</li>" for line in result.evidence[:24])
    more = len(result.evidence) - 24
    if more > 0:
        seen += f"<li>{say('… {number} more', number=more)}</li>"
    body = (
        f'<div class="fl-pair"><div><h3>{say("expected")}</h3>{html(result.expected)}</div>'
        f'<div class="fl-observed"><h3>{say("observed")}</h3>{html(result.observed)}</div></div>'
    )
    if seen:
        body += f'<h3>{say("What was seen")}</h3><ul class="fl-seen">{seen}</ul>'
    if result.hint:
        body += f'<p class="fl-hint">{html(result.hint)}</p>'
    body += _pictures(result, recordings, reference)
    why = '<span class="fl-soft">' + say("follows from the above") + "</span>" if follows else ""
    return (
        f'<details{"" if follows else " open"} class="fl-item fl-{result.outcome.value}"><summary>{_head(result)}{why}</span></summary>'
        f'<div class="fl-body">{body}</div></details>'
    )


def _pictures(result: Result, recordings: Mapping[str, Recording], reference: Mapping[str, Recording]) -> str:
    scene = scene_of(result)
    recording = recordings.get(scene)
    if recording is None:
        return ""
    chart = ""
    if scene in TIMED:
        yours = _last_take(recording)
        if yours:
            chart = timing_chart(yours, _last_take(reference.get(scene)), f"fl-bars-{result.id.replace('/', '-')}")
    return chart + sequence(recording, result)


def _last_take(recording: Recording | None) -> Take | None:
    if recording is None:
        return None
    try:
        return takes(recording, CLIENTS_OF[recording.experiment])[-1]
    except (NotReached, Inconclusive):
        return None


def output(recordings: Mapping[str, Recording]) -> str:
    """What the server wrote: of the scene in which it ended, else of the first."""
    ended = [recording for recording in recordings.values() if recording.exit]
    recording = next(iter(ended or recordings.values()), None)
    shown = ""
    for title, output in _streams(recording) if recording else ():
        if output.size:
            text = clean(_cut(output.head, output.tail))
            shown += (
                f"<h3>{say('{stream}, {size} bytes', stream=title, size=output.size)}</h3>"
                f'<pre class="fl-output" tabindex="0" role="region" aria-label="{title.lower()}">{html(text)}</pre>'
            )
    if not shown:
        return ""
    return f'<details class="fl-item"><summary><span aria-hidden="true">▸</span><span></span>{say("What it printed")}</summary>{shown}</details>'


def _streams(recording: Recording) -> tuple[tuple[str, Output], ...]:
    return (say("Standard error"), recording.stderr), (say("Standard output"), recording.stdout)


def _cut(head: str, tail: str) -> str:
    whole = head + tail
    if len(whole) <= 2 * MOST_OUTPUT:
        return whole
    more = say("… {number} more …", number=len(whole) - 2 * MOST_OUTPUT)
    return f"{whole[:MOST_OUTPUT]}\n{more}\n{whole[-MOST_OUTPUT:]}"
