"""`rubric` and `doctor`: what is asked of students, and what this machine can do."""

from __future__ import annotations

import argparse
import json

from grader import doctor
from grader.commands import GRADED, NOT_ALL_GRADED
from grader.commands.options import Commands
from grader.model import points_shown
from grader.report.words import STRETCH
from grader.rubric import rubric


def add_to(commands: Commands) -> None:
    """What `rubric` and `doctor` understand."""
    listing = commands.add_parser("rubric", help="print requirements and points")
    listing.set_defaults(command=_rubric)
    listing.add_argument("--json", action="store_true", help="for programs")
    commands.add_parser("doctor", help="say what this machine can do").set_defaults(command=_doctor)


def _rubric(options: argparse.Namespace) -> int:
    checks = rubric()
    if options.json:
        rows = [{"id": c.id, "points": c.points, "stretch": c.stretch, "requirement": c.requirement} for c in checks]
        print(json.dumps(rows, indent=1))
        return GRADED
    width = max(len(check.id) for check in checks)
    for title, stretch in (("Core", False), (STRETCH, True)):
        part = [check for check in checks if check.stretch is stretch]
        print(f"{points_shown(sum(check.points for check in part)):>3}  {title}")
        for check in part:
            print(f"{points_shown(check.points):>5}  {check.id:{width}}  {check.requirement}")
    return GRADED


def _doctor(options: argparse.Namespace) -> int:
    findings = doctor.examine()
    for finding in findings:
        print(f"{'ok ' if finding.good else 'NO '} {finding.about}: {finding.told}")
        if finding.mend:
            print(f"     mend it with: {finding.mend}")
    return GRADED if all(finding.good or not finding.needed for finding in findings) else NOT_ALL_GRADED
