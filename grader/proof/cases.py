"""Wrong servers that say what they must fail, and right ones that must fail nothing.

    # One sentence that says what is wrong.
    # fails: forking/reaps_a_burst
    # passes: forking/zombies_do_not_pile_up
    # follows: forking/answers: one sentence that says why this fails too
    # cause: one_child_per_signal

heads a file of `mutants/<track>/`; a file or folder of `right/<track>/` must earn every point. The other track's
program is the reference's, and must earn every point too. `cause` names the diagnosis that comes first; two, with a
comma, where what can be seen does not tell them apart; `none` where a student may be told nothing.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from grader import grading, scratch
from grader.causes import CAUSES
from grader.model import TRACKS, track_named
from grader.submission import Submission

SERVERS = grading.PROJECT / "tests"
_NAMED = re.compile(r"^# (fails|passes|cause):(.*)$", re.MULTILINE)
_FOLLOWS = re.compile(r"^# follows:([^:\n]*):?(.*)$", re.MULTILINE)
_HEADER = re.compile(rb"^# (fails|passes|follows|cause):.*\n?", re.MULTILINE)


NO_CAUSE = "none"
"""Named as its cause by a server whose mistake no student may be told: only a hidden check sees it."""


class Unusable(Exception):
    """A file of wrong or right servers is not what it should be; the message says which and why."""


class Case(msgspec.Struct, frozen=True):
    """One server whose outcomes are known.

    Args:
        path: its program, or a folder with its program and more.
        fails: ids of the checks that must fail; none for a right server.
        passes: ids of the checks that must pass all the same.
        follows: checks that may fail besides, and why that follows from what is wrong.
        causes: names of the diagnoses of which one must come first; NO_CAUSE where there must be none of the core.
    """

    path: Path
    track: str
    fails: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    follows: dict[str, str] = {}
    causes: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """It must earn every point."""
        return not self.fails

    @property
    def name(self) -> str:
        """`right/forking/double_fork`."""
        return f"{'right' if self.is_right else 'mutants'}/{self.track}/{self.path.stem}"


def cases_in(folder: Path) -> list[Case]:
    """The cases of a folder that holds `mutants/` and `right/`.

    Raises:
        Unusable: there are none, or a header is not what it should be.
    """
    known = {check.id for check in grading.checks_here()}
    found = [
        _case(path, track.name, known, wrong=kind == "mutants")
        for kind in ("mutants", "right")
        for track in TRACKS
        for path in sorted((folder / kind / track.name).glob("*"))
        if path.suffix == ".py" or (path / track.program).is_file()
    ]
    if not found:
        raise Unusable(f"{folder} holds no servers: neither mutants/<track>/*.py nor right/<track>/*.py")
    return found


def _case(path: Path, track: str, known: Collection[str], *, wrong: bool) -> Case:
    program = path if path.is_file() else path / track_named(track).program
    header = program.read_text("utf-8")
    named: dict[str, list[str]] = {"fails": [], "passes": [], "cause": []}
    for kind, ids in _NAMED.findall(header):
        named[kind] += _ids(ids)
    follows = {check: why.strip() for ids, why in _FOLLOWS.findall(header) for check in _ids(ids)}
    unknown = sorted({*named["fails"], *named["passes"], *follows} - set(known))
    if unknown:
        raise Unusable(f"{path} names {', '.join(unknown)}, and there is no such check: see `python -m grader rubric`")
    if wrong != bool(named["fails"]):
        raise Unusable(f"{path} " + ("names nothing that it fails" if wrong else "is a right server, but names fails"))
    if not all(follows.values()):
        raise Unusable(f"{path} does not say why {', '.join(c for c in follows if not follows[c])} follows")
    _must_name_causes(path, named["cause"], wrong=wrong)
    twice = sorted({*named["passes"], *follows} & {*named["fails"]} | {*named["passes"]} & {*follows})
    if twice:
        raise Unusable(f"{path} names {', '.join(twice)} twice, in other words each time")
    return Case(path, track, tuple(named["fails"]), tuple(named["passes"]), follows, tuple(named["cause"]))


def _must_name_causes(path: Path, causes: list[str], *, wrong: bool) -> None:
    if wrong != bool(causes):
        raise Unusable(f"{path} " + ("names no cause" if wrong else "is a right server, but names a cause"))
    unknown = sorted({*causes} - {NO_CAUSE, *(cause.name for cause in CAUSES)})
    if unknown:
        raise Unusable(f"{path} names {', '.join(unknown)}, and there is no such cause in grader/causes")


def _ids(listed: str) -> list[str]:
    return [check.strip() for check in listed.split(",") if check.strip()]


def program_of(case: Case) -> bytes:
    """All that makes a case's server what it is: its files, without what the header says of outcomes."""
    files = sorted(case.path.rglob("*.py")) if case.path.is_dir() else [case.path]
    return b"\0".join(_HEADER.sub(b"", file.read_bytes()) for file in files)


@contextmanager
def submission_of(case: Case) -> Iterator[Submission]:
    """The case as a submission: its program in one track, the reference's in the others."""
    with scratch.folder() as folder:
        for track in TRACKS:
            shutil.copyfile(grading.REFERENCE / track.program, folder / track.program)
        if case.path.is_dir():
            shutil.copytree(case.path, folder, dirs_exist_ok=True)
        else:
            shutil.copyfile(case.path, folder / track_named(case.track).program)
        yield Submission(case.path.stem, folder)
