"""What stands below a failure: the lines of the program, the bars and the scene; each once, as far as the page has room.

The first to get room are the failures to be mended first. What is shown there already is only pointed to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from grader.model import Excerpt, Outcome, Part, Report, Result
from grader.recording import Recording
from grader.report.charts import counts_chart, timing_chart, what_is_counted
from grader.report.clean import clean, cut, html
from grader.report.picture import sequence
from grader.report.scenes import COUNTED_FOR, PARTS_FOR, scene_of
from grader.report.words import core_of, name_of, stretch_of, track_of, tracks_to_mend
from grader.wording import say

Recorded = Mapping[str, Mapping[str, Recording]]
MOST_COLUMNS = 120


class _Figure(NamedTuple):
    """One piece of what stands below a failure.

    Args:
        key: what it shows; the same key is not shown twice.
        what: what it is called where it is only pointed to.
    """

    key: str
    what: str
    drawn: str


def figures_of(report: Report, recordings: Recorded, reference: Recorded, left: int) -> dict[str, str]:
    """By the failed check's id, the HTML of its figures.

    Args:
        left: bytes that the page has room for.
    """
    shown: dict[str, str] = {}
    found: dict[str, str] = {}
    results = _by_importance(report)
    left -= sum(len(_no_room_for(result)) for result in results)
    for result in results:
        parts: list[str] = []
        for figure in _figures(result, report, recordings, reference):
            is_new = figure.key not in shown
            part = figure.drawn if is_new else _pointer(figure, shown[figure.key])
            if len(part.encode()) > left:
                parts.append(_no_room_for(result))
                break
            left -= len(part.encode())
            shown.setdefault(figure.key, result.id)
            parts.append(part)
        found[result.id] = "".join(parts)
    return found


def _no_room_for(result: Result) -> str:
    command = f"<code>pytest -v -k {html(result.id)}</code>"
    told = say("Not all is drawn, for want of room: {command} tells the scene.", command=command)
    return f'<p class="fl-soft">{told}</p>'


def anchor_of(check: str) -> str:
    """The name of a check's place on the page."""
    return f"at-{check.replace('/', '-')}"


def link_to(check: str) -> str:
    """A link to a check's place on the page."""
    return f'<a href="#{anchor_of(html(check))}">{html(check)}</a>'


def _by_importance(report: Report) -> list[Result]:
    """What is to be mended first, then the core, then the bonus."""
    roots = [root for _, root, _ in tracks_to_mend(report)]
    failed = [result for result in report.checks if result.outcome is Outcome.FAILED]
    ordered = [*roots, *core_of(failed), *stretch_of(failed)]
    return list({result.id: result for result in ordered}.values())


def _pointer(figure: _Figure, check: str) -> str:
    return f'<p class="fl-soft">{say("{figure}: see {check}.", figure=figure.what, check=link_to(check))}</p>'


def _figures(result: Result, report: Report, recordings: Recorded, reference: Recorded) -> Iterator[_Figure]:
    track, scene = track_of(result), scene_of(result)
    for excerpt in excerpts_for(result, report.excerpts.get(track, ())):
        yield _Figure(f"{track} {excerpt.part}", _called(excerpt), _excerpt(excerpt, f"{track}_server.py"))
    recording = recordings.get(track, {}).get(scene)
    if recording is None:
        return
    theirs = reference.get(track, {}).get(scene)
    name = f"fl-{result.id.replace('/', '-')}"
    timing = timing_chart(recording, theirs, f"{name}-bars")
    if timing:
        yield _Figure(f"{track} {scene} timing", say("The chart of the times"), timing)
    for what in COUNTED_FOR.get(name_of(result), ()):
        chart = counts_chart(what, recording, theirs, f"{name}-{what.name.lower()}")
        if chart:
            yield _Figure(f"{track} {scene} {what.name}", say("The chart “{what}”", what=what_is_counted(what)), chart)
    drawn = sequence(recording, result)
    if drawn:
        yield _Figure(f"{track} {scene}", say("The picture of this scene"), drawn)


def excerpts_for(result: Result, excerpts: tuple[Excerpt, ...]) -> list[Excerpt]:
    """The lines that a failure is about; where a handler is asked for and there is none, where the children begin."""
    wanted = PARTS_FOR.get(name_of(result), ())
    found = [one for one in excerpts if one.part in wanted]
    if not found and Part.HANDLER in wanted:
        found = [one for one in excerpts if one.part is Part.FORK]
    return [one for one in found if not any(_holds(other, one) for other in found)]


def _holds(other: Excerpt, one: Excerpt) -> bool:
    """All of an excerpt's lines are shown in another one."""
    return (
        other is not one
        and other.first <= one.first
        and one.first + len(one.lines) + one.left_out <= other.first + len(other.lines)
    )


def _called(excerpt: Excerpt) -> str:
    last = excerpt.first + len(excerpt.lines) + excerpt.left_out - 1
    part = {
        Part.ACCEPT_LOOP: say("Your accept loop"),
        Part.HANDLER: say("Your SIGCHLD handler"),
        Part.FORK: say("Your fork"),
    }[excerpt.part]
    if last == excerpt.first:
        return say("{part}, line {line}", part=part, line=last)
    return say("{part}, lines {first} to {last}", part=part, first=excerpt.first, last=last)


def _excerpt(excerpt: Excerpt, program: str) -> str:
    """Lines with their numbers, which are not copied with them."""
    numbered = "\n".join(
        f"<span data-n={number}></span>{html(cut(clean(line), MOST_COLUMNS))}"
        for number, line in enumerate(excerpt.lines, start=excerpt.first)
    )
    more = "\n" + say("… {number} more …", number=excerpt.left_out) if excerpt.left_out else ""
    label = say("{excerpt}, of {program}", excerpt=_called(excerpt), program=program)
    return (
        f'<figure class="fl-figure fl-code"><figcaption>{html(label)}</figcaption>'
        f'<pre tabindex="0" role="region" aria-label="{html(label)}">{numbered}{more}</pre></figure>'
    )
