"""`handout` and `bundle`: what students and autograder platforms unpack."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Mapping
from pathlib import Path

from grader import grading, handed_out, scratch
from grader.apparatus.sandbox.choosing import TIERS, choose
from grader.commands import GRADED
from grader.commands.assigned import assignment_for, file_of_the_assignment, takes_an_assignment
from grader.commands.grade import ports_of
from grader.commands.options import Commands, count, seconds
from grader.commands.shown import printable
from grader.parcels import gradescope, handout
from grader.parcels.parcel import Parcel, Unpackable, must_be_free, write_folder, write_zip
from grader.reference import Reference

ZIP = ".zip"


def add_to(commands: Commands) -> None:
    """What `handout` and `bundle` understand."""
    out = commands.add_parser("handout", help="write what students unpack, work in and grade themselves in")
    out.set_defaults(command=_handout)
    out.add_argument("to", type=Path, metavar="DEST", help=f"a folder, or an archive if it ends in {ZIP}")
    out.add_argument("--wheels", action="store_true", help="with the packages it needs: works without a network")
    takes_an_assignment(out)
    platform = commands.add_parser("bundle", help="write the autograder that a platform unpacks")
    platform.set_defaults(command=_bundle)
    platform.add_argument("platform", choices=("gradescope",), help="whose autograder it is")
    platform.add_argument("--to", type=Path, required=True, metavar="FILE", help=f"the archive, {ZIP}")
    platform.add_argument("--sandbox", choices=TIERS, default="auto", help="as for grade (default: auto)")
    platform.add_argument("--count-bonus", action="store_true", help="count the stretch's points in the score")
    platform.add_argument("--seed", type=count, metavar="N", help="for hidden checks' requests (default: drawn now)")
    platform.add_argument(
        "--time-limit", type=seconds, default=gradescope.TIME_LIMIT, metavar="S", help="for one submission"
    )
    takes_an_assignment(platform)


def _handout(options: argparse.Namespace) -> int:
    from grader.parcels.wheels import fetched, pinned  # they take time to be imported, and no other command needs them

    if options.to.suffix != ZIP:
        must_be_free(options.to)
    versions = pinned(grading.PROJECT)
    assignment_for(options)
    wheels = fetched(versions) if options.wheels else {}
    parcel = handout.handout(grading.PROJECT, _references(), versions, wheels, _today())
    return _written(parcel, options.to, within=handout.FOLDER)


def _today() -> dict[str, bytes]:
    """The template's files and the students' part of the assignment, by their place in the hand-out."""
    texts = {_place_of(path): text.encode() for path, text in handed_out.files_of_today().items()}
    return texts | handed_out.assignment_for_students()


def _place_of(path: Path) -> str:
    lies_in = grading.TEMPLATE if path.is_relative_to(grading.TEMPLATE) else grading.PROJECT
    return path.relative_to(lies_in).as_posix()


def _references() -> Mapping[str, Reference]:
    """The reference as it is graded here, which proves that its answers are the right ones."""
    tier = choose(with_canary=False)
    with scratch.room(), ports_of(tier):
        return grading.references_of(grading.grade_the_reference(tier).looked)


def _bundle(options: argparse.Namespace) -> int:
    from grader.parcels.wheels import fetched, installed, pinned

    if options.to.suffix != ZIP:
        raise Unpackable(f"--to {str(options.to)!r}: the platform takes an archive whose name ends in {ZIP}")
    versions = pinned(grading.PROJECT)
    seed = secrets.randbelow(1 << 32) if options.seed is None else options.seed
    words = ["--sandbox", options.sandbox, "--seed", str(seed), "--time-limit", f"{options.time_limit:g}"]
    words += ["--count-bonus"] if options.count_bonus else []
    wheels = fetched({**versions, "pip": installed("pip")}, gradescope.TARGETS)
    assignment_for(options)
    assignment = file_of_the_assignment(options)
    return _written(gradescope.bundle(grading.PROJECT, words, versions, wheels, assignment), options.to)


def _written(parcel: Parcel, to: Path, *, within: str = "") -> int:
    """A folder or an archive, and a line about it."""
    if to.suffix == ZIP:
        write_zip(parcel, to, within=within)
    else:
        write_folder(parcel, to)
    size = to.stat().st_size if to.suffix == ZIP else sum(len(content.data) for content in parcel.values())
    print(f"written: {printable(str(to))}, {len(parcel)} files, {size / 1e6:.1f} MB")
    return GRADED
