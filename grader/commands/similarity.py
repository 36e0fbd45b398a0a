"""`similarity`: pairs of programs that are alike, of submissions that are read and not run."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from grader import anonymity, finding, grading, scratch, store
from grader.commands import GRADED
from grader.commands.grade import PATH_HELP
from grader.commands.options import Commands, percent, positive
from grader.commands.shown import Line, counted, printable
from grader.layouts import NAMES
from grader.similarity.page import FILE, page_of
from grader.similarity.pairs import Compared, Pair, compare
from grader.similarity.texts import Text, of_the_template, texts_of
from grader.submission import Submission

THRESHOLD = 80.0
"""Per cent. Right servers that were written each for itself are at most 66 % alike, tests/test_similarity.py."""
MOST_LINES = 40


def add_to(commands: Commands) -> None:
    """What `similarity` understands."""
    one = commands.add_parser("similarity", help="pairs of programs that are alike, the hand-out left out")
    one.set_defaults(command=_similarity)
    one.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=PATH_HELP)
    one.add_argument("--layout", choices=NAMES, default="", help="how names are to be read (default: as they tell)")
    one.add_argument("--threshold", type=percent, default=THRESHOLD, metavar="P", help="per cent (default: 80)")
    one.add_argument("--out", type=Path, default=Path("results"), help=f"where {FILE} goes (default: results)")
    one.add_argument("--jobs", type=positive, default=os.cpu_count() or 1, help="texts at once")


def _similarity(options: argparse.Namespace) -> int:
    threshold = options.threshold / 100
    if (options.out / anonymity.NAMES).exists():
        raise anonymity.NotAnonymous(
            f"{str(options.out)!r} (--out) holds results without names, and {FILE} has names in it: give another --out"
        )
    with scratch.room() as room:
        found = finding.find(options.paths, room / "classes", options.layout)
        texts, notes = _read(found.submissions)
        shown = Line(sys.stderr.isatty(), "read")
        compared = compare(texts, of_the_template(grading.TEMPLATE), threshold, options.jobs, shown.tell)
        shown.end()
    notes = [*found.notices, *notes, *(f"{one.program} of {one.submission} took too long" for one in compared.lost)]
    for note in notes:
        print(f"forklab: not compared: {printable(note)}", file=sys.stderr)
    options.out.mkdir(parents=True, exist_ok=True)
    page = options.out.resolve() / FILE
    store.commit(page, page_of(compared, threshold, notes).encode("utf-8", "backslashreplace"))
    _tell(compared, len(found.submissions), options.threshold)
    print(f"written: {printable(str(page))}")
    return GRADED


def _read(submissions: Sequence[Submission]) -> tuple[list[Text], list[str]]:
    texts: list[Text] = []
    notes: list[str] = []
    for submission in submissions:
        with scratch.folder() as room:
            of_one, why_not = texts_of(submission, room)
        texts += of_one
        notes += why_not
    return texts, notes


def _tell(compared: Compared, submissions: int, threshold: float) -> None:
    for pair in compared.pairs[:MOST_LINES]:
        print(_line(pair))
    more = f", the first {MOST_LINES} of them here" if len(compared.pairs) > MOST_LINES else ""
    pairs = f"{len(compared.pairs)} pair" + ("" if len(compared.pairs) == 1 else "s")
    print(f"{counted(submissions)}: {pairs} of programs at least {threshold:g} % alike{more}")


def _line(pair: Pair) -> str:
    names = f"{printable(pair.one.submission)}, {printable(pair.other.submission)}"
    return (
        f"{pair.alike:5.0%}  {names}  {pair.one.program}, {len(pair.lines_of_one)} and {len(pair.lines_of_other)} lines"
    )
