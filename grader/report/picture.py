"""A recording as a picture: who said what, when, to whom; time runs downward, a row for each event."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.model import Result
from grader.recording import NEVER, Event, Recording, What, told, words_of
from grader.report.clean import columns, cut_to_columns, html, one_line
from grader.timing import Take
from grader.wording import filed, retold, say

MOST_ROWS = 36
MOST_CLIENTS = 6
_ROW, _TOP, _LEFT, _WIDTH = 22, 46, 70, 720
_NOT_LATIN = re.compile("[^\x00-\x7f]+")
"""Other scripts put no space around a client's name."""
_FROM_CLIENT = frozenset({What.CONNECTING, What.SENT, What.LEFT})


def clients_shown(recording: Recording, result: Result) -> tuple[str, ...]:
    """The clients that the result speaks of, else the first ones."""
    said = " ".join((result.expected, result.observed, *result.evidence))
    words = set(_NOT_LATIN.sub(" ", said.replace("'s", " ").replace(",", " ").replace(":", " ")).split())
    named = [client for client in recording.clients if client in words]
    return tuple((named or list(recording.clients))[:MOST_CLIENTS])


def sequence(recording: Recording, result: Result) -> str:
    """The scene as a figure: inline SVG, and the same as a table."""
    clients = clients_shown(recording, result)
    rows = _rows(recording, clients)
    shown = rows[:MOST_ROWS]
    if not shown:
        return ""
    more = len(rows) - len(shown)
    left_out = len(recording.clients) - len(clients)
    caption = say("What the grader saw, time downward")
    if left_out:
        caption += say("; {number} more clients are not drawn", number=left_out)
    height = _TOP + _ROW * (len(shown) + 1) + (_ROW if more else 0)
    name = f"fl-{recording.track}-{recording.experiment}-{result.id.replace('/', '-')}"
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="{name}-t {name}-d">',
        f'<title id="{name}-t">{html(caption)}</title>',
        f'<desc id="{name}-d">{_described(len(shown))}</desc>',
        *_lanes(clients, height),
        *(_drawn(event, place, clients) for place, event in enumerate(shown)),
    ]
    if more:
        parts.append(
            f'<text class="s" x="{_LEFT}" y="{height - 6}">{say("… {number} more events", number=more)}</text>'
        )
    table = "".join(f"<tr><td>{html(one_line(told(event)))}</td></tr>" for event in shown)
    return (
        f'<figure class="fl-figure" tabindex="0"><figcaption>{html(caption)}</figcaption>{"".join(parts)}</svg>'
        f"<details><summary>{say('The same as a table')}</summary>"
        f'<table class="fl-table"><thead><tr><th scope="col">{say("Event")}</th></tr></thead>'
        f"<tbody>{table}</tbody></table></details></figure>"
    )


def _described(events: int) -> str:
    return say("A sequence of {number} events; the table below tells the same.", number=events)


def _rows(recording: Recording, clients: Sequence[str]) -> list[Event]:
    """What is drawn, in time's order: these clients, the server, and the looks at it."""
    wanted = {*clients, "server"}
    events = [e for e in recording.events if e.who in wanted and e.what is not What.CONNECTED]
    looks = [Event(s.at, filed("look"), What.MARK, note=s.label) for s in recording.snapshots]
    return sorted([*events, *looks], key=lambda event: event.at)


def _lane(index: int, count: int) -> float:
    """Where a lane stands: the server's first, then the clients'."""
    return _LEFT + 60 + index * (_WIDTH - _LEFT - 110) / max(count, 1)


def _lanes(clients: Sequence[str], height: int) -> list[str]:
    drawn = []
    for index, name in enumerate((say("the server"), *map(retold, clients))):
        x = _lane(index, len(clients))
        short = html(name if columns(name) < 16 else f"{cut_to_columns(name, 14)}…")
        drawn.append(f'<text x="{x:.0f}" y="18" text-anchor="middle">{short}</text>')
        drawn.append(f'<path class="l" d="M{x:.0f} 26V{height - _ROW}"/>')
    return drawn


def _drawn(event: Event, place: int, clients: Sequence[str]) -> str:
    y = _TOP + place * _ROW
    time = f'<text class="s m" x="0" y="{y + 4}">{event.at:.4f}</text>'
    if event.who == "look":
        words = html(one_line(retold(event.note)))
        line = f'<path class="d" d="M{_LEFT} {y}H{_WIDTH - 8}"/>'
        return f'{time}{line}<text class="s" x="{_WIDTH - 10}" y="{y - 4}" text-anchor="end">{words}</text>'
    server = _lane(0, len(clients))
    if event.who == "server":
        word = "" if event.what is What.EXITED else f"{words_of(event.what)} "  # its note says it: ended with status 1
        said = html(cut_to_columns(one_line(f"{word}{retold(event.note)}"), 80))
        return f'{time}<circle class="h" cx="{server:.0f}" cy="{y}" r="4"/><text x="{server + 10:.0f}" y="{y + 4}">{said}</text>'
    x = _lane(1 + list(clients).index(event.who), len(clients))
    start, end = (x, server) if event.what in _FROM_CLIENT else (server, x)
    tip = 7 if start > end else -7
    kind = "r" if event.what in (What.RESET, What.REFUSED) else "a"
    word = _word_of(event.what) + (f" {len(event.data)} B" if event.data else "")
    return (
        f'{time}<path class="{kind}" d="M{start:.0f} {y}H{end:.0f}m{tip} -4l{-tip} 4l{tip} 4"/>'
        f'<text class="s" x="{(start + end) / 2:.0f}" y="{y - 3}" text-anchor="middle">{html(word)}</text>'
    )


def _word_of(what: What) -> str:
    """What stands on a client's arrow."""
    words = {
        What.CONNECTING: say("connect"),
        What.CONNECTED: "",
        What.SENT: say("request"),
        What.RECEIVED: say("reply"),
        What.ENDED: say("end"),
        What.RESET: say("reset"),
        What.REFUSED: say("refused"),
        What.LEFT: say("leaves"),
    }
    return words.get(what, what.value)


def timing_chart(yours: Take, theirs: Take | None, name: str) -> str:
    """From each client's connect to the end of its connection, as bars; the reference's below them."""
    rows = [(say("yours"), "you", yours)] + ([(say("reference"), "ref", theirs)] if theirs else [])
    bars: list[tuple[str, str, float]] = []
    for who, kind, take in rows:
        for client, took in zip(take.clients, take.services, strict=True):
            bars.append((say("{client}, {whose}", client=client[0], whose=who), kind, took))
    longest = max([took for _, _, took in bars if took != NEVER] or [1.0]) or 1.0
    height = 26 * len(bars) + 8
    drawn = []
    for place, (label, kind, took) in enumerate(bars):
        y = 6 + 26 * place
        width = 480 * min(took, longest) / longest
        drawn.append(
            f'<text x="110" y="{y + 14}" text-anchor="end">{html(label)}</text>'
            f'<rect class="{kind}" x="120" y="{y}" width="{max(width, 1):.0f}" height="18" rx="2"/>'
            f'<text x="{126 + width:.0f}" y="{y + 14}">{say("no end") if took == NEVER else f"{took:.3f} s"}</text>'
        )
    caption = say("From connect to end of connection, with DELAY {delay:g} s", delay=yours.delay)
    return (
        f'<figure class="fl-figure" tabindex="0"><figcaption>{caption}</figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{caption}</title><desc id="{name}-d">'
        f"{say('; ').join(say('{label}: {took:.3f} seconds', label=html(label), took=took) for label, _, took in bars)}</desc>{''.join(drawn)}</svg></figure>"
    )
