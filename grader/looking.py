"""Wanted scenes in, recordings out: two lanes side by side, a box for each, a scene again where it was unclear.

    wanted scenes ──┬──> lane 1: its box, scene after scene
    (longest first) └──> lane 2: its box, scene after scene

Boxes with a network of their own take whatever scene is next. Where there is but one network, a lane is a track: two
servers at once on one port would be one too many.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from grader.apparatus.sandbox.box import Box, BoxBroken
from grader.apparatus.scene import Bounds, Cut, Interrupted, Unclear
from grader.apparatus.server import Server
from grader.experiments import EXPERIMENTS, Experiment
from grader.explaining import error_of_ours
from grader.model import Track, track_named
from grader.programs import what_is_wrong_with
from grader.recording import Recording
from grader.wording import ENGLISH, filed, speaking

TRIES = 3
"""How often a scene is played where the machine does not let us see; then its checks are INCONCLUSIVE."""
LANES = 2
"""While one waits for its server, the other one's runs."""

MakeBox = Callable[[Path], Box]
Looked = dict[str, dict[str, Recording]]
"""Recordings by track's name and scene's name."""
Tell = Callable[[int, int], None]
"""Told now and then of a look that takes long: how many scenes were played, of how many."""
TELL_EVERY = 1.0
"""Seconds."""


class Task(NamedTuple):
    """A scene to be played with one track's program."""

    track: Track
    experiment: Experiment


class Look(NamedTuple):
    """What a look is at.

    Args:
        programs: folder of the submission's files, as the boxes may show it.
        make_box: starts a box that shows this folder.
        bounds: the submission's time limit, and who may stop the run.
        refused: files of the submission that were not copied, and why.
        found: the recordings so far; each lane writes its own scenes.
    """

    programs: Path
    make_box: MakeBox
    bounds: Bounds
    refused: Mapping[str, str]
    found: Looked


def look(
    programs: Path,
    wanted: Mapping[str, tuple[str, ...]],
    make_box: MakeBox,
    bounds: Bounds,
    refused: Mapping[str, str] | None = None,
    *,
    one_network: bool = False,
    tell: Tell = lambda played, wanted: None,
) -> Looked:
    """Play the wanted scenes.

    Args:
        wanted: by track's name, the scenes.
        one_network: all boxes share the machine's own.
        tell: of the progress, in this very thread.

    The other arguments are those of Look.

    Raises:
        KeyboardInterrupt: somebody pressed Ctrl-C; every box is ended first.
    """
    here = Look(programs, make_box, bounds, refused or {}, {track: {} for track in wanted})
    tasks = [
        Task(track_named(track), EXPERIMENTS[name])
        for track, scenes in wanted.items()
        for name in scenes
        if not _cannot_start(here, Task(track_named(track), EXPERIMENTS[name]))
    ]
    threads = [threading.Thread(target=_play_all, args=(here, lane)) for lane in _lanes(tasks, one_network)]
    with speaking(ENGLISH):  # recordings are data: whoever tells of them says it in their own language
        _run(threads, bounds, lambda: tell(_scenes_in(here.found), _scenes_in(wanted)))
    return here.found


def _scenes_in(tracks: Mapping[str, Collection[str]]) -> int:
    return sum(map(len, tracks.values()))


def _run(threads: list[threading.Thread], bounds: Bounds, tell: Callable[[], None]) -> None:
    """Have every lane played to its end."""
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(TELL_EVERY)
                tell()
    except BaseException:
        bounds.stop()
        for thread in threads:
            thread.join()
        raise


def _lanes(tasks: list[Task], one_network: bool) -> list[deque[Task]]:
    """The longest scenes first, so that lanes end together; what leaves something behind last."""
    ordered = sorted(tasks, key=lambda task: (task.experiment.last, not task.experiment.long))
    if one_network:
        tracks = {task.track.name for task in tasks}
        return [deque(task for task in ordered if task.track.name == track) for track in sorted(tracks)]
    shared = deque(ordered)
    return [shared] * min(LANES, len(tasks))


def _cannot_start(here: Look, task: Task) -> bool:
    """Where a program can't be started at all, that is all that its recordings say."""
    why = what_is_wrong_with(here.programs / task.track.program, here.refused)
    if why:
        here.found[task.track.name][task.experiment.name] = _never_started(task, why)
    return bool(why)


def _play_all(here: Look, lane: deque[Task]) -> None:
    """A lane's life: play what comes, in one box as long as it is fit for it."""
    box: Box | None = None
    used_up: set[str] = set()
    try:
        while lane:
            try:
                task = lane.popleft()
            except IndexError:  # the other lane was faster
                return
            recordings = here.found[task.track.name]
            if _never_listens(recordings):
                recordings[task.experiment.name] = _never_started(task, _last_cut(recordings))
                continue
            if box is not None and task.track.name in used_up:
                box.close()
                box = None
            if box is None:
                used_up.clear()
            box = _play_until_clear(here, task, box)
            if task.experiment.last:
                used_up.add(task.track.name)
    except Interrupted:
        return
    finally:
        if box is not None:
            box.close()


def _play_until_clear(here: Look, task: Task, box: Box | None) -> Box | None:
    """Play one scene, and again where the machine did not let us see; the box, if it can be used further."""
    for _ in range(TRIES):
        try:
            box = box or _box(here)
        except (BoxBroken, OSError) as broken:
            recording = Recording(
                experiment=task.experiment.name, track=task.track.name, broken=filed("no box: {why}", why=broken)
            )
        else:
            recording, box = _play(here, task, box)
        here.found[task.track.name][task.experiment.name] = recording
        if not (recording.unclear or recording.broken):
            break
    return box


def _box(here: Look) -> Box:
    """A box, at the second try if need be: a machine under load refuses one now and then."""
    try:
        return here.make_box(here.programs)
    except BoxBroken:
        return here.make_box(here.programs)


def _play(here: Look, task: Task, box: Box) -> tuple[Recording, Box | None]:
    """Play one scene; a box that broke is not used again."""
    experiment, track = task.experiment, task.track
    server = Server(box, track, experiment.name, experiment.about[track.name], here.bounds, here.programs)
    cut = unclear = broken = ""
    try:
        here.bounds.check()
        experiment.scene(server)
    except Cut as end:
        cut = str(end)
    except Unclear as why:
        unclear = str(why)
    except Interrupted:
        server.recording()
        raise
    except Exception as error:  # ours: it must not take the other scenes with it
        broken = error_of_ours(error)
    recording = server.recording(cut=cut, unclear=unclear, broken=broken)
    if broken:
        box.close()
        return recording, None
    return recording, _cleared(box, track)


def _cleared(box: Box, track: Track) -> Box | None:
    """The box with nothing left in it; None where it can't be trusted any more, or files of a program lie in it."""
    try:
        box.clear()
        box.free_ports([track.port])  # at the other track's somebody may listen, where there is but one network
        if box.renew():
            return box
    except BoxBroken:
        pass
    box.close()
    return None


def _never_listens(recordings: Mapping[str, Recording]) -> bool:
    """Two scenes were cut before the server waited for clients: no other will come further, unless it was not its fault."""
    seen = list(recordings.values())
    return len(seen) >= 2 and all(one.cut and one.about == "listens" and not one.unclear for one in seen)


def _last_cut(recordings: Mapping[str, Recording]) -> str:
    return list(recordings.values())[-1].cut


def _never_started(task: Task, why: str) -> Recording:
    return Recording(experiment=task.experiment.name, track=task.track.name, cut=why, about="listens")
