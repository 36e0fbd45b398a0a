"""What boxes without namespaces have in common: the machine's own processes and network, a subreaper as agent."""

from __future__ import annotations

import os
import re
from pathlib import Path

from grader.apparatus.sandbox.box import Box


class BoxOnTheMachine(Box):
    """A box whose programs are processes of the machine, below the agent."""

    has_its_own_network = False

    def _proc(self) -> int:
        return os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    @property
    def agent(self) -> int:
        """The agent's pid."""
        return self._process.pid

    def _all_below_the_agent(self) -> list[int]:
        found: list[int] = []
        todo = [self.agent]
        while todo:
            children = self.processes.children(todo.pop())
            found += children
            todo += children
        return found


def tasks_of(user: int) -> int:
    """Processes and threads of a user on this machine, as RLIMIT_NPROC counts them."""
    count = 0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.stat().st_uid == user:
                found = re.search(r"^Threads:\s+(\d+)", (path / "status").read_text(), re.MULTILINE)
                count += int(found[1]) if found else 1
        except OSError:  # it has ended
            continue
    return count
