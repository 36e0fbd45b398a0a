"""Checks and recordings in, results out: no pytest, no clock, no box."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.explaining import error_of_ours
from grader.model import Check, Inconclusive, Mismatch, NotReached, Outcome, Result
from grader.recording import Recording
from grader.reference import Reference
from grader.wording import retold, say

Recordings = Mapping[str, Recording]
"""The recordings of one track, by name of the scene."""


Looked = dict[str, dict[str, Recording]]
"""Recordings by track's name and scene's name."""


class Broken(Exception):
    """The apparatus failed us: our own fault, and an ERROR for each check that needed it."""


def judge_all(
    checks: Sequence[Check], looked: Mapping[str, Recordings], references: Mapping[str, Reference]
) -> tuple[Result, ...]:
    """What all checks make of what was seen.

    Args:
        looked: by track's name.
        references: by track's name.
    """
    return tuple(judge_beside(references[check.track.name], check, looked[check.track.name]) for check in checks)


def judge_beside(reference: Reference, check: Check, recordings: Recordings) -> Result:
    """What a check makes of a server; a bonus that the reference itself misses on this machine is no failure.

    Where the reference did not play the check's scenes, as in the hand-out, nothing is known of it.
    """
    result = judge(check, recordings, reference)
    was_seen = all(name in reference.recordings for name in check.needs if name != "reference")
    if not check.stretch or result.outcome is Outcome.PASSED or not was_seen:
        return result
    its_own = judge(check, reference.recordings, reference)
    if its_own.outcome is Outcome.PASSED:
        return result
    return unclear(check, say("the reference does not earn it on this machine either: {why}", why=its_own.message))


def seen_until_clear(
    checks: Sequence[Check],
    references: Mapping[str, Reference],
    see: Callable[[tuple[Check, ...]], Looked],
    tries: int,
) -> Looked:
    """See what these checks ask for, and again what a check could not judge though its scenes were played to the end.

    A scene of which the machine hid something was played as often as that helps already.

    Args:
        see: plays what some checks ask for.
        tries: how often at most.
    """
    looked = see(tuple(checks))
    for _ in range(tries - 1):
        results = zip(checks, judge_all(checks, looked, references), strict=True)
        again = tuple(c for c, result in results if result.outcome.needs_a_human and _was_seen(c, looked))
        if not again:
            break
        for track, scenes in see(again).items():
            looked[track].update({name: seen for name, seen in scenes.items() if not (seen.unclear or seen.broken)})
    return looked


def _was_seen(check: Check, looked: Looked) -> bool:
    scenes = [looked[check.track.name].get(name) for name in check.needs if name != "reference"]
    return all(seen is not None and not (seen.unclear or seen.broken) for seen in scenes)


def judge(check: Check, recordings: Recordings, reference: Reference) -> Result:
    """What one check makes of a track's recordings."""

    def judged() -> None:
        check.function(**arguments_of(check, recordings, reference))

    return result_of(check, judged)


def arguments_of(check: Check, recordings: Recordings, reference: Reference) -> dict[str, Any]:
    """The recordings that a check takes, by the names of its parameters.

    Raises:
        Broken: one of them was never made.
    """
    found: dict[str, Any] = {}
    for name in check.needs:
        found[name] = reference if name == "reference" else whole(recordings, name)
    return found


def whole(recordings: Recordings, name: str) -> Recording:
    """A recording that was made.

    Raises:
        Broken: it was not, or the apparatus failed in the middle of it.
    """
    if name not in recordings:
        raise Broken(f"the scene {name!r} was never played")
    if recordings[name].broken:
        raise Broken(recordings[name].broken)
    return recordings[name]


def result_of(check: Check, judged: Callable[[], None]) -> Result:
    """Run a check and tell its outcome by the type of what it raises, never by where it does so."""
    try:
        judged()
    except Mismatch as mismatch:
        return failed(check, mismatch)
    except NotReached as missing:
        if missing.about == check.name:
            return failed(check, _mismatch_of(check, missing))
        return _told(check, Outcome.NOT_REACHED, missing.reason, evidence=missing.evidence)
    except Inconclusive as why:
        return unclear(check, str(why))
    except Broken as broken:
        return _told(check, Outcome.ERROR, _ours(str(broken)))
    except Exception as error:
        return _told(check, Outcome.ERROR, _ours(error_of_ours(error)))
    return _told(check, Outcome.PASSED, "", earned=check.points)


def _ours(why: str) -> str:
    return say("the grader failed, not the server: {why}", why=why)


def _mismatch_of(check: Check, missing: NotReached) -> Mismatch:
    """The scene was cut in the very stage that the check answers for."""
    return Mismatch(
        expected=_in_its_place(check),
        observed=missing.reason,
        evidence=missing.evidence,
        hint=_hint(check),
    )


def _in_its_place(check: Check) -> str:
    """What a server does that comes through the stage which this one did not come through."""
    if check.name == "listens":
        return say("the server listens, and sleeps until a client comes")
    if check.name == "ends_when_told":  # the one stage that it must not go on from
        return check.requirement
    return say("the server goes on, and serves whoever comes next")


def _hint(check: Check) -> str:
    """A program that never waits for clients may not have been started at all."""
    if check.name != "listens":
        return say("What did the server do last, and what did it meet there?")
    program = check.track.program
    return say(
        "What happens when you start it yourself, in the folder that you hand in: python3 {program}?", program=program
    )


def failed(check: Check, mismatch: Mismatch) -> Result:
    """A result with the server at fault."""
    expected, observed = retold(mismatch.expected), retold(mismatch.observed)
    return _told(
        check,
        Outcome.FAILED,
        say("expected {expected}; observed {observed}", expected=expected, observed=observed),
        expected=expected,
        observed=observed,
        evidence=tuple(map(retold, mismatch.evidence)),
        hint=retold(mismatch.hint),
    )


def unclear(check: Check, why: str) -> Result:
    """A result that the machine did not let us see."""
    return _told(check, Outcome.INCONCLUSIVE, why)


def _told(check: Check, outcome: Outcome, message: str, *, earned: float = 0.0, **more: Any) -> Result:
    return Result(
        id=check.id,
        outcome=outcome,
        points=check.points,
        earned=earned,
        stretch=check.stretch,
        hidden=check.hidden,
        requirement=say(check.requirement),
        message=retold(message),
        **more,
    )


def lost(check: Check, why: str) -> Result:
    """A result of which nothing is known, and that is our own fault."""
    return _told(check, Outcome.ERROR, why)
