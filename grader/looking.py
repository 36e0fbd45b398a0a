"""Wanted scenes in, recordings out: a box per track, all tracks side by side, a scene again where it was unclear."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from grader.apparatus.sandbox.box import Box, BoxBroken
from grader.apparatus.scene import Bounds, Cut, Interrupted, Unclear
from grader.apparatus.server import Server
from grader.experiments import EXPERIMENTS, Experiment
from grader.model import Track, track_named
from grader.recording import Recording

TRIES = 3
"""How often a scene is played where the machine does not let us see; then its checks are INCONCLUSIVE."""

MakeBox = Callable[[Path], Box]
Looked = dict[str, dict[str, Recording]]
"""Recordings by track's name and scene's name."""


def look(
    programs: Path,
    wanted: Mapping[str, tuple[str, ...]],
    make_box: MakeBox,
    bounds: Bounds,
    refused: Mapping[str, str] | None = None,
) -> Looked:
    """Play the wanted scenes.

    Args:
        programs: folder of the submission's files, as the boxes may show it.
        wanted: by track's name, the scenes.
        make_box: starts a box that shows this folder.
        bounds: the submission's time limit, and who may stop the run.
        refused: files of the submission that were not copied, and why.

    Raises:
        KeyboardInterrupt: somebody pressed Ctrl-C; every box is ended first.
    """
    looked: Looked = {track: {} for track in wanted}
    threads = [
        threading.Thread(
            target=_look_at_track,
            args=(programs, track_named(track), scenes, make_box, bounds, refused or {}, looked[track]),
            name=f"look at {track}",
        )
        for track, scenes in wanted.items()
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except BaseException:
        bounds.stop()
        for thread in threads:
            thread.join()
        raise
    return looked


def _look_at_track(
    programs: Path,
    track: Track,
    scenes: tuple[str, ...],
    make_box: MakeBox,
    bounds: Bounds,
    refused: Mapping[str, str],
    recordings: dict[str, Recording],
) -> None:
    """Play a track's scenes in one box, one after the other; those that leave something behind come last."""
    todo = sorted((EXPERIMENTS[name] for name in scenes), key=lambda experiment: experiment.last)
    why = what_is_wrong_with(programs / track.program, refused)
    box: Box | None = None
    try:
        for experiment in todo:
            if why:
                recordings[experiment.name] = _never_started(experiment, track, why)
                continue
            if _never_listens(recordings):
                recordings[experiment.name] = _never_started(experiment, track, _last_cut(recordings))
                continue
            for attempt in range(1, TRIES + 1):
                if box is None:
                    box = _box(programs, make_box)
                recording, box = _play(experiment, track, box, bounds, programs)
                recordings[experiment.name] = recording
                if attempt == TRIES or not (recording.unclear or recording.broken):
                    break
    except Interrupted:
        return
    except BoxBroken as broken:
        for experiment in todo:
            recordings.setdefault(
                experiment.name,
                Recording(experiment=experiment.name, track=track.name, broken=f"no box: {broken}"),
            )
    finally:
        if box is not None:
            box.close()


def _never_listens(recordings: Mapping[str, Recording]) -> bool:
    """Two scenes were cut before the server waited for clients: no other will come further."""
    cut = [recording for recording in recordings.values() if recording.cut and recording.about == "listens"]
    return len(cut) >= 2 and len(cut) == len(recordings)


def _last_cut(recordings: Mapping[str, Recording]) -> str:
    return list(recordings.values())[-1].cut


def _box(programs: Path, make_box: MakeBox) -> Box:
    """A box, at the second try if need be: a machine under load refuses one now and then."""
    try:
        return make_box(programs)
    except BoxBroken:
        return make_box(programs)


def _play(
    experiment: Experiment, track: Track, box: Box, bounds: Bounds, programs: Path
) -> tuple[Recording, Box | None]:
    """Play one scene; a box that broke is not used again."""
    server = Server(box, track, experiment.name, experiment.about[track.name], bounds, programs)
    cut = unclear = broken = ""
    try:
        bounds.check()
        experiment.scene(server)
    except Cut as end:
        cut = str(end)
    except Unclear as why:
        unclear = str(why)
    except Interrupted:
        server.recording()
        raise
    except Exception as error:  # ours: it must not take the other scenes with it
        where = traceback.extract_tb(error.__traceback__)[-1]
        broken = f"{type(error).__name__}: {error} ({where.name}:{where.lineno})"
    recording = server.recording(cut=cut, unclear=unclear, broken=broken)
    try:
        box.clear()
    except BoxBroken:
        box.close()
        return recording, None
    if broken:
        box.close()
        return recording, None
    return recording, box


def what_is_wrong_with(program: Path, refused: Mapping[str, str]) -> str:
    """Why a program can't be started at all, in a sentence; "" if it can."""
    if program.name in refused:
        return f"{program.name} {refused[program.name]}"
    if not program.exists() and not program.is_symlink():
        others = sorted(path.name for path in program.parent.iterdir())[:8]
        there = ", ".join(others) or "nothing"
        return f"there is no file {program.name} in the submission (there is: {there})"
    if not program.is_file():
        return f"{program.name} is no regular file"
    return ""


def _never_started(experiment: Experiment, track: Track, why: str) -> Recording:
    return Recording(experiment=experiment.name, track=track.name, cut=why, about="listens")
