"""What processes did at the looks of a scene: who held what, who slept where, how many were left. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection

from grader.clues import Clue, Seen, shows
from grader.clues.endings import WAITING_CALLS
from grader.recording import (
    ACCEPTING_CALLS,
    POLLING_CALLS,
    READING_CALLS,
    SLEEPING_CALLS,
    Calm,
    ProcessSeen,
    Recording,
    Snapshot,
    What,
)


def at(scene: str, label: str, told: str, holds: Callable[[Snapshot], bool]) -> Clue:
    """What a look shows; nothing, where the scene did not come so far."""

    def there(seen: Seen) -> bool:
        look = seen.look(scene, label)
        return bool(look.processes) and holds(look)

    return shows(f"{told} when {label}", there)


def anywhere(told: str, holds: Callable[[Recording, Snapshot], bool], *scenes: str) -> Clue:
    """What some look shows, of these scenes, or of all where none is named."""

    def there(seen: Seen) -> bool:
        chosen = [scene for name, scene in seen.recordings.items() if not scenes or name in scenes]
        return any(holds(scene, look) for scene in chosen for look in scene.snapshots)

    return shows(told, there)


def is_in(process: ProcessSeen | None, calls: Collection[str]) -> bool:
    """One of its threads sleeps in one of these calls."""
    return process is not None and any(thread.call in calls for thread in process.threads)


def program_reads_a_client(look: Snapshot) -> bool:
    """The program itself sleeps in a read, or a poll, of some client's connection."""
    inodes = {seen.inode for seen in look.connections if seen.inode}
    return look.parent is not None and any(
        thread.inode in inodes and thread.call in READING_CALLS | POLLING_CALLS for thread in look.parent.threads
    )


def living_others(look: Snapshot) -> list[ProcessSeen]:
    """Every process that lives, but the program."""
    return [process for process in look.others if not process.is_zombie]


def nobody_else(look: Snapshot) -> bool:
    """There is the program, and no other process, dead or alive."""
    return look.parent is not None and not look.others


def some_child_serves(look: Snapshot) -> bool:
    """A process that is not the program holds a client's connection."""
    inodes = {seen.inode for seen in look.connections if seen.inode}
    return any(inodes & process.sockets for process in living_others(look))


def program_waits_for_a_child(look: Snapshot) -> bool:
    """It sleeps until a child ends."""
    return is_in(look.parent, WAITING_CALLS)


def program_sleeps(look: Snapshot) -> bool:
    """It sleeps for a time, and not until something comes."""
    return is_in(look.parent, SLEEPING_CALLS)


def has_several_threads(look: Snapshot) -> bool:
    """The program does."""
    return look.parent is not None and len(look.parent.threads) > 1


def somebody_reads_on_after_the_reply(scene: Recording, look: Snapshot) -> bool:
    """A process reads from a client that has its reply already."""
    answered = {
        seen.inode
        for seen in look.connections
        if seen.inode and scene.first(seen.client, What.RECEIVED) < look.at <= scene.end_of(seen.client)
    }
    return any(
        thread.inode in answered and thread.call in READING_CALLS | POLLING_CALLS
        for process in look.processes
        for thread in process.threads
    )


def another_holds_the_listener_in_accept(look: Snapshot) -> bool:
    """A process that is not the program waits for clients."""
    return any(is_in(process, ACCEPTING_CALLS) for process in living_others(look))


def spins(look: Snapshot) -> bool:
    """The server never came to rest there."""
    return look.calm is Calm.SPINNING


def zombies(scene: str, label: str, least: int, most: int) -> Clue:
    """So many children were not waited for."""
    return at(scene, label, f"{least} to {most} zombies", lambda look: least <= len(look.zombies) <= most)


def grows(kind: str, told: str) -> Clue:
    """Between the first clients and many, the program's descriptors of that kind become more, and of no other.

    Args:
        kind: as proc(5) begins the target: `socket:`, `pipe:`, `anon_inode:`, `/`.
    """

    def there(seen: Seen) -> bool:
        few, many = seen.look("visits", "the first clients have gone"), seen.look("visits", "many clients have gone")
        more = {k: count_of(many, k) - count_of(few, k) for k in ("socket:", "pipe:", "anon_inode:", "/")}
        return more[kind] > 0 and more[kind] == max(more.values())

    return shows(told, there)


def count_of(look: Snapshot, kind: str) -> int:
    """How many descriptors of that kind the program has open."""
    return sum(target.startswith(kind) for target in look.parent.descriptors.values()) if look.parent else 0
