"""The last tier: no box at all, for one's own code. The agent is a subreaper and ends whatever it started."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.apparatus.sandbox.box import AGENT, SHIM, Plan
from grader.apparatus.sandbox.interpreter import python_of_the_programs
from grader.apparatus.sandbox.on_the_machine import BoxOnTheMachine
from grader.apparatus.sandbox.paths import on_the_machine


class BareBox(BoxOnTheMachine):
    """Programs run as the grader's own user, on the machine's own network."""

    tier = "none"

    def __init__(self, submission: Path) -> None:
        """Start one.

        Args:
            submission: folder of the programs, in which they run.
        """
        super().__init__(
            Plan(
                command=(sys.executable, "-I", "-S", str(AGENT), "{fd}"),
                folder=str(submission),
                shim=str(SHIM),
                python=python_of_the_programs(),
                user=None,
                tasks=0,
                filter=b"",
                instead=on_the_machine(submission, submission.parent, SHIM),
            )
        )
