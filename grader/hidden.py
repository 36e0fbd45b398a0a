"""An instructor's own checks: `reference/checks/test_*.py`, loaded beside the bundled ones and never handed out.

    @drawn(forking="name_of_the_check")                        a scene, with numbers drawn from the batch's seed
    def scene(server: Server, random: Random) -> None: ...

    @check(points=0, on=FORKING)                               a check like any other, that reads it
    def test_name_of_the_check(scene: Recording, reference: Reference) -> None: ...

The reference and every submission of a batch get the same numbers, for a scene begins to draw anew each time it is played.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING

import msgspec

from grader.declaring import checks_of
from grader.experiments import EXPERIMENTS, experiment
from grader.model import Check
from grader.rubric import rubric

if TYPE_CHECKING:
    from grader.apparatus.server import Server

FOLDER = Path(__file__).parent.parent / "reference" / "checks"
DrawnScene = Callable[["Server", Random], None]
_seed = [0]
"""One for a process, since a process works for one batch."""
_drawn_in: dict[str, str] = {}
"""By name of a scene, the file that it came from: pytest imports a file once more, under a name of its own."""


class Unloadable(Exception):
    """A file of hidden checks is not what it should be; the message says which and why."""


def draw_from(seed: int) -> None:
    """Set the seed that every scene of this process draws from."""
    _seed[0] = seed


def drawn(**about: str) -> Callable[[DrawnScene], DrawnScene]:
    """Make a scene known that draws what it needs; as `grader.experiments.experiment` does.

    Args:
        about: track's name = name of the check that answers for it.
    """

    def known(scene: DrawnScene) -> DrawnScene:
        name, file = scene.__name__, scene.__code__.co_filename

        @wraps(scene)
        def seeded(server: Server) -> None:
            scene(server, Random(f"{_seed[0]}/{name}"))

        if _drawn_in.get(name) == file:
            del EXPERIMENTS[name]
        experiment(last=False, long=False, **about)(seeded)
        _drawn_in[name] = file
        return scene

    return known


def files_in(folder: Path = FOLDER) -> list[Path]:
    """The files of hidden checks; none where the folder is not there, as in the hand-out."""
    return sorted(folder.glob("test_*.py"))


@cache
def hidden_checks(folder: Path = FOLDER) -> tuple[Check, ...]:
    """The hidden checks of a folder; they have no points by themselves.

    Raises:
        Unloadable: a file of them is not what it should be.
    """
    found: dict[str, Check] = {}
    taken = {check.id for check in rubric()}
    for file in files_in(folder):
        checks = _checks_in(file)
        if not checks:
            raise Unloadable(f"{file} holds no check: a function called test_… under @check(points=0, on=…)")
        for check in checks:
            if check.id in taken | set(found):
                raise Unloadable(f"{file} holds a check {check.id}, and there is one already: give it another name")
            found[check.id] = check
    return tuple(found.values())


def _checks_in(file: Path) -> list[Check]:
    module = _loaded(file)
    checks = [check for value in vars(module).values() if callable(value) for check in checks_of(value)]
    for check in checks:
        scenes = [name for name in check.needs if name != "reference"]
        unknown = [name for name in scenes if check.track.name not in _tracks_of(name)]
        if unknown or not scenes:
            what = f"the scene {unknown[0]!r}, and there is none on this track" if unknown else "no scene"
            raise Unloadable(f"{file}: the check {check.id} asks for {what}; there are: {', '.join(EXPERIMENTS)}")
    return [msgspec.structs.replace(check, points=0.0, stretch=True, hidden=True) for check in checks]


def _tracks_of(scene: str) -> set[str]:
    return set(EXPERIMENTS[scene].about) if scene in EXPERIMENTS else set()


def _loaded(file: Path) -> ModuleType:
    name = f"forklab_hidden_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise Unloadable(f"{file} can't be loaded: {type(error).__name__}: {error}") from error
    return module
