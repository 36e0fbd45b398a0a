"""Figures of numbers: how long each client's service took, and how many descriptors, processes and zombies there were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from grader.model import Inconclusive, NotReached
from grader.recording import NEVER, Recording, Snapshot
from grader.report.clean import fitting, html, one_line
from grader.report.scenes import CLIENTS_OF, Counted
from grader.timing import Take, takes
from grader.wording import retold, say

_LABEL, _BARS, _BAR, _GAP, _NUMBER = 15, 230, 13, 7, 60
"""Narrow enough for a phone."""
MOST_OF_A_LABEL = 42
MOST_LOOKS = 8
"""The last of a scene: what is counted shows at its end."""


class Bar(NamedTuple):
    """A number, as a bar.

    Args:
        told: it, with its unit.
    """

    length: float
    told: str


class Pair(NamedTuple):
    """A number of the student's beside the reference's, which may not be known."""

    label: str
    yours: Bar
    theirs: Bar | None


def timing_chart(recording: Recording, reference: Recording | None, name: str) -> str:
    """From each client's connect to the end of its connection; "" where not all came to an end."""
    yours, theirs = _last_take(recording), _last_take(reference)
    if yours is None:
        return ""
    services = theirs.services if theirs and len(theirs.services) == len(yours.services) else None
    pairs = [
        Pair(one_line(client[:1]), _seconds(took), _seconds(services[place]) if services else None)
        for place, (client, took) in enumerate(zip(yours.clients, yours.services, strict=True))
    ]
    caption = say("From each client's connect to the end of its connection; DELAY was {delay:g} s", delay=yours.delay)
    if theirs and theirs.delay != yours.delay:
        caption += say(", the reference's {delay:g} s", delay=theirs.delay)
    return _figure(caption, pairs, name, say("client"))


def _last_take(recording: Recording | None) -> Take | None:
    if recording is None or recording.experiment not in CLIENTS_OF:
        return None
    try:
        return takes(recording, CLIENTS_OF[recording.experiment])[-1]
    except (NotReached, Inconclusive):
        return None


def _seconds(took: float) -> Bar:
    return Bar(0.0, say("no end")) if took == NEVER else Bar(took, f"{took:.3f} s")


def counts_chart(what: Counted, recording: Recording, reference: Recording | None, name: str) -> str:
    """How many there were at each look at the server; "" where nobody looked."""
    seen = recording.snapshots[-MOST_LOOKS:]
    theirs = {look.label: look for look in reference.snapshots} if reference else {}
    pairs = [
        Pair(
            one_line(retold(look.label)),
            _number(what, look),
            _number(what, theirs[look.label]) if look.label in theirs else None,
        )
        for look in seen
    ]
    return _figure(what_is_counted(what), pairs, name, say("look")) if pairs else ""


def what_is_counted(what: Counted) -> str:
    """In words."""
    return {
        Counted.DESCRIPTORS: say("Open descriptors of the server itself"),
        Counted.PROCESSES: say("Processes that live, the server among them"),
        Counted.ZOMBIES: say("Zombies"),
    }[what]


def _number(what: Counted, look: Snapshot) -> Bar:
    number = _count(what, look)
    return Bar(float(number), str(number))


def _count(what: Counted, look: Snapshot) -> int:
    if what is Counted.DESCRIPTORS:
        return len(look.parent.descriptors) if look.parent else 0
    if what is Counted.ZOMBIES:
        return len(look.zombies)
    return sum(not process.is_zombie for process in look.processes)


def _figure(caption: str, pairs: Sequence[Pair], name: str, of: str) -> str:
    """Bars in pairs, and the same as a table."""
    both = any(pair.theirs for pair in pairs)
    longest = max([bar.length for pair in pairs for bar in (pair.yours, pair.theirs) if bar] + [0.0]) or 1.0
    step = _GAP + _LABEL + _BAR * (2 if both else 1)
    width, height = _BARS + _NUMBER, step * len(pairs) + 4
    drawn = "".join(_pair(pair, 2 + step * place, longest) for place, pair in enumerate(pairs))
    mine, other = say("yours"), say("the reference's")
    key = f'<span class="fl-key you"></span> {mine} <span class="fl-key ref"></span> {other}' if both else ""
    head = f'<th scope="col">{of}</th><th scope="col">{mine}</th>' + (f'<th scope="col">{other}</th>' if both else "")
    return (
        f'<figure class="fl-figure" tabindex="0"><figcaption>{html(caption)} {key}</figcaption>'
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{html(caption)}</title>'
        f'<desc id="{name}-d">{say("Bars; the table below tells the same.")}</desc>{drawn}</svg>'
        f"<details><summary>{say('The same as a table')}</summary>"
        f'<table class="fl-table"><thead><tr>{head}</tr></thead><tbody>{"".join(_row(pair, both) for pair in pairs)}'
        "</tbody></table></details></figure>"
    )


def _row(pair: Pair, both: bool) -> str:
    theirs = f"<td>{pair.theirs.told if pair.theirs else '–'}" if both else ""
    return f"<tr><td>{html(pair.label)}<td>{pair.yours.told}{theirs}"


def _pair(pair: Pair, y: int, longest: float) -> str:
    label = f"<text x=0 y={y + 11}>{html(fitting(pair.label, MOST_OF_A_LABEL))}</text>"
    theirs = _bar(pair.theirs, y + _LABEL + _BAR, longest, "ref") if pair.theirs else ""
    return f"{label}{_bar(pair.yours, y + _LABEL, longest, 'you')}{theirs}"


def _bar(bar: Bar, y: int, longest: float, kind: str) -> str:
    width = max(1, round(_BARS * bar.length / longest))
    return (
        f"<rect class={kind} x=0 y={y} width={width} height={_BAR - 2}></rect>"
        f"<text x={width + 5} y={y + 10} class=b>{bar.told}</text>"
    )
