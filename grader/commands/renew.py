"""`renew`: the template and what else repeats the reference, written anew from it and from the assignment."""

from __future__ import annotations

import argparse
import os

from grader import store
from grader.commands import GRADED
from grader.commands.assigned import assignment_for, takes_an_assignment
from grader.commands.options import Commands
from grader.handed_out import files_of_today


def add_to(commands: Commands) -> None:
    """What `renew` understands."""
    one = commands.add_parser("renew", help="write ports, replies and points into template and hand-out")
    one.set_defaults(command=_renew)
    takes_an_assignment(one)


def _renew(options: argparse.Namespace) -> int:
    assignment_for(options)
    changed = {path: text for path, text in files_of_today().items() if text != path.read_text("utf-8")}
    for path, text in changed.items():  # what is recorded comes last: until then the same command can be run again
        store.commit(path, text.encode())
        print(f"renewed: {os.path.relpath(path)}")
    if not changed:
        print("the hand-out says what reference and assignment say already")
    return GRADED
