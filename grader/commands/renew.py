"""`renew`: the template and what else repeats the reference, written anew from it and from the assignment."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from grader import grading, lesson, store
from grader.commands import GRADED
from grader.commands.assigned import assignment_for, takes_an_assignment
from grader.commands.options import Commands
from grader.renewing import HAND_OUT, renewed

RENEWED = (HAND_OUT, "client.py", *lesson.PROGRAMS)
"""Files of the template."""


def add_to(commands: Commands) -> None:
    """What `renew` understands."""
    one = commands.add_parser(
        "renew", help="write ports, replies and points of the hand-out anew from reference and assignment"
    )
    one.set_defaults(command=_renew)
    takes_an_assignment(one)


def _renew(options: argparse.Namespace) -> int:
    assignment_for(options)
    now = lesson.lesson_in(grading.REFERENCE)
    recorded = Path(lesson.__file__).with_name("lesson_recorded.py")
    before = {grading.TEMPLATE / name: (grading.TEMPLATE / name).read_text("utf-8") for name in RENEWED}
    after = _after(before, now) | {recorded: lesson.as_recorded(now)}
    before[recorded] = recorded.read_text("utf-8")
    changed = [path for path, text in after.items() if text != before[path]]
    for path in changed:  # what is recorded comes last: until then the same command can be run again
        store.commit(path, after[path].encode())
        print(f"renewed: {os.path.relpath(path)}")
    if not changed:
        print("the hand-out says what reference and assignment say already")
    return GRADED


def _after(before: Mapping[Path, str], now: lesson.Lesson) -> dict[Path, str]:
    texts = renewed({path.name: text for path, text in before.items()}, lesson.recorded(), now, grading.checks_here())
    return {path: texts[path.name] for path in before}
