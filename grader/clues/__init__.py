"""Questions to what was seen of one track, by which causes are told apart: named, composable, pure.

results + recordings ──> Seen ──> Clue: does it hold, and how much does it tell?
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from grader.model import Outcome, Result, Track
from grader.recording import NEVER, Calm, Recording, Snapshot
from grader.reference import Reference

OUTCOME, LOOK, WORDS = 1, 2, 3
"""How much a clue tells: that a check came out so; what a scene shows besides; what the server itself said."""


class Seen:
    """All that is known of one track of a submission; what is not there shows nothing."""

    def __init__(
        self, track: Track, results: Iterable[Result], recordings: Mapping[str, Recording], reference: Reference
    ) -> None:
        """Take what a student may hear of: hidden checks are left out."""
        self.track = track
        self.reference = reference
        self.results = {
            name: result
            for result in results
            for its_track, _, name in [result.id.partition("/")]
            if its_track == track.name and not result.hidden
        }
        self.recordings = {name: seen for name, seen in recordings.items() if not (seen.unclear or seen.broken)}

    def came_to(self, check: str, outcome: Outcome) -> bool:
        """The check of that name came out so."""
        return check in self.results and self.results[check].outcome is outcome

    def failed(self, check: str) -> bool:
        """The check of that name failed: not reached is not failed."""
        return self.came_to(check, Outcome.FAILED)

    def scene(self, name: str) -> Recording:
        """The recording of that scene; an empty one where it was not played, or not seen well."""
        return self.recordings.get(name) or Recording(experiment=name, track=self.track.name)

    def look(self, scene: str, label: str) -> Snapshot:
        """The look of that label; one at nothing where the scene did not come so far."""
        there = [seen for seen in self.scene(scene).snapshots if seen.label == label]
        return there[0] if there else _at_nothing(label)


def _at_nothing(label: str) -> Snapshot:
    return Snapshot(label=label, at=NEVER, calm=Calm.OUT_OF_PATIENCE, program=0, processes=())


def last_look(scene: Recording) -> Snapshot:
    """What was seen when a scene was cut, or ended."""
    return scene.snapshots[-1] if scene.snapshots else _at_nothing("")


class Clue(NamedTuple):
    """One question whose answer speaks for a cause.

    Args:
        told: what is so where it holds, in a few words.
        weight: how much it tells.
    """

    told: str
    weight: int
    holds: Callable[[Seen], bool]


def failed(*checks: str) -> Clue:
    """All of these failed."""
    return Clue(f"fails {', '.join(checks)}", OUTCOME, lambda seen: all(map(seen.failed, checks)))


def passed(*checks: str) -> Clue:
    """All of these passed."""
    told = f"passes {', '.join(checks)}"
    return Clue(told, OUTCOME, lambda seen: all(seen.came_to(check, Outcome.PASSED) for check in checks))


def shows(told: str, holds: Callable[[Seen], bool], weight: int = LOOK) -> Clue:
    """What recordings show."""
    return Clue(told, weight, holds)


def not_so(clue: Clue) -> Clue:
    """The opposite, which tells less: it holds of most servers."""
    return Clue(f"not: {clue.told}", OUTCOME, lambda seen: not clue.holds(seen))
