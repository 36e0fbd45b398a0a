"""How scenes were cut: by an error, in silence, by a server that waits or runs for ever. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from grader.clues import LOOK, OUTCOME, WORDS, Clue, Seen, last_look, shows
from grader.explaining import why_it_ended
from grader.recording import POLLING_CALLS, READING_CALLS, Calm, Recording, What

OUR_WORDS = "[forklab]"
"""What our own shim in the box says on standard error begins so."""
MOST_WORDS = 20
"""Lines of standard error that are a server's last words."""
WAITING_CALLS = frozenset({"wait4", "waitid"})


class End(NamedTuple):
    """A way in which a scene was cut.

    Args:
        told: what the server did, in a few words.
        weight: how much it tells.
    """

    told: str
    weight: int
    cut: Callable[[Recording], bool]


def cut_by(end: End, *scenes: str) -> Clue:
    """One of these scenes was cut so; of all, where none is named."""

    def holds(seen: Seen) -> bool:
        return any(end.cut(scene) for name, scene in seen.recordings.items() if not scenes or name in scenes)

    return shows(f"{end.told} in {' or '.join(scenes) or 'some scene'}", holds, end.weight)


def checks_cut_by(end: End, seen: Seen) -> set[str]:
    """Names of the checks that answer for the scenes that were cut so."""
    return {scene.about for scene in seen.recordings.values() if scene.cut and end.cut(scene)}


def error(name: str, containing: str = "") -> End:
    """It ended with this exception."""

    def cut(scene: Recording) -> bool:
        return any(line.startswith(name) and containing in line for line in _own_words(scene))

    return End(f"ended with {name} {containing}".strip(), WORDS, cut)


def errno(number: int) -> End:
    """It ended with an OSError of that number; errno(3)."""
    return End(
        f"ended with errno {number}",
        WORDS,
        lambda scene: any(f"[Errno {number}]" in line for line in _own_words(scene)),
    )


def errno_in_accept(number: int) -> End:
    """The same, and it was accept that failed, by the traceback."""
    anywhere = errno(number)
    return End(
        f"{anywhere.told} in accept",
        WORDS,
        lambda scene: anywhere.cut(scene) and any("accept" in line for line in _own_words(scene)),
    )


def _own_words(scene: Recording) -> tuple[str, ...]:
    """The last words of a server that nobody ended; of one that refuses clients, though its end was not seen yet."""
    ended = scene.exit
    if ended:
        by_others = ended.ended_by_us or ended.signal
        return () if by_others else tuple(line for line in ended.last_words if not line.startswith(OUR_WORDS))
    said = scene.stderr.kept.splitlines()
    return tuple(said[-MOST_WORDS:]) if REFUSED.cut(scene) else ()


def tells_of_an_exception(scene: Recording) -> bool:
    """A process of the server says so on standard error, whether or not it was the program."""
    return bool(why_it_ended("", "", scene.stderr.kept.splitlines()))


ANY_ERROR = End("ended with an exception", OUTCOME, lambda scene: bool(why_it_ended("", "", _own_words(scene))))
SILENCE = End(
    "ended with status 0 and no word",
    LOOK,
    lambda scene: bool(scene.cut and scene.exit and scene.exit.status == 0 and not _own_words(scene)),
)
A_STATUS = End(
    "ended with a status and no exception",
    LOOK,
    lambda scene: bool(
        scene.cut
        and scene.exit
        and scene.exit.status > 0
        and not scene.exit.ended_by_us
        and not why_it_ended("", "", scene.exit.last_words)
    ),
)
NO_EXCEPTION = End(
    "ended by itself, without an exception",
    LOOK,
    lambda scene: bool(
        scene.cut
        and scene.exit
        and not (scene.exit.ended_by_us or scene.exit.signal)
        and not why_it_ended("", "", _own_words(scene))
    ),
)
TOO_MANY_PROCESSES = End(
    "had more processes than it may have",
    WORDS,
    lambda scene: bool(scene.exit and "processes" in scene.exit.ended_by_us),
)
SPINNING = End("runs without rest", LOOK, lambda scene: bool(scene.cut) and last_look(scene).calm is Calm.SPINNING)
REFUSED = End("refuses connections", LOOK, lambda scene: "and was refused" in scene.cut)


def program_in(calls: Collection[str], told: str) -> End:
    """The program itself sleeps in one of these calls."""

    def cut(scene: Recording) -> bool:
        program = last_look(scene).parent
        return bool(scene.cut) and program is not None and any(thread.call in calls for thread in program.threads)

    return End(told, LOOK, cut)


WAITING_FOR_A_CHILD = program_in(WAITING_CALLS, "waits for a child")


def _reads_on(scene: Recording, *, answered: bool) -> bool:
    """Some process reads from a client that had asked by then, and was answered or was not."""
    there = last_look(scene)
    asked = {
        seen.inode
        for seen in there.connections
        if seen.inode
        and scene.first(seen.client, What.SENT) <= there.at
        and bool(scene.received(seen.client)) is answered
    }
    calls = READING_CALLS | POLLING_CALLS
    return bool(scene.cut) and any(
        thread.inode in asked and thread.call in calls for process in there.processes for thread in process.threads
    )


READING_ON = End("reads on when the whole request is there", LOOK, lambda scene: _reads_on(scene, answered=False))
WAITING_FOR_THE_CLIENTS_END = End(
    "reads on when the client has its reply", LOOK, lambda scene: _reads_on(scene, answered=True)
)
