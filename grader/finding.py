"""The submissions that paths mean: each is one, or a folder or an archive of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from grader.archives.kinds import is_called_an_archive
from grader.archives.limits import MB, Limits, NotUnpacked
from grader.archives.unpacking import unpack
from grader.listing import listed
from grader.model import TRACKS
from grader.submission import PROGRAMS, Submission, is_hidden, is_left_out, name_of, programs_in, submissions_in

OF_A_CLASS = Limits(packed=1024 * MB, entries=100_000, read=4096 * MB, unpacked=2048 * MB, file=64 * MB, depth=24)
"""What an archive of many may cost. One that costs more is refused whole: nobody is graded by half of his files."""
MOST_NESTED = 3
"""Archives within archives, each the only thing in the other."""


class NotASubmission(Exception):
    """A path that can't be graded; the message is a sentence for whoever named it."""


class Found(NamedTuple):
    """What paths mean.

    Args:
        notices: sentences on what was passed over, for whoever named the paths.
    """

    submissions: list[Submission]
    notices: list[str]


class _Level(NamedTuple):
    """A folder of many, or of what an archive holds.

    Args:
        refused: by path in the folder, what was not unpacked, and why.
        elsewhere: the same for what is not in the folder.
    """

    folder: Path
    refused: Mapping[str, str]
    elsewhere: Mapping[str, str]

    def within(self, name: str) -> _Level:
        """The level of a folder in this one."""
        start = f"{name}/"
        inner = {path.removeprefix(start): why for path, why in self.refused.items() if path.startswith(start)}
        outer = {path: why for path, why in self.refused.items() if not path.startswith(start)}
        return _Level(self.folder / name, inner, {**self.elsewhere, **outer})


def find(paths: Sequence[Path], room: Path) -> Found:
    """The submissions that these paths mean.

    Args:
        room: an empty folder for what archives of many hold; it is needed until the last of them is graded.

    Raises:
        NotASubmission: a path is missing, broken or holds no submission, or two submissions have one name.
        OSError: a folder can't be read, or the room not be written.
    """
    found: dict[str, Submission] = {}
    notices: list[str] = []
    for number, path in enumerate(paths):
        for submission in _within(path, room / str(number), notices):
            if submission.name in found:
                raise NotASubmission(
                    f"two submissions are called {submission.name!r}: {_quoted(found[submission.name].path)} and "
                    f"{_quoted(submission.path)}; grade them into two results folders, or rename one"
                )
            found[submission.name] = submission
    return Found(list(found.values()), notices)


def _within(path: Path, room: Path, notices: list[str]) -> list[Submission]:
    if not path.exists():
        raise NotASubmission(f"there is no file or folder {_quoted(path)}")
    if not path.is_dir():
        return _in_an_archive(path, room, notices)
    if programs_in(path):
        return [Submission(name_of(path.resolve()), path)]
    return _of_many(path, _Level(path, {}, {}), notices)


def _of_many(path: Path, level: _Level, notices: list[str]) -> list[Submission]:
    """Each submission of a folder, with what was refused of it."""
    of: dict[str, list[tuple[str, str]]] = {one.path.name: [] for one in submissions_in(level.folder)}
    lost = dict(level.elsewhere)
    for name, why in level.refused.items():
        first, _, rest = name.partition("/")
        if first in of or (is_called_an_archive(first) if not rest else _is_a_name(first)):
            of.setdefault(first, []).append((rest, why))
        else:
            lost[name] = why
    if not of:
        wanted = " nor ".join(track.program for track in TRACKS)
        raise NotASubmission(f"{_quoted(path)} holds no submission: neither {wanted}, nor folders or archives of them")
    others = sorted(
        there.name for there in level.folder.iterdir() if there.name not in of and not is_hidden(there.name)
    )
    notices += _counted(f"left out of {_quoted(path)}", [f"{name!r} {why}" for name, why in lost.items()])
    notices += _counted(f"passed over in {_quoted(path)}, for no submission", list(map(repr, others)))
    return [
        Submission(name_of(level.folder / name), level.folder / name, tuple(refused)) for name, refused in of.items()
    ]


def _is_a_name(first: str) -> bool:
    """The folder of a submission, of which nothing was unpacked; and not the beginning of a path that leads elsewhere."""
    return first not in ("", "..") and "\0" not in first and not first.endswith(":") and not is_hidden(first)


def _counted(what: str, things: list[str]) -> list[str]:
    """A sentence on some things, if there are any; many are counted."""
    if not things:
        return []
    return [f"{what}: {listed(things)}"]


def _in_an_archive(path: Path, room: Path, notices: list[str]) -> list[Submission]:
    """One submission, where there is nothing but single folders and archives around its programs; or each of many."""
    level = _unpacked(path.resolve(), room / "0", path)
    nested = 0
    while not (programs_in(level.folder) or PROGRAMS & set(level.refused)):
        submissions = submissions_in(level.folder)
        if len(submissions) != 1:
            return _of_many(path, level, notices)
        inner = submissions[0].path
        if inner.is_dir():
            level = level.within(inner.name)
        elif (nested := nested + 1) < MOST_NESTED:
            level = _unpacked(inner, room / str(nested), path)
        else:
            raise NotASubmission(f"{_quoted(path)} holds archives within archives, more than {MOST_NESTED} deep")
    return [Submission(name_of(path), path.resolve())]


def _unpacked(archive: Path, folder: Path, named: Path) -> _Level:
    """What an archive holds.

    Args:
        named: what the archive is, or lies in.
    """
    folder.mkdir(mode=0o700, parents=True)
    try:
        refused = unpack(archive, folder, OF_A_CLASS, is_left_out)
    except NotUnpacked as why:
        inner = "" if archive == named.resolve() else f" holds {archive.name!r}, which"
        raise NotASubmission(f"{_quoted(named)}{inner} {why}") from why
    if refused and not any(path.is_file() for path in folder.rglob("*")):
        raise NotASubmission(f"nothing of {_quoted(named)} can be unpacked: {_first_of(refused)}")
    return _Level(folder, refused, {})


def _first_of(refused: Mapping[str, str]) -> str:
    name, why = next(iter(refused.items()))
    return f"{name!r} {why}"


def _quoted(path: Path) -> str:
    return repr(str(path))
