"""What `grade` is told of a class, and what it says that it took for what."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader import anonymity, finding, intake, shards
from grader.assignment import in_force
from grader.commands.shown import counted, printable
from grader.layouts import NAMES
from grader.listing import listed
from grader.submission import Submission, is_hidden

MOST_FILES = 5
"""Of one submission, in its line."""


def add_to(command: argparse.ArgumentParser) -> None:
    """The options on who is who."""
    command.add_argument("--layout", choices=NAMES, default="", help="how names are to be read (default: as they tell)")
    command.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="CSV of the class: sid,name,email,group,lms_id (default: that of assignment.toml)",
    )
    command.add_argument("--anonymous", action="store_true", help="a keyed hash in place of every name and id")
    command.add_argument("--key", type=Path, metavar="FILE", help="of the hashes (default: OUT/.key, made once)")


def class_of(options: argparse.Namespace, room: Path, environment: Mapping[str, str]) -> intake.Class:
    """Who is to be graded; it is printed who was taken for whom.

    Raises:
        NotASubmission, NoRoster, NotAnonymous, NoShard: what was asked for can't be done as it was asked.
    """
    if options.key and not options.anonymous:
        raise anonymity.NotAnonymous("--key is what names are hashed with: say --anonymous, too")
    out = options.out.resolve()
    shard = shards.shard_of_this_run(options.shard, environment)
    if shard and options.anonymous and not options.key and not (out / anonymity.KEY).exists():
        raise shards.NoShard(
            f"shard {shard.number} of {shard.total} needs --key FILE, the same for all: names are hashed with it"
        )
    found = finding.find(options.paths, room, options.layout)
    roster = options.roster or (Path(in_force().roster) if in_force().roster else None)
    taken = intake.taken_in(found.submissions, out, roster, anonymous=options.anonymous, key=options.key)
    if options.anonymous and found.notices:
        print("forklab: something was passed over or left out; without --anonymous it is named", file=sys.stderr)
    for notice in (*(() if options.anonymous else found.notices), *taken.told):
        print(f"forklab: {printable(notice)}", file=sys.stderr)
    for line in _lines(taken.submissions, hidden=options.anonymous):
        print(printable(line))
    return taken


def _lines(submissions: Sequence[Submission], *, hidden: bool) -> Iterator[str]:
    """What was taken for what, where a platform's download told it."""
    told = [one for one in submissions if one.taken]
    if not told:
        return
    layouts = sorted({one.student.layout for one in told if one.student and one.student.layout})
    yield f"{', '.join(layouts) or 'a download'}: {counted(len(told))}"
    yield from (_line(one, hidden=hidden) for one in told)


def _line(one: Submission, *, hidden: bool) -> str:
    """`doejane_1234_98_server.py -> Jane Doe (1234), late: server.py`."""
    late = ", late" if one.student and one.student.late else ""
    files = _files(one)
    if hidden:
        return f"  {one.name}{late}: {len(files)} at the top"
    return f"  {listed(one.taken, MOST_FILES)} -> {_who(one)}{late}: {listed(files, MOST_FILES) or 'nothing'}"


def _who(one: Submission) -> str:
    whose = one.student.in_words if one.student else None
    if whose is None or not (whose.name or whose.id):
        return one.name
    return f"{whose.name} ({whose.id})" if whose.name and whose.id else whose.name or whose.id


def _files(one: Submission) -> list[str]:
    """What lies at the top of it."""
    if one.parts:
        return [name for name, _ in one.parts]
    if not one.path.is_dir():
        return [one.path.name]
    return sorted(entry.name for entry in one.path.iterdir() if not is_hidden(entry.name))
