"""From what failed and what was seen, the likeliest cause: pure, and the same every time.

Of the causes whose evidence all holds, the one that explains most of the lost points comes first; where two explain as
much, the one whose evidence tells more. Nothing is said where no cause's evidence is whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from grader.causes import CAUSES
from grader.causes.cause import Cause
from grader.clues import OUTCOME, WORDS, Seen
from grader.clues.endings import checks_cut_by
from grader.model import Diagnosis, Result, Sure, Track, track_named
from grader.recording import Recording
from grader.reference import Reference
from grader.wording import say

LEAST_OF_THE_NEXT = 0.5
"""Share of its evidence that another cause must have in order to be worth telling apart."""


class Match(NamedTuple):
    """A cause, held against what was seen.

    Args:
        root: name of the check to look at.
        explains: names of the failed checks that it accounts for, the root among them.
        held: weight of the evidence that holds, the failed root among it.
        weight: of all its evidence.
    """

    cause: Cause
    root: str
    explains: frozenset[str]
    held: int
    weight: int

    @property
    def is_whole(self) -> bool:
        """All its evidence holds."""
        return self.held == self.weight


def diagnoses(
    results: Iterable[Result],
    recordings: Mapping[str, Mapping[str, Recording]],
    references: Mapping[str, Reference],
) -> dict[str, Diagnosis]:
    """The likeliest cause on each track that has one.

    Args:
        recordings: by track's name and scene's name.
        references: by track's name.
    """
    known = tuple(result for result in results if not result.hidden)  # a cause is told to the student
    tracks = dict.fromkeys(result.id.partition("/")[0] for result in known)
    found = {
        name: diagnose(known, recordings.get(name, {}), track_named(name), references.get(name, Reference({})))
        for name in tracks
    }
    return {name: diagnosis for name, diagnosis in found.items() if diagnosis}


def diagnose(
    results: Iterable[Result], recordings: Mapping[str, Recording], track: Track, reference: Reference
) -> Diagnosis | None:
    """The likeliest cause of what failed on one track; None where nothing did, or where it is not clear."""
    seen = Seen(track, results, recordings, reference)
    matches = [match for cause in CAUSES if (match := _held_against(cause, seen))]
    if any(seen.failed(name) and not result.stretch for name, result in seen.results.items()):
        matches = [match for match in matches if not seen.results[match.root].stretch]
    whole = sorted((match for match in matches if match.is_whole), key=lambda match: _rank(match, seen))
    if not whole:
        return None
    first = whole[0]
    other = _next_likely(first, matches)
    root = seen.results[first.root]
    return Diagnosis(
        cause=first.cause.name,
        sentence=say(first.cause.sentence),
        sure=_how_sure(first, whole[1:], seen),
        hint=say(first.cause.hint),
        root=root.id,
        follows=tuple(seen.results[name].id for name in seen.results if name in first.explains - {first.root}),
        stretch=root.stretch,
        instead=say(other.cause.sentence) if other else "",
        apart=_told_apart(first, other),
    )


def _held_against(cause: Cause, seen: Seen) -> Match | None:
    root = next((name for name in cause.roots if seen.failed(name)), None)
    if seen.track.name not in cause.tracks or root is None:
        return None
    cut = checks_cut_by(cause.ends, seen) if cause.ends else set()
    explains = frozenset(name for name in {*cause.roots, *cause.follows, *cut} if seen.failed(name))
    held = OUTCOME + sum(clue.weight for clue in cause.evidence if clue.holds(seen))
    return Match(cause, root, explains, held, OUTCOME + sum(clue.weight for clue in cause.evidence))


def _rank(match: Match, seen: Seen) -> tuple[float, float, int]:
    """The more of the core it explains, then of the bonus, then the more telling; ties keep the entries' order."""
    core, bonus = _points(match.explains, seen, stretch=False), _points(match.explains, seen, stretch=True)
    is_of_the_core = not seen.results[match.root].stretch
    return -(core if is_of_the_core else 0.0), -(0.0 if is_of_the_core else bonus), -match.weight


def _points(names: Iterable[str], seen: Seen, *, stretch: bool) -> float:
    return sum(seen.results[name].points for name in names if seen.results[name].stretch is stretch)


def _how_sure(first: Match, others: list[Match], seen: Seen) -> Sure:
    """By how much the evidence tells, whether it accounts for all of the core that failed, and whether others tell as much."""
    failed = {name for name, result in seen.results.items() if seen.failed(name) and not result.stretch}
    rivals = [other for other in others if other.root == first.root and other.weight >= first.weight]
    explains_all = failed <= first.explains
    if first.weight >= WORDS and explains_all and not rivals:
        return Sure.ALMOST_CERTAINLY
    return Sure.PROBABLY if first.weight >= WORDS or explains_all else Sure.PERHAPS


def _next_likely(first: Match, matches: list[Match]) -> Match | None:
    """The cause with the most evidence among those that would show at the same check."""
    others = [
        match
        for match in matches
        if match.cause is not first.cause
        and first.root in match.explains
        and match.held >= LEAST_OF_THE_NEXT * match.weight
    ]
    return max(others, key=lambda match: (match.held - match.weight, match.held), default=None)


def _told_apart(first: Match, other: Match | None) -> str:
    """What to look at, and what the next likely cause would show there."""
    this = say(first.cause.apart)
    return say("{this} Otherwise: {other}", this=this, other=other.cause.apart) if other else this
