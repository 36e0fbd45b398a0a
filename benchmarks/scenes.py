"""Measures where a full grade's milliseconds go: each scene alone, then the whole look of the core and with the stretch.

python benchmarks/scenes.py [--runs N] [--submission DIR] [--json FILE]

A scene is played in a box of its own, so that the kernel tells what it cost; the box's own cost is measured by itself
and taken off, for in a grade one box serves scene after scene.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from grader import grading, scratch
from grader.apparatus.sandbox.choosing import Tier, choose
from grader.apparatus.server import Server
from grader.copying import copy
from grader.experiments import EXPERIMENTS, Experiment
from grader.looking import look
from grader.model import TRACKS, Check, Track
from grader.recording import Recording, What
from grader.rubric import experiments_needed, rubric


class Cost(NamedTuple):
    """What something cost.

    Args:
        wall: seconds by the wall clock.
        ours: core-seconds of the grader.
        theirs: core-seconds of the programs, and of the agent that starts them.
        starts: how often a server was started.
    """

    wall: float
    ours: float
    theirs: float
    starts: int = 0

    @property
    def core_seconds(self) -> float:
        """Of both sides."""
        return self.ours + self.theirs


def cost_of(work: Callable[[], int]) -> Cost:
    """Do a piece of work, which says how many servers it started, and wait for all that it started."""
    wall, ours, theirs = time.perf_counter(), _used_by(resource.RUSAGE_SELF), _used_by(resource.RUSAGE_CHILDREN)
    starts = work()
    return Cost(
        time.perf_counter() - wall,
        _used_by(resource.RUSAGE_SELF) - ours,
        _used_by(resource.RUSAGE_CHILDREN) - theirs,
        starts,
    )


def _used_by(whom: int) -> float:
    used = resource.getrusage(whom)
    return used.ru_utime + used.ru_stime


def middle(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(median(column) for column in zip(*costs, strict=True)))


# ------------------------------------------------------------------ what is measured


def an_empty_box(tier: Tier, programs: Path) -> int:
    """A box is started and ended."""
    tier.make(programs).close()
    return 0


def one_scene(tier: Tier, programs: Path, track: Track, experiment: Experiment) -> int:
    """One scene, in a box of its own."""
    with tier.make(programs) as box:
        about = experiment.about[track.name]
        server = Server(box, track, experiment.name, about, grading.bounds_here(), programs)
        experiment.scene(server)
        recording = server.recording()
        box.clear()
    return _starts_in(recording)


def a_look(tier: Tier, programs: Path, checks: tuple[Check, ...]) -> int:
    """Every scene that these checks need, as a grade plays them."""
    wanted = experiments_needed(checks)
    found = look(programs, wanted, tier.make, grading.bounds_here(), one_network=tier.has_one_network)
    return sum(_starts_in(recording) for scenes in found.values() for recording in scenes.values())


def _starts_in(recording: Recording) -> int:
    return sum(event.what is What.STARTED for event in recording.events)


def costs_of_scenes(tier: Tier, programs: Path, runs: int) -> Iterator[tuple[str, Cost]]:
    """Each scene of each track, less the box."""
    box = middle([cost_of(lambda: an_empty_box(tier, programs)) for _ in range(runs)])
    yield "a box", box
    for track in TRACKS:
        for experiment in EXPERIMENTS.values():
            if track.name in experiment.about:
                played = middle([cost_of(lambda: one_scene(tier, programs, track, experiment)) for _ in range(runs)])  # noqa: B023
                yield (
                    f"{track.name}/{experiment.name}",
                    Cost(played.wall - box.wall, played.ours - box.ours, played.theirs - box.theirs, played.starts),
                )


def costs_of_looks(tier: Tier, programs: Path, runs: int) -> dict[str, Cost]:
    """The core's look and the whole one, turn by turn, so that a busy machine weighs on both."""
    core = tuple(check for check in rubric() if not check.stretch)
    looks = {"the core": core, "with the stretch": rubric()}
    taken: dict[str, list[Cost]] = {name: [] for name in looks}
    for _ in range(runs):
        for name, checks in looks.items():
            taken[name].append(cost_of(lambda: a_look(tier, programs, checks)))  # noqa: B023
    return {name: middle(costs) for name, costs in taken.items()}


# ------------------------------------------------------------------ telling


def row(name: str, cost: Cost) -> str:
    """One line of the table, in milliseconds."""
    figures = (cost.wall, cost.core_seconds, cost.ours, cost.theirs)
    return f"{name:30}" + "".join(f"{1000 * figure:9.0f}" for figure in figures) + f"{cost.starts:8.0f}"


def main() -> None:
    """Measure, print, file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="of each (default: 5)")
    parser.add_argument("--submission", type=Path, default=grading.REFERENCE, help="a right one (default: reference)")
    parser.add_argument("--json", type=Path, help="file for figures")
    options = parser.parse_args()
    tier = choose()
    with scratch.folder() as folder:
        programs = folder / "submission"
        copy(options.submission, programs)
        print(
            f"{'milliseconds':30}" + "".join(f"{word:>9}" for word in ("wall", "cores", "ours", "theirs")) + "  starts"
        )
        scenes = dict(costs_of_scenes(tier, programs, options.runs))
        for name, cost in sorted(scenes.items(), key=lambda pair: -pair[1].core_seconds):
            print(row(name, cost))
        looks = costs_of_looks(tier, programs, options.runs)
        for name, cost in looks.items():
            print(row(name, cost))
    core, whole = looks["the core"], looks["with the stretch"]
    print(f"with the stretch / the core: {whole.wall / core.wall:.2f} of the time, ", end="")
    print(f"{whole.core_seconds / core.core_seconds:.2f} of the core-seconds")
    if options.json:
        options.json.write_text(
            json.dumps({name: c._asdict() for name, c in (scenes | looks).items()}, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
