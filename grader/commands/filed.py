"""`rejudge`, `report` and `index`: results that are filed, judged, shown or listed anew; no student's code runs."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from pathlib import Path

from grader import batch, index, rejudging
from grader.commands import GRADED, NOT_ALL_GRADED
from grader.commands.assigned import assignment_for, takes_an_assignment
from grader.commands.grade import file_the_class
from grader.commands.options import Commands, language, positive
from grader.commands.shown import Line, counted, printable
from grader.model import points_shown

QUESTION = "SELECT check_id, count(*) FROM outcomes WHERE outcome = 'failed' GROUP BY 1 ORDER BY 2 DESC"


def add_to(commands: Commands) -> None:
    """What `rejudge`, `report` and `index` understand."""
    again = commands.add_parser("rejudge", help="judge recordings anew with today's checks; no student's code runs")
    again.set_defaults(command=_rejudge)
    again.add_argument("out", type=Path, metavar="OUT", help="results folder")
    language(again, "each result stays in its own")
    takes_an_assignment(again)
    pages = commands.add_parser("report", help="write all pages anew from the results")
    pages.set_defaults(command=_report)
    pages.add_argument("out", type=Path, metavar="OUT", help="results folder")
    takes_an_assignment(pages)
    pages.add_argument("--jobs", type=positive, default=os.cpu_count() or 1, help="pages at once")
    language(pages, "each page stays in its own")
    listing = commands.add_parser("index", help="class page, gradebook and a database for questions, from the results")
    listing.set_defaults(command=_index)
    listing.add_argument("out", type=Path, metavar="OUT", help="results folder")
    takes_an_assignment(listing)


def _rejudge(options: argparse.Namespace) -> int:
    out = options.out.resolve()
    rejudging.folders_in(out)
    assignment_for(options, out)
    came: list[rejudging.Rejudged | rejudging.LeftAlone] = []

    def told(one: rejudging.Rejudged | rejudging.LeftAlone) -> None:
        came.append(one)
        for line in _changes(one):
            print(line)

    began = time.monotonic()
    with batch.alone_in(out):
        rejudging.rejudge(out, told, options.lang or "")
        batch.file_the_language(out, options.lang or "")
        file_the_class(out)
    took, sums = time.monotonic() - began, rejudging.sums_of(came)
    for check, count in sums.unjudged.items():
        print(f"{check} is as it was in {counted(count)}: what it reads was not recorded; grade anew to have it")
    print(
        f"{counted(len(came))} judged anew in {took:.1f} s: {sums.gained} gained points, {sums.lost} lost points, "
        f"{sums.same} have as many as before, {sums.left_alone} left alone, {sums.human} to be looked at by a human"
    )
    return NOT_ALL_GRADED if sums.left_alone or sums.human else GRADED


def _changes(one: rejudging.Rejudged | rejudging.LeftAlone) -> list[str]:
    """What became of one submission, its score first."""
    if isinstance(one, rejudging.LeftAlone):
        return [f"{printable(one.name)} is left alone: {printable(one.why)}"]
    name, before, after = printable(one.after.submission), one.before.score, one.after.score
    lines = [f"  {printable(change.told)}" for change in one.changes]
    score = f"{points_shown(before)} -> {points_shown(after)}" if before != after else points_shown(after)
    return [f"{name}: {score} of {points_shown(one.after.points)}", *lines] if lines else []


def _report(options: argparse.Namespace) -> int:
    out = options.out.resolve()
    rejudging.folders_in(out)
    assignment_for(options, out)
    shown = Line(sys.stderr.isatty(), "pages written")
    with batch.alone_in(out):
        rejudging.reports(out, options.jobs, shown.tell, options.lang or "")
        batch.file_the_language(out, options.lang or "")
        file_the_class(out)
    shown.end()
    print(f"pages written anew: {out / batch.INDEX}")
    return GRADED


def _index(options: argparse.Namespace) -> int:
    out = options.out.resolve()
    rejudging.folders_in(out)
    assignment_for(options, out)
    with batch.alone_in(out):
        done = index.update(out)
        file_the_class(out)
    print(f"{counted(done.submissions)}, {done.read} read anew: {out / index.INDEX}")
    print("Its tables are submissions, checks and outcomes; what was failed most, for example:")
    print(shlex.join(["sqlite3", str(out / index.INDEX), QUESTION]))
    return GRADED
