"""`rubric` and `doctor`: what is asked of students, and what this machine can do."""

from __future__ import annotations

import argparse
import json
import os

from grader import doctor
from grader.commands import GRADED, NOT_ALL_GRADED
from grader.commands.options import Commands, language
from grader.languages import language_of, spoken
from grader.model import points_shown
from grader.report.words import stretch_said
from grader.rubric import rubric
from grader.wording import say, speaking


def add_to(commands: Commands) -> None:
    """What `rubric` and `doctor` understand."""
    listing = commands.add_parser("rubric", help="print requirements and points")
    listing.set_defaults(command=_rubric)
    listing.add_argument("--json", action="store_true", help="for programs")
    language(listing, "as LANG says")
    commands.add_parser("doctor", help="say what this machine can do").set_defaults(command=_doctor)


def _rubric(options: argparse.Namespace) -> int:
    with speaking(spoken(options.lang or language_of(os.environ))):
        return _listed(for_programs=options.json)


def _listed(*, for_programs: bool) -> int:
    checks = rubric()
    if for_programs:
        rows = [
            {"id": c.id, "points": c.points, "stretch": c.stretch, "requirement": say(c.requirement)} for c in checks
        ]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return GRADED
    width = max(len(check.id) for check in checks)
    for title, stretch in ((say("Core"), False), (stretch_said(), True)):
        part = [check for check in checks if check.stretch is stretch]
        print(f"{points_shown(sum(check.points for check in part)):>3}  {title}")
        for check in part:
            print(f"{points_shown(check.points):>5}  {check.id:{width}}  {say(check.requirement)}")
    return GRADED


def _doctor(options: argparse.Namespace) -> int:
    findings = doctor.examine()
    for finding in findings:
        print(f"{'ok ' if finding.good else 'NO '} {finding.about}: {finding.told}")
        if finding.mend:
            print(f"     mend it with: {finding.mend}")
    return GRADED if all(finding.good or not finding.needed for finding in findings) else NOT_ALL_GRADED
