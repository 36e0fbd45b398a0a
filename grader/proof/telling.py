"""A proof in lines for people, and as JSON for programs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from statistics import median
from typing import Any

import msgspec

from grader.model import Outcome
from grader.proof.cases import Case
from grader.proof.figures import CONFIDENCE, Figure, Proof
from grader.proof.trials import Duty, Seen, duty

SCHEMA = 1


class Mark(StrEnum):
    """What a cell of the kill matrix shows: a server and a check, over all its trials; the worst comes last."""

    PASSED = "passed"
    NOT_REACHED = "not reached"
    FREE = "failed, and nobody asked"
    FOLLOWS = "failed, and the header says why"
    KILLED = "failed, as named"
    UNCLEAR = "not seen"
    WRONG = "not as it should be"


def matrix(proof: Proof) -> dict[str, dict[str, Mark]]:
    """By name of the server and id of the check: what came of it in its worst trial."""
    rows: dict[str, dict[str, Mark]] = {case.name: {} for case in proof.cases}
    worst = list(Mark)
    for case, seen in proof.seen:
        row, mark = rows[case.name], mark_of(case, seen)
        row[seen.id] = max(row.get(seen.id, Mark.PASSED), mark, key=worst.index)
    return rows


def mark_of(case: Case, seen: Seen) -> Mark:
    """What one result of one server shows."""
    asked = duty(case, seen)
    if seen.outcome.needs_a_human:
        return Mark.UNCLEAR
    if asked is Duty.MUST_FAIL:
        return Mark.KILLED if seen.outcome is Outcome.FAILED else Mark.WRONG
    if seen.outcome is Outcome.PASSED:
        return Mark.PASSED
    if asked is Duty.MUST_PASS:
        return Mark.WRONG
    if seen.outcome is Outcome.NOT_REACHED:
        return Mark.NOT_REACHED
    return {Duty.MAY_FAIL: Mark.FOLLOWS, Duty.NONE: Mark.FREE}.get(asked, Mark.WRONG)


def lines(proof: Proof) -> list[str]:
    """The proof for a terminal; the last word comes last."""
    told = [summary(proof), *map(figure_line, (*proof.figures, *proof.figures_of_diagnosis))]
    if proof.trials:
        seconds = [trial.seconds for trial in proof.trials]
        told.append(f"seconds for one: median {median(seconds):.2f}, most {max(seconds):.1f}")
    if proof.whole:
        told += gaps(proof)
    told += proof.wrong
    told += proof.misnamed
    told.append("all is as it should be" if proof.is_clean else "NOT all is as it should be")
    return told


def summary(proof: Proof) -> str:
    """How much was graded."""
    right = sum(case.is_right for case in proof.cases)
    results = sum(len(trial.seen) for trial in proof.trials)
    return (
        f"{len(proof.cases) - right} wrong and {right} right servers, {len(proof.trials):,} gradings, "
        f"{results:,} check results"
    )


def figure_line(figure: Figure) -> str:
    """`false rejections: 0 of 4,021 (0 %), with 95 % confidence under 0.075 %`."""
    return f"{figure.name}: {figure.count:,} of {figure.of:,} ({percent(figure.rate)}), {bound(figure)}"


def bound(figure: Figure) -> str:
    """What the true rate is under."""
    return f"with {CONFIDENCE:.0%} confidence under {percent(figure.upper)}".replace("95%", "95 %")


def percent(rate: float) -> str:
    """`0.075 %`."""
    return f"{100 * rate:.2g} %" if rate < 1 else "100 %"


def gaps(proof: Proof) -> list[str]:
    """Which checks nothing shows to be needed."""
    told = []
    if proof.named_by_none:
        told.append(f"no wrong server names: {', '.join(proof.named_by_none)}")
    if proof.needed_by_none:
        told.append(f"no wrong server is rejected by this check alone: {', '.join(proof.needed_by_none)}")
    return told


def as_json(proof: Proof, about: Mapping[str, Any]) -> bytes:
    """Figures, matrix, and every outcome of every trial.

    Args:
        about: when, where and under which strain.
    """
    document = {
        "schema": SCHEMA,
        **about,
        "clean": proof.is_clean,
        "wrong_servers": sum(not case.is_right for case in proof.cases),
        "right_servers": sum(case.is_right for case in proof.cases),
        "gradings": len(proof.trials),
        "figures": [_figure(figure) for figure in proof.figures],
        "diagnosis": [_figure(figure) for figure in proof.figures_of_diagnosis],
        "checks": {check: _check(proof, check) for check in proof.checks},
        "named_by_none": proof.named_by_none,
        "needed_by_none": proof.needed_by_none,
        "wrong": proof.wrong,
        "misnamed": proof.misnamed,
        "matrix": matrix(proof),
        "trials": [
            {
                "case": trial.case.name,
                "turn": trial.turn,
                "seconds": trial.seconds,
                "outcomes": {seen.id: seen.outcome for seen in trial.seen},
                "wrong": trial.wrong,
                "causes": {named.track: named.cause for named in trial.named},
            }
            for trial in proof.trials
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _figure(figure: Figure) -> dict[str, Any]:
    return {"name": figure.name, "count": figure.count, "of": figure.of, "rate": figure.rate, "upper_95": figure.upper}


def _check(proof: Proof, check: str) -> dict[str, Any]:
    return {
        "named_by": [case.name for case in proof.cases if check in case.fails],
        "figures": [_figure(figure) for figure in proof.figures_of_check(check)],
    }
