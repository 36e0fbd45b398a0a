"""A recording as rows, in time's order: what a client saw when, and what a look found had been done by then. Pure.

    events (stamped)  ──┐
                        ├──> rows ──> the picture, its table, the terminal
    looks (what is new) ┘

A look says that something has been done, not when: its rows say `by`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from grader.model import Result
from grader.recording import NEVER, Event, Recording, What, told, words_of
from grader.report.clean import one_line
from grader.report.looks import sleeping_processes, told_by_looks
from grader.report.rows import SERVER, Kind, Row, Wait
from grader.wording import retold, say

MOST_CLIENTS = 5
MOST_PROCESSES = 4
FIRST_ROWS, LAST_ROWS = 10, 20
"""What is shown of a long scene: how it began, and how it ended."""
WORTH_A_GAP = 4
_PID = re.compile(r"\bpid (\d{1,9})\b", re.ASCII)
_NOT_LATIN = re.compile("[^\x00-\x7f]+")
"""Other scripts put no space around a client's name."""


class Story(NamedTuple):
    """A scene, as far as it is shown.

    Args:
        processes: pids of the server's children that are shown.
        others: how many clients and processes are not.
    """

    clients: tuple[str, ...]
    processes: tuple[int, ...]
    rows: tuple[Row, ...]
    waits: tuple[Wait, ...]
    others: tuple[int, int]


def story_of(recording: Recording, result: Result) -> Story:
    """What is shown of a scene beside a result: those of whom it speaks, else the first."""
    said = (result.expected, result.observed, *result.evidence)
    clients = _clients_named(recording, " ".join(said))
    everybody = _children(recording)
    processes = _processes_named(recording, clients, everybody, said)
    rows = sorted(
        [*_told_by_events(recording, clients, processes), *told_by_looks(recording, clients, processes)],
        key=lambda row: row.at,
    )
    return Story(
        clients,
        processes,
        _without_the_middle(tuple(rows)),
        (*_waiting_clients(recording, clients), *sleeping_processes(recording, processes)),
        (len(recording.clients) - len(clients), len(everybody) - len(processes)),
    )


def _clients_named(recording: Recording, said: str) -> tuple[str, ...]:
    words = set(_NOT_LATIN.sub(" ", said.replace("'s", " ").replace(",", " ").replace(":", " ")).split())
    named = [client for client in recording.clients if client in words]
    return tuple((named or list(recording.clients))[:MOST_CLIENTS])


def _children(recording: Recording) -> tuple[int, ...]:
    """Every process of the scene but the program, in the order in which they were seen."""
    return tuple(dict.fromkeys(process.pid for seen in recording.snapshots for process in seen.others))


def _processes_named(
    recording: Recording, clients: tuple[str, ...], everybody: tuple[int, ...], said: tuple[str, ...]
) -> tuple[int, ...]:
    """Those that hold a shown client's connection, then those of whom the result speaks."""
    holders = {process.pid for seen in recording.snapshots for client in clients for process in seen.holders(client)}
    named = {int(pid) for line in said for pid in _PID.findall(line)}
    wanted = [pid for pid in everybody if pid in holders] + [pid for pid in everybody if pid in named - holders]
    return tuple(sorted(wanted[:MOST_PROCESSES]))


def _without_the_middle(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    left_out = len(rows) - FIRST_ROWS - LAST_ROWS
    if left_out <= WORTH_A_GAP:
        return rows
    gap = Row(rows[FIRST_ROWS].at, Kind.GAP, say("… {number} rows are left out …", number=left_out))
    return (*rows[:FIRST_ROWS], gap, *rows[-LAST_ROWS:])


# ------------------------------------------------------------------ what was seen from outside

_KINDS = {
    What.CONNECTING: Kind.TO_SERVER,
    What.SENT: Kind.TO_SERVER,
    What.LEFT: Kind.TO_SERVER,
    What.RECEIVED: Kind.TO_CLIENT,
    What.ENDED: Kind.TO_CLIENT,
    What.RESET: Kind.CUT,
    What.REFUSED: Kind.CUT,
}


def _word_of(what: What) -> str:
    """What stands beside a client's arrow."""
    return {
        What.CONNECTING: say("connect"),
        What.SENT: say("request"),
        What.LEFT: say("leaves"),
        What.RECEIVED: say("reply"),
        What.ENDED: say("end"),
        What.RESET: say("reset"),
        What.REFUSED: say("refused"),
    }[what]


def _told_by_events(recording: Recording, clients: tuple[str, ...], processes: tuple[int, ...]) -> Iterator[Row]:
    serving = {client: _who_serves(recording, client, processes) for client in clients}
    for event in recording.events:
        if event.who == "server":
            yield _deed(event, processes)
        elif event.who in serving and event.what in _KINDS:
            kind, word = _KINDS[event.what], _word_of(event.what)
            size = f" {len(event.data)} B" if event.data else ""
            yield Row(event.at, kind, _said(event), word + size, event.who, serving[event.who])


def _who_serves(recording: Recording, client: str, processes: tuple[int, ...]) -> int:
    """The one child that holds a client's connection at some look; the server where it is none, or more than one."""
    holders = {
        process.pid for seen in recording.snapshots for process in seen.holders(client) if process.pid != seen.program
    }
    return next(iter(holders)) if len(holders) == 1 and holders <= set(processes) else SERVER


def _deed(event: Event, processes: tuple[int, ...]) -> Row:
    """What became of the server; a signal to a process that is shown is drawn there."""
    bare = event.what in (What.EXITED, What.SIGNALLED)
    note = retold(event.note.removesuffix(" to the server"))
    word = note if bare else f"{words_of(event.what)} {note}".strip()
    to = _PID.findall(event.note) if event.what is What.SIGNALLED else []
    pid = int(to[0]) if to and int(to[0]) in processes else SERVER
    return Row(event.at, Kind.DEED, _said(event), one_line(word), pid=pid)


def _said(event: Event) -> str:
    return one_line(told(event).partition("  ")[2])


# ------------------------------------------------------------------ who waited how long


def _waiting_clients(recording: Recording, clients: tuple[str, ...]) -> Iterator[Wait]:
    """From its request to the first byte of the reply, or to the end."""
    for client in clients:
        asked = recording.first(client, What.SENT)
        until = min(recording.first(client, What.RECEIVED), recording.end_of(client), recording.last(client, What.LEFT))
        if asked != NEVER and until > asked:
            yield Wait(asked, until, "", client)
