"""What a mistake shows, in a line or two: which checks fail, and the scenes that are not as a right server's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from grader.diagnosing import diagnose
from grader.model import BLOCKING, FORKING, Diagnosis, Outcome, Result, Track
from grader.recording import Calm, Event, Exit, Output, ProcessSeen, Recording, What
from grader.rubric import rubric
from tests.recordings import changed, event, snapshot, with_snapshot
from tests.right_scenes import REFERENCES, right

STOPPED = "it has stopped serving"


class Shown(NamedTuple):
    """One server with one mistake.

    Args:
        failed: names of the checks that fail; all others pass.
        scenes: the recordings that are not as a right server's.
    """

    track: Track
    failed: tuple[str, ...]
    scenes: tuple[Recording, ...] = ()


def blocking(failed: str, *scenes: Recording) -> Shown:
    """A server of chapter 1; checks by name, with a space between."""
    return Shown(BLOCKING, tuple(failed.split()), scenes)


def forking(failed: str, *scenes: Recording) -> Shown:
    """A server of chapter 2; checks by name, with a space between."""
    return Shown(FORKING, tuple(failed.split()), scenes)


def results(track: Track, failed: Iterable[str]) -> tuple[Result, ...]:
    """Every check of a track, of which these failed and all others passed."""
    names = set(failed)
    return tuple(
        Result(
            check.id,
            Outcome.FAILED if check.name in names else Outcome.PASSED,
            check.points,
            0.0 if check.name in names else check.points,
            check.stretch,
            check.requirement,
        )
        for check in rubric()
        if check.track is track
    )


def diagnosis(shown: Shown) -> Diagnosis | None:
    """What is made of it."""
    scenes = {**right(shown.track), **{scene.experiment: scene for scene in shown.scenes}}
    return diagnose(results(shown.track, shown.failed), scenes, shown.track, REFERENCES[shown.track.name])


def scene(track: Track, name: str) -> Recording:
    """As a right server shows it."""
    return right(track)[name]


def ended(track: Track, name: str, *words: str, status: int = 1, left: Sequence[ProcessSeen] = ()) -> Recording:
    """The server ended in that scene, with these last words; these processes are left."""
    seen = scene(track, name)
    return changed(
        seen,
        cut=f"the server ended with status {status}",
        exit=Exit(at=2.0, status=status, last_words=words),
        snapshots=(*seen.snapshots[:1], snapshot("the server has ended", *left, at=2.0, listeners=())),
    )


def stopped(
    track: Track, name: str, *processes: ProcessSeen, clients: Iterable[str] = (), calm: Calm = Calm.SETTLED
) -> Recording:
    """The server stopped serving in that scene, while its processes did this."""
    seen = scene(track, name)
    last = snapshot(STOPPED, *processes, clients=clients, at=2.0, calm=calm)
    return changed(
        seen,
        cut="the server stopped serving: B asked and got nothing; pid 7 (the server) sleeps in read()",
        snapshots=(*seen.snapshots, last),
    )


def looked(track: Track, name: str, label: str, *processes: ProcessSeen, **more: object) -> Recording:
    """That scene, in which one look shows these processes; the time of the look stays."""
    seen = scene(track, name)
    at = seen.snapshot(label).at
    return with_snapshot(seen, snapshot(label, *processes, **{"at": at, **more}))  # type: ignore[arg-type]


def replied(track: Track, reply: bytes, *, clients: Iterable[str] | None = None) -> Recording:
    """The scene of many visits, in which these clients (none named: all) are sent this."""
    seen = scene(track, "visits")
    named = set(seen.clients if clients is None else clients)
    kept = (one for one in seen.events if not (one.who in named and one.what is What.RECEIVED))
    sent = [event(who, What.RECEIVED, seen.last(who, What.SENT), reply) for who in seen.clients if who in named]
    events: list[Event] = [*kept, *(one for one in sent if reply)]
    return changed(seen, events=tuple(sorted(events, key=lambda there: there.at)))


def says(seen: Recording, words: str) -> Recording:
    """The same scene, in which a process says this on standard error."""
    return changed(seen, stderr=Output(size=len(words), head=words))


def relisted(seen: Recording, label: str, **fields: object) -> Recording:
    """The same scene, in which the listener of one look is another."""
    there = seen.snapshot(label)
    listeners = tuple(msgspec.structs.replace(one, **fields) for one in there.listeners)
    return with_snapshot(seen, msgspec.structs.replace(there, listeners=listeners))
