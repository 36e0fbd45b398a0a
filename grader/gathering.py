"""One submission, a folder or an archive, to a folder of its programs that boxes may show.

an archive ──> unpacked ──> where its programs lie ──> copied ──> programs by the right name
files      ──> together     ^  │ nowhere, but there is one archive
                            └──┘
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from grader.archives.limits import MB, MOST_NESTED, Limits, NotUnpacked
from grader.archives.unpacking import unpack
from grader.copying import MOST_DEPTH, MOST_FILES, copy, copy_part
from grader.forgiving import forgiven, meant_by, told_of, told_of_several
from grader.submission import PROGRAMS, UNSAID, Submission, is_an_archive, is_left_out, programs_in
from grader.wording import filed

OF_A_SUBMISSION = Limits(packed=64 * MB, entries=10_000, read=512 * MB, unpacked=128 * MB, file=64 * MB)
"""What one archive may cost: a virtual environment that was forgotten in it has some thousands of entries."""
MOST_LOOKED_AT = 20_000
"""Files and folders that are searched for the programs."""
MOST_NOTES = 10
A_FILE = "a file of another name"
"""In texts without names."""
_QUOTED = re.compile(r"(?<!\w)(['\"]).*?\1(?!\w)")


class Gathered(NamedTuple):
    """What became of a submission's files.

    Args:
        refused: by path in the submission, why a file was not copied: ends of sentences that begin with the path.
        wrong: by program, why it can't be started: ends of sentences that begin with the program.
        notes: sentences for the student's page.
    """

    refused: dict[str, str]
    wrong: dict[str, str]
    notes: tuple[str, ...] = ()


class _Found(NamedTuple):
    """Where the programs lie.

    Args:
        place: a folder, by path in `root`.
        refused: by path in `root`, what was not unpacked.
        before: the same for the archives around the one that was unpacked to `root`.
    """

    root: Path
    place: Path
    refused: dict[str, str]
    before: dict[str, str]


class _NotFound(Exception):
    """Nothing of a submission can be graded: the rest of a sentence that begins with a program."""


def gather(submission: Submission, room: Path, destination: Path) -> Gathered:
    """Copy a submission's files to where boxes may show them; whatever is wrong with it is told, not raised.

    Args:
        room: an empty folder for what archives hold; it is not needed any more when this returns.
    """
    gathered = _gathered(submission, room, destination)
    return _without(gathered, submission, destination) if submission.unsaid else gathered


def _gathered(submission: Submission, room: Path, destination: Path) -> Gathered:
    try:
        found = _unfolded(submission, room)
    except _NotFound as why:
        destination.mkdir(mode=0o755, parents=True)
        return Gathered({}, dict.fromkeys(PROGRAMS, str(why)), submission.notes)
    copied = copy(found.root / found.place, destination)
    if "." in copied:
        refusal = filed("can't be had: the folder {refusal}", refusal=copied["."])
        return Gathered({}, dict.fromkeys(PROGRAMS, refusal), submission.notes)
    refused = {**found.refused, **{str(found.place / path): why for path, why in copied.items()}}
    wrong = {program: refused[path] for program in PROGRAMS if (path := str(found.place / program)) in refused}
    unclear, notes = _forgive(destination, wrong, anonymous=bool(submission.unsaid))
    return Gathered({**found.before, **refused}, {**wrong, **unclear}, (*submission.notes, *notes))


def _forgive(destination: Path, wrong: Mapping[str, str], *, anonymous: bool) -> tuple[dict[str, str], list[str]]:
    """Give programs their right name where one file alone can be meant; why not, and what there is to say of it.

    Args:
        anonymous: students often put their own names into those of their files.
    """
    files = [path.name for path in destination.iterdir() if path.is_file()]
    there = [*wrong, *programs_in(destination)]
    found = forgiven(files, [program for program in sorted(PROGRAMS) if program not in there])
    for program, name in found.taken.items():
        shutil.copyfile(destination / name, destination / program)
        (destination / program).chmod(0o644)
    taken = dict.fromkeys(found.taken, A_FILE) if anonymous else found.taken
    unclear = {
        program: told_of_several([f"{A_FILE} {number}" for number, _ in enumerate(names, 1)] if anonymous else names)
        for program, names in found.unclear.items()
    }
    return unclear, told_of(taken)


def _without(gathered: Gathered, submission: Submission, destination: Path) -> Gathered:
    """The same in texts without names that may not be said, nor those of files, which may hold them."""

    def told(text: str) -> str:
        return submission.without_names(_QUOTED.sub(UNSAID, text))

    gone = {
        program: filed("is not in the submission")
        for program in PROGRAMS
        if program not in gathered.wrong and not os.path.lexists(destination / program)
    }
    return Gathered(
        {_called(number, path): told(why) for number, (path, why) in enumerate(sorted(gathered.refused.items()), 1)},
        {**{program: told(why) for program, why in gathered.wrong.items()}, **gone},
        tuple(map(told, gathered.notes)),
    )


def _called(number: int, path: str) -> str:
    """A refused file, in texts without names: a program's is nobody's."""
    return Path(path).name if Path(path).name in PROGRAMS else f"{A_FILE} {number}"


def notes_on(refused: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each file that was not copied; many are counted."""
    told = [
        filed("{path} was left out: it {refusal}", path=path[:200], refusal=why)
        for path, why in sorted(refused.items())
    ]
    if len(told) <= MOST_NOTES:
        return tuple(told)
    return (*told[:MOST_NOTES], filed("{number} files more were left out", number=len(told) - MOST_NOTES))


def _unfolded(submission: Submission, room: Path) -> _Found:
    """Where the programs lie, archives unpacked.

    Raises:
        _NotFound: an archive is refused, or it can't be told which programs count.
    """
    path, refused = submission.path, dict(submission.refused)
    before: dict[str, str] = {}
    if submission.parts:
        path, refused = _together(submission, room / "parts")
    else:
        _assert_it_is_there(path, refused)
    for nested in range(MOST_NESTED + 1):
        if not path.is_dir():
            before |= refused
            path, refused = _unpacked(path, room / str(nested))
        there = list(_looked_through(path))
        places = _places((*there, *_within(refused)))
        archives = [] if places else sorted(one for one in there if is_an_archive(path / one))
        if not archives:
            place = _outermost(places) if places else _inside_single_folders(path)
            return _Found(path, place, refused, before)
        if len(archives) > 1:
            one, other = map(str, archives[:2])
            raise _NotFound(
                filed(
                    "can't be told: archives lie there, {one!r} and {other!r}, and only one can be graded",
                    one=one,
                    other=other,
                )
            )
        path = path / archives[0]
    raise _NotFound(filed("can't be had: archives lie within archives, more than {most} deep", most=MOST_NESTED))


def _together(submission: Submission, folder: Path) -> tuple[Path, dict[str, str]]:
    """A folder of the files that a download has beside those of others, and why some are not in it."""
    folder.mkdir(mode=0o700)
    refused = dict(submission.refused)
    left = [MOST_FILES, OF_A_SUBMISSION.unpacked]
    for name, path in submission.parts:
        why = "" if name in refused else copy_part(path, folder / name, left, OF_A_SUBMISSION.packed)
        if why:
            refused[name] = why
    return folder, refused


def _places(there: Iterable[Path]) -> set[Path]:
    """The folders with programs in them; where none has its right name, with files that are meant to be."""
    paths = list(there)
    right = {one.parent for one in paths if one.name in PROGRAMS}
    return right or {one.parent for one in paths if meant_by(one.name)}


def _assert_it_is_there(path: Path, refused: Mapping[str, str]) -> None:
    """Raise if all of a submission was refused, when the class's archive was unpacked."""
    if refused and not os.path.lexists(path):
        name, why = next(iter(refused.items()))
        raise _NotFound(_cant_be_had(str(path.name / Path(name)), why))


def _cant_be_had(name: str, why: object) -> str:
    """The rest of a sentence that begins with a program."""
    return filed("can't be had: {name!r} {refusal}", name=name, refusal=why)


def _within(refused: Iterable[str]) -> list[Path]:
    """What was refused in a folder of the submission, and not because it leads out of it: its place is known."""
    return [path for path in map(Path, refused) if not path.is_absolute() and ".." not in path.parts]


def _unpacked(archive: Path, folder: Path) -> tuple[Path, dict[str, str]]:
    folder.mkdir(mode=0o700)
    try:
        return folder, unpack(archive, folder, OF_A_SUBMISSION, is_left_out)
    except NotUnpacked as why:
        raise _NotFound(_cant_be_had(archive.name, why)) from why


def _looked_through(folder: Path) -> Iterator[Path]:
    """Whatever lies in a folder, by path in it; the programs alone where they lie in the folder itself."""
    if programs_in(folder):
        yield from map(Path, programs_in(folder))
        return
    looked_at = 0
    for here, folders, files in os.walk(folder):
        below = Path(here).relative_to(folder)
        for name in (*folders, *files):
            if not is_left_out(name):
                yield below / name
        looked_at += len(folders) + len(files)
        kept = len(below.parts) < MOST_DEPTH and looked_at < MOST_LOOKED_AT
        folders[:] = sorted(name for name in folders if kept and not is_left_out(name) and name not in PROGRAMS)


def _inside_single_folders(folder: Path) -> Path:
    """The first folder in this one that holds anything but a single folder: what lies there is what there is."""
    inner = Path()
    while len(inner.parts) < MOST_DEPTH:
        try:
            entries = [entry for entry in os.scandir(folder / inner) if not is_left_out(entry.name)]
        except OSError:  # copying it will say why
            break
        if len(entries) != 1 or not entries[0].is_dir(follow_symlinks=False):
            break
        inner /= entries[0].name
    return inner


def _outermost(places: Iterable[Path]) -> Path:
    """The folder with programs in which all the others lie.

    Raises:
        _NotFound: there is none, so that it can't be told which is meant.
    """
    first, *others = sorted(places, key=lambda place: (len(place.parts), place))
    beside = [place for place in others if not place.is_relative_to(first)]
    if beside:
        raise _NotFound(
            filed(
                "can't be told: programs lie in {one!r} and in {other!r}, and only one folder can be graded",
                one=str(first),
                other=str(beside[0]),
            )
        )
    return first
