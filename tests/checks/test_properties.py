"""What holds for every check and any recording: only its own exceptions, no order, no pids, no speed of the machine.

One recording stands for every scene: it has all labels, a few looks that share processes and sockets, and events of all
clients. Times are whole multiples of 1/1024 s and factors whole numbers, so that stretching rounds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.judging import arguments_of, judge
from grader.model import BLOCKING, TRACKS, Check, Inconclusive, Mismatch, NotReached, Outcome, Track
from grader.recording import (
    Calm,
    ConnectionSeen,
    Event,
    Exit,
    ListenerSeen,
    Output,
    ProcessSeen,
    Recording,
    Snapshot,
    ThreadSeen,
    What,
)
from grader.rubric import rubric
from grader.timing import label_of, name_of, overlap_is_seen, takes
from tests.recordings import GREETING, LISTENER, PAGE, SERVER, changed, check_called
from tests.right_scenes import REFERENCES, right

Scenes = Mapping[str, Recording]
Chosen = TypeVar("Chosen")
OUTCOMES = (Mismatch, NotReached, Inconclusive)
TIMED = ("blocking/takes_turns_in_time", "forking/overlaps_in_time")
RUN = settings(max_examples=50, deadline=None, derandomize=True, database=None)

IDS = [check.id for check in rubric()]
LABELS = sorted({there.label for track in TRACKS for seen in right(track).values() for there in seen.snapshots})
LABELS += [label_of(1), label_of(2)]
INODES = (LISTENER, 11, 12, 13)
PIDS = (SERVER, 8, 9, 10)
CALLS = ("", "accept4", "recvfrom", "poll", "epoll_wait", "clock_nanosleep", "futex")
KINDS = (What.CONNECTING, What.SENT, What.RECEIVED, What.ENDED, What.RESET, What.REFUSED)
MOST_CHOICES = 900
LINES = ("", "Port 8888\nserved 8\n", "Port 8888\nPort 8888\nserved 9\n")
OF_THE_STRETCH = ("last", "E", "Q1", "Q5", *(f"{name} ({ending})" for name in "AB" for ending in ("SIGKILL", "SIGINT")))


class Choices:
    """Draws from bytes: one draw of hypothesis for a whole recording, so that hundreds take a second."""

    def __init__(self, drawn: bytes) -> None:
        self._left = iter(drawn)

    def of(self, *options: Chosen) -> Chosen:
        """One of these; the first one when nothing is left."""
        return options[self.number(len(options))]

    def several(self, *options: Chosen) -> list[Chosen]:
        """Some of these, in their order."""
        return [option for option in options if self.of(True, False)]

    def number(self, below: int) -> int:
        """A whole number from 0, below 256 at most."""
        return next(self._left, 0) % below

    def seconds(self) -> float:
        """Some time, in whole 1/1024."""
        return self.number(256) / 64 + self.number(4) / 1024


ANY = st.binary(min_size=MOST_CHOICES, max_size=MOST_CHOICES).map(Choices)


def names_on(track: Track) -> tuple[str, ...]:
    """Clients that the checks of a track ask for."""
    timed, others = ("ABC", ("D",)) if track is BLOCKING else ("ABCD", ("F",))
    of_takes = (name_of(name, take) for take in range(3) for name in timed)
    return (*(request.name for request in track.requests), *of_takes, *others, *OF_THE_STRETCH)


def a_thread(some: Choices, tid: int) -> ThreadSeen:
    """A thread in any call, on any socket."""
    return ThreadSeen(
        tid=tid,
        state=some.of(*"SSSSRTZ"),
        call=some.of(*CALLS),
        inode=some.of(0, *INODES),
        asleep_since=some.seconds(),
        timed=some.of(True, False),
    )


def a_process(some: Choices, pid: int) -> ProcessSeen:
    """A process of one or two threads; the program mostly holds its listener alone."""
    sockets = [LISTENER] if pid == SERVER and some.of(True, True, False) else some.several(*INODES)
    return ProcessSeen(
        pid=pid,
        parent=some.of(1, *PIDS),
        threads=tuple(a_thread(some, pid + 100 * place) for place in range(1 + some.number(2))),
        descriptors={3 + place: f"socket:[{inode}]" for place, inode in enumerate(sockets)},
    )


def a_look(some: Choices, track: Track) -> Snapshot:
    """One look at up to four processes, and at clients' connections, one of them held by nobody."""
    there = some.several("A", "B", "C", "D")
    return Snapshot(
        label="",
        at=some.seconds(),
        calm=some.of(Calm.SETTLED, Calm.SETTLED, *Calm),
        program=SERVER,
        processes=tuple(a_process(some, pid) for pid in PIDS[: 4 - some.number(4)]),
        connections=tuple(
            ConnectionSeen(name, inode, "")
            for name, inode in zip(there, some.of((11, 12, 13, 0), (11, 12, 13, 11)), strict=False)
        ),
        listeners=tuple(
            ListenerSeen(port, "", LISTENER, 0, 5) for port in some.of((track.port,), (track.port,), (80,), ())
        ),
    )


def a_service(some: Choices, track: Track, name: str) -> list[Event]:
    """What one client saw: mostly a right service, at some time."""
    request = next((request.data for request in track.requests if request.name == name), track.request)
    reply = GREETING if track is BLOCKING else PAGE
    if some.of(True, True, True, True, True, False):
        came = some.seconds()
        end = came + some.seconds()
        return [
            Event(came, name, What.CONNECTING),
            Event(came, name, What.SENT, request),
            Event(end, name, What.RECEIVED, reply),
            Event(end, name, What.ENDED),
        ]
    return [Event(some.seconds(), name, some.of(*KINDS), some.of(b"", reply, b"!")) for _ in range(some.number(4))]


def a_recording(some: Choices, track: Track) -> Recording:
    """A recording that stands for every scene of a track, as far as it came."""
    events = [event for name in names_on(track) for event in a_service(some, track, name)]
    events += [Event(0.0, "server", What.INTERRUPTED)] * some.of(3, 2, 0)
    events += [Event(0.0, "server", What.PRINTED, some.of(*LINES).encode()) for _ in range(some.of(2, 2, 1, 0))]
    looks = [a_look(some, track) for _ in range(1 + some.number(3))]
    return Recording(
        experiment="any",
        track=track.name,
        port=track.port,
        delays=some.of((), (0.125,), (0.125, 0.5), (0.125, 0.5, 1.0)),
        events=tuple(sorted(events, key=lambda event: event.at)),
        snapshots=tuple(
            msgspec.structs.replace(some.of(*looks), label=label) for label in LABELS if some.of(*[True] * 20, False)
        ),
        exit=some.of(None, Exit(at=1.0, status=1, last_words=("boom",))),
        cut=some.of("", "the server ended"),
        about=some.of("", "answers", "listens"),
        unclear=some.of("", "", "", "no core"),
        stdout=Output(head=some.of(*LINES)),
    )


def some_scenes(some: Choices, track: Track) -> Scenes:
    """A right server's scenes, some of them or all as another server would show them."""
    scenes = right(track)
    odd = list(scenes) if some.of(True, False) else some.several(*scenes)
    seen = a_recording(some, track)
    return {name: changed(seen, experiment=name) if name in odd else scene for name, scene in scenes.items()}


def checks_on(track: Track) -> list[Check]:
    """The checks of a track."""
    return [check for check in rubric() if check.track is track]


def outcomes(track: Track, scenes: Scenes) -> dict[str, Outcome]:
    """What every check of a track makes of these scenes."""
    return {check.id: judge(check, scenes, REFERENCES[track.name]).outcome for check in checks_on(track)}


def rewritten(scenes: Scenes, look: Callable[[Snapshot], Snapshot]) -> Scenes:
    """The same scenes with every look rewritten."""
    return {name: changed(seen, snapshots=tuple(map(look, seen.snapshots))) for name, seen in scenes.items()}


def stretched(scenes: Scenes, factor: int, *, delays: bool) -> Scenes:
    """The same scenes on a machine that is slower by a factor; the delays with them or not."""

    def look(there: Snapshot) -> Snapshot:
        slow = [
            msgspec.structs.replace(
                process,
                threads=tuple(
                    msgspec.structs.replace(thread, asleep_since=thread.asleep_since * factor)
                    for thread in process.threads
                ),
            )
            for process in there.processes
        ]
        return msgspec.structs.replace(there, at=there.at * factor, processes=tuple(slow))

    return {
        name: changed(
            seen,
            events=tuple(msgspec.structs.replace(event, at=event.at * factor) for event in seen.events),
            delays=tuple(delay * factor for delay in seen.delays) if delays else seen.delays,
        )
        for name, seen in rewritten(scenes, look).items()
    }


BOTH = pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.name)


@BOTH
@RUN
@given(some=ANY)
def test_a_check_raises_nothing_but_its_own_three(track: Track, some: Choices) -> None:
    """Whatever was recorded: a right server may be odd, and our own error is nobody's zero."""
    scenes = some_scenes(some, track)
    for check in checks_on(track):
        try:
            check.function(**arguments_of(check, scenes, REFERENCES[track.name]))
        except OUTCOMES:
            continue


@BOTH
@RUN
@given(some=ANY)
def test_the_order_of_processes_tells_nothing(track: Track, some: Choices) -> None:
    """The kernel lists them as it likes."""
    scenes = some_scenes(some, track)

    def look(there: Snapshot) -> Snapshot:
        turn = some.number(4)
        order = (there.processes[turn:] + there.processes[:turn])[:: some.of(-1, 1)]
        return msgspec.structs.replace(there, processes=order)

    assert outcomes(track, rewritten(scenes, look)) == outcomes(track, scenes)


@BOTH
@RUN
@given(some=ANY)
def test_the_numbers_of_processes_tell_nothing(track: Track, some: Choices) -> None:
    """Pids are given out again, in no order."""
    scenes = some_scenes(some, track)
    factor, offset = 1 + some.number(256), some.number(256)

    def number(pid: int) -> int:
        return 1 + (pid * factor + offset) % 1031  # a prime: no two pids become one

    def look(there: Snapshot) -> Snapshot:
        renumbered = [
            msgspec.structs.replace(
                process,
                pid=number(process.pid),
                parent=number(process.parent),
                threads=tuple(msgspec.structs.replace(thread, tid=number(thread.tid)) for thread in process.threads),
            )
            for process in there.processes
        ]
        return msgspec.structs.replace(there, program=number(there.program), processes=tuple(renumbered))

    assert outcomes(track, rewritten(scenes, look)) == outcomes(track, scenes)


@BOTH
@RUN
@given(some=ANY, factor=st.integers(1, 1000))
def test_a_slower_machine_with_longer_delays_shows_the_same(track: Track, some: Choices, factor: int) -> None:
    """No check holds a time against anything but DELAY and other times."""
    scenes = some_scenes(some, track)
    assert outcomes(track, stretched(scenes, factor, delays=True)) == outcomes(track, scenes)


@BOTH
@RUN
@given(some=ANY, factor=st.integers(1, 1000))
def test_a_slower_machine_wrongs_nobody(track: Track, some: Choices, factor: int) -> None:
    """With DELAY as it is: checks that do not read DELAY tell the same, and turns that were proven stay proven."""
    scenes = some_scenes(some, track)
    before, after = outcomes(track, scenes), outcomes(track, stretched(scenes, factor, delays=False))
    assert {name: told for name, told in after.items() if name not in TIMED} == {
        name: told for name, told in before.items() if name not in TIMED
    }
    turns = TIMED[0]
    if before.get(turns) is Outcome.PASSED:
        assert after[turns] is Outcome.PASSED


@RUN
@given(factor=st.integers(1, 1000))
def test_overlap_that_a_look_saw_is_not_lost_on_a_slower_machine(factor: int) -> None:
    """Overlap that was timed alone can be: there the next take, with a longer DELAY, decides."""
    scenes = right(TRACKS[1])
    assert overlap_is_seen(takes(scenes["at_work"], "ABCD")[-1])
    slower = stretched(scenes, factor, delays=False)
    assert judge(check_called(TIMED[1]), slower, REFERENCES["forking"]).outcome is Outcome.PASSED
