"""The last tier: no box at all, for one's own code. The agent is a subreaper and ends whatever it started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from grader.apparatus.sandbox.box import AGENT, Box, Plan
from grader.apparatus.sandbox.bubblewrap import SHIM, python_of_the_programs


class BareBox(Box):
    """Programs run as the grader's own user, on the machine's own network."""

    tier = "none"
    has_its_own_network = False

    def __init__(self, submission: Path) -> None:
        """Start one.

        Args:
            submission: folder of the programs, in which they run.
        """
        python = python_of_the_programs()
        super().__init__(
            Plan(
                command=(sys.executable, "-I", "-S", str(AGENT), "{fd}"),
                folder=str(submission),
                shim=str(SHIM),
                python=python,
                user=None,
                counted=False,
                filter=b"",
            )
        )

    def _proc(self) -> int:
        return os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    @property
    def agent(self) -> int:
        """The agent's pid."""
        return self._process.pid

    def pids(self) -> list[int]:
        """Every process below the agent."""
        found: list[int] = []
        todo = [self.agent]
        while todo:
            children = self.processes.children(todo.pop())
            found += children
            todo += children
        return found
