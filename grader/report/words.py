"""The words and symbols that page, class page and terminal share."""

from __future__ import annotations

from collections.abc import Iterable

from grader.model import Diagnosis, Outcome, Report, Result, Status, Sure, points_shown
from grader.wording import retold, say

SYMBOLS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.NOT_REACHED: "–",
    Outcome.INCONCLUSIVE: "?",
    Outcome.ERROR: "!",
}
"""No outcome is told by colour alone."""


def outcome_said(outcome: Outcome) -> str:
    """The outcome, as a student reads it."""
    return {
        Outcome.PASSED: say("passed"),
        Outcome.FAILED: say("failed"),
        Outcome.NOT_REACHED: say("not reached"),
        Outcome.INCONCLUSIVE: say("inconclusive"),
        Outcome.ERROR: say("error"),
    }[outcome]


def status_said(status: Status) -> str:
    """The same of a whole report."""
    return {
        Status.GRADED: say("graded"),
        Status.INCONCLUSIVE: say("inconclusive: needs a human"),
        Status.ERROR: say("error of the grader: needs a human"),
    }[status]


def stretch_said() -> str:
    """What the part beyond the core is called."""
    return say("Stretch, a bonus")


def unsandboxed_said() -> str:
    """That nothing held the programs."""
    return say("UNSANDBOXED")


def by_track(report: Report) -> dict[str, list[Result]]:
    """The results of each track, by the track's name, in the report's order."""
    tracks: dict[str, list[Result]] = {}
    for result in report.checks:
        tracks.setdefault(track_of(result), []).append(result)
    return tracks


def track_of(result: Result) -> str:
    """The first half of a check's id."""
    return result.id.partition("/")[0]


def name_of(result: Result) -> str:
    """The second half of a check's id."""
    return result.id.partition("/")[2]


def core_of(results: Iterable[Result]) -> list[Result]:
    """The results that the score is made of."""
    return [result for result in results if not result.stretch]


def stretch_of(results: Iterable[Result]) -> list[Result]:
    """The results that the bonus is made of."""
    return [result for result in results if result.stretch]


def score_of(report: Report) -> str:
    """`87 of 100`, and whether the bonus is in it."""
    said = say("{score} of {points}", score=points_shown(report.score), points=points_shown(report.points))
    return say("{score}, bonus included", score=said) if report.bonus_counts else said


def lateness_of(report: Report) -> str:
    """`90 points, less 10 for lateness, are 80: handed in 5 h after the deadline: 10 points less`; "" where it was in time."""
    if not report.deduction:
        return retold(report.lateness)
    before, less, after = map(points_shown, (report.before_deduction, report.deduction, report.score))
    return say(
        "{before} points, less {less} for lateness, are {after}: {lateness}",
        before=before,
        less=less,
        after=after,
        lateness=report.lateness,
    )


def hidden_of(report: Report) -> str:
    """What checks that no student sees are worth in a score, told without a word of what they are; "" where there are none."""
    if not report.hidden_points:
        return ""
    earned, points = points_shown(report.hidden_earned), points_shown(report.hidden_points)
    return say(
        "Checks that only your instructor sees: {earned} of {points} points, part of the score",
        earned=earned,
        points=points,
    )


def first_to_mend(report: Report) -> Result | None:
    """The first failed check of the core; None if nothing of it failed."""
    return next(iter(core_of(_failed(report))), None)


def next_of_the_bonus(report: Report) -> Result | None:
    """The first failed check of the stretch, once nothing of the core is left to be mended."""
    return None if tracks_to_mend(report) else next(iter(_failed(report)), None)


def bonus_to_earn(report: Report) -> tuple[Result, Diagnosis | None] | None:
    """The check of the stretch to look at next, and the cause where it is known; None as long as the core is not whole."""
    first = next_of_the_bonus(report)
    if first is None:
        return None
    diagnosis = diagnosis_of(report, track_of(first))
    return root_of(diagnosis, report.checks) or first, diagnosis


def diagnosis_of(report: Report, track: str) -> Diagnosis | None:
    """The cause to tell on a track: of the core, or of the bonus where nothing of the core failed in the whole report."""
    found = report.diagnoses.get(track)
    core_is_whole = first_to_mend(report) is None
    return found if found and found.stretch is core_is_whole else None


def tracks_to_mend(report: Report) -> list[tuple[str, Result, Diagnosis | None]]:
    """Each track of whose core points are lost: the check to look at, and the cause where it is known.

    Where nothing of it failed, and something was not reached, the check is the first of those; or one of the stretch,
    where a cause shows at it: a client that is cut off lets many a requirement have nothing to show.
    """
    found = []
    for track, results in by_track(report).items():
        core = core_of(results)
        failed = next((result for result in core if result.outcome is Outcome.FAILED), None)
        first = failed or next((result for result in core if result.outcome is Outcome.NOT_REACHED), None)
        if first:
            cause = report.diagnoses.get(track)
            diagnosis = cause if cause and cause.stretch is (failed is None) else None
            found.append((track, root_of(diagnosis, results) or first, diagnosis))
    return found


def not_reached_on(report: Report, track: str) -> tuple[int, float, str]:
    """How much of a track's core was not reached, what it is worth, and why the first of it was not."""
    missed = [
        result
        for result in core_of(report.checks)
        if track_of(result) == track and result.outcome is Outcome.NOT_REACHED
    ]
    return len(missed), sum(result.points for result in missed), missed[0].message if missed else ""


def root_of(diagnosis: Diagnosis | None, results: Iterable[Result]) -> Result | None:
    """The failed check at which a cause shows; None where there is no cause, or no such check."""
    return next((result for result in results if diagnosis and result.id == diagnosis.root), None)


def following(report: Report) -> frozenset[str]:
    """Ids of the failed checks that a cause accounts for, which is told at another one."""
    told = [diagnosis for track in report.diagnoses if (diagnosis := diagnosis_of(report, track))]
    return frozenset(check for diagnosis in told for check in diagnosis.follows)


def sure_of(diagnosis: Diagnosis) -> str:
    """`Almost certainly`."""
    return {
        Sure.ALMOST_CERTAINLY: say("Almost certainly"),
        Sure.PROBABLY: say("Probably"),
        Sure.PERHAPS: say("Perhaps"),
    }[diagnosis.sure]


def _failed(report: Report) -> list[Result]:
    return [result for result in report.checks if result.outcome is Outcome.FAILED]


def needing_a_human(report: Report) -> list[Result]:
    """Results of the core of which nothing was proven either way; an unclear bonus keeps the grade."""
    return [result for result in core_of(report.checks) if result.outcome.needs_a_human]


def earned_of(results: Iterable[Result]) -> str:
    """Points earned and to be had: `43/60`."""
    counted = list(results)
    earned = sum(result.earned for result in counted)
    return f"{points_shown(earned)}/{points_shown(sum(result.points for result in counted))}"


def counted(number: int, one: str, many: str) -> str:
    """A number and its noun: `1 client`, `3 clients`."""
    return f"{number:,} {one if number == 1 else many}"
