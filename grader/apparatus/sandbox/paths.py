"""Paths of this machine, as programs may print them, and what is written down in their place: the border, passed once.

What a program has printed is evidence, which its student reads and which tells nobody where the grader lies, who runs it and
how its folders are called. In every box it reads as in the best one: /submission/forking_server.py, /usr/lib/python3.11.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from grader import scratch
from grader.apparatus.sandbox.interpreter import prefix_of_the_programs

SUBMISSION, INTERPRETER, BOX, SHIM, TEMPORARY = "/submission", "/usr", "/box", "/shim", "/tmp"
_TELL_NOTHING = frozenset({"/", "/usr", "/usr/local"})


class Paths:
    """What stands for which path of this machine."""

    def __init__(self, instead: Mapping[str, str]) -> None:
        """Take what stands for each; the longest path counts where several begin alike."""
        self._instead = {path: word for path, word in instead.items() if path not in _TELL_NOTHING}
        ranked = sorted(self._instead, key=len, reverse=True)
        some = "|".join(map(re.escape, ranked))
        self._pattern = re.compile(rf"(?<![\w.~-])(?:{some})(?![\w-]|\.\w)") if ranked else None

    def replaced_in(self, text: str) -> str:
        """A text without them."""
        return self._pattern.sub(lambda found: self._instead[found[0]], text) if self._pattern else text


def paths_of(instead: Mapping[str, str]) -> Paths:
    """Those of a box, and what every box has: the interpreter, and the room of the run."""
    place = scratch.place()
    room = {place: TEMPORARY} if os.path.basename(place).startswith(scratch.PREFIX) else {}
    return Paths({str(prefix_of_the_programs()): INTERPRETER, **room, **instead})


def on_the_machine(submission: Path, box: Path, shim: Path) -> dict[str, str]:
    """Those of a box whose programs see the machine's own files.

    Args:
        box: the folder of ours that holds the submission.
    """
    return {str(submission): SUBMISSION, str(box): BOX, str(shim): SHIM}
