"""`rubric` and `doctor`: what is asked of students, and what this machine can do."""

from __future__ import annotations

import argparse
import json
import os

from grader import doctor, grading
from grader.commands import GRADED, NOT_ALL_GRADED
from grader.commands.assigned import assignment_for, takes_an_assignment
from grader.commands.options import Commands, language
from grader.languages import language_of, spoken
from grader.model import points_shown
from grader.report.words import stretch_said
from grader.wording import say, speaking


def add_to(commands: Commands) -> None:
    """What `rubric` and `doctor` understand."""
    listing = commands.add_parser("rubric", help="print requirements and points")
    listing.set_defaults(command=_rubric)
    listing.add_argument("--json", action="store_true", help="for programs")
    language(listing, "as LANG says")
    takes_an_assignment(listing)
    commands.add_parser("doctor", help="say what this machine can do").set_defaults(command=_doctor)


def _rubric(options: argparse.Namespace) -> int:
    assignment = assignment_for(options)
    with speaking(spoken(options.lang or assignment.language or language_of(os.environ))):
        return _listed(for_programs=options.json)


def _listed(*, for_programs: bool) -> int:
    checks = [check for check in grading.checks_here() if not check.hidden or check.points]
    if for_programs:
        rows = [
            {"id": c.id, "points": c.points, "stretch": c.stretch, "requirement": say(c.requirement)} for c in checks
        ]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return GRADED
    width = max(len(check.id) for check in checks)
    parts = {
        say("Core"): [check for check in checks if not check.stretch and not check.hidden],
        say("Hidden, which no student sees"): [check for check in checks if check.hidden],
        stretch_said(): [check for check in checks if check.stretch],
    }
    for title, part in parts.items():
        if not part:
            continue
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
