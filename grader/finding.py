"""The submissions that paths mean: each is one, or a folder or an archive of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from grader.archives.kinds import is_called_an_archive, without_suffix
from grader.archives.limits import MB, MOST_NESTED, Limits, NotUnpacked
from grader.archives.unpacking import unpack
from grader.downloads import in_a_download, is_a_download, of_a_download
from grader.layouts import PLAIN
from grader.layouts.shapes import Unclear
from grader.levels import Level
from grader.listing import listed
from grader.model import TRACKS
from grader.submission import PROGRAMS, Submission, is_hidden, is_left_out, name_of, programs_in, submissions_in

OF_A_CLASS = Limits(
    packed=1024 * MB, entries=100_000, read=4096 * MB, unpacked=2048 * MB, file=64 * MB, depth=24, twins=True
)
"""What an archive of many may cost. One that costs more is refused whole: nobody is graded by half of his files."""


class NotASubmission(Exception):
    """A path that can't be graded; the message is a sentence for whoever named it."""


class Found(NamedTuple):
    """What paths mean.

    Args:
        notices: sentences on what was passed over, for whoever named the paths.
    """

    submissions: list[Submission]
    notices: list[str]


def find(paths: Sequence[Path], room: Path, layout: str = "") -> Found:
    """The submissions that these paths mean.

    Args:
        room: an empty folder for what archives hold; it is needed until the last of them is graded.
        layout: the name of the one that was asked for; "" where names are to tell.

    Raises:
        NotASubmission: a path is missing, broken or holds no submission, or two submissions have one name; or it is not
            clear whose something is.
        OSError: a folder can't be read, or the room not be written.
    """
    found: dict[str, Submission] = {}
    notices: list[str] = []
    for number, path in enumerate(paths):
        for submission in _clear(path, room / str(number), notices, layout):
            if submission.name in found:
                raise NotASubmission(
                    f"two submissions are called {submission.name!r}: {_quoted(found[submission.name].path)} and "
                    f"{_quoted(submission.path)}; grade them into two results folders, or rename one"
                )
            found[submission.name] = submission
    return Found(list(found.values()), notices)


def _clear(path: Path, room: Path, notices: list[str], layout: str) -> list[Submission]:
    try:
        return _within(path, room, notices, layout)
    except Unclear as why:
        raise NotASubmission(f"{_quoted(path)}: {why}") from why


def _within(path: Path, room: Path, notices: list[str], layout: str) -> list[Submission]:
    if not path.exists():
        raise NotASubmission(f"there is no file or folder {_quoted(path)}")
    if not path.is_dir():
        return _in_an_archive(path, room, notices, layout)
    alone = None if layout == PLAIN else of_a_download(path.resolve())
    if alone:
        return [alone]
    if programs_in(path):
        return [Submission(name_of(path.resolve()), path)]
    return _of_many(path, Level(path, path.resolve().name, {}, {}), notices, layout)


def _of_many(path: Path, level: Level, notices: list[str], layout: str) -> list[Submission]:
    """Each submission of a folder, as the platform names them, or each by its own name."""
    download = None if layout == PLAIN else in_a_download(level, layout)
    if download is None:
        return _each(path, level, notices)
    notices += _counted(f"left out of {_quoted(path)}", download.lost)
    notices += _counted(f"passed over in {_quoted(path)}, for no submission", list(map(repr, download.passed_over)))
    notices += download.notices
    return download.submissions


def _each(path: Path, level: Level, notices: list[str]) -> list[Submission]:
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


def _in_an_archive(path: Path, room: Path, notices: list[str], layout: str) -> list[Submission]:
    """One submission, where there is nothing but single folders and archives around its programs; or each of many."""
    level = outer = _unpacked(path.resolve(), room / "0", path)
    nested = 0
    while not (programs_in(level.folder) or PROGRAMS & set(level.refused)):
        submissions = submissions_in(level.folder)
        if len(submissions) != 1 or (layout != PLAIN and is_a_download(level)):
            return _of_many(path, level, notices, layout)
        inner = submissions[0].path
        if inner.is_dir():
            level = level.within(inner.name)
        elif (nested := nested + 1) < MOST_NESTED:
            notices += _counted(
                f"left out of {_quoted(path)}", [f"{name!r} {why}" for name, why in outer.refused.items()]
            )
            level = outer = _unpacked(inner, room / str(nested), path)
        else:
            raise NotASubmission(f"{_quoted(path)} holds archives within archives, more than {MOST_NESTED} deep")
    alone = None if layout == PLAIN else of_a_download(path.resolve())
    one = alone or Submission(name_of(path), path.resolve())
    return [one._replace(path=outer.folder, parts=(), refused=tuple(outer.refused.items()))]


def _unpacked(archive: Path, folder: Path, named: Path) -> Level:
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
    return Level(folder, without_suffix(archive.name), refused, {})


def _first_of(refused: Mapping[str, str]) -> str:
    name, why = next(iter(refused.items()))
    return f"{name!r} {why}"


def _quoted(path: Path) -> str:
    return repr(str(path))
