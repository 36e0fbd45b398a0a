"""Says in a pytest run how far a look is that takes long: a line that is written over on a terminal, one now and then in a log."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest

from grader.wording import say

AT_ONCE = 2.0
"""Seconds in which most looks are over, and nobody wonders."""
LINE_EVERY = 30.0
"""Seconds between two lines in a log."""


class ProgressOfPytest:
    """What pytest's terminal shows while the servers run; a worker of pytest-xdist has none, and shows nothing."""

    def __init__(self, config: pytest.Config) -> None:
        """Nothing is shown yet."""
        plugins = config.pluginmanager
        self._terminal: Any = None if hasattr(config, "workerinput") else plugins.get_plugin("terminalreporter")
        self._capture: Any = plugins.get_plugin("capturemanager")
        self._last = time.monotonic()
        self._is_shown = False

    def tell(self, played: int, wanted: int) -> None:
        """So many scenes were played; shown where it is time to."""
        now = time.monotonic()
        if not self._terminal or now - self._last < (AT_ONCE if self._terminal.isatty else LINE_EVERY):
            return
        line = say("forklab: {played} of {wanted} scenes played", played=played, wanted=wanted)
        with self._uncaptured():
            if self._terminal.isatty:
                self._terminal.rewrite(line, erase=True)
                self._is_shown = True
            else:
                self._terminal.write_line(line)
                self._last = now

    def end(self) -> None:
        """What is written over goes."""
        if self._is_shown:
            with self._uncaptured():
                self._terminal.rewrite("", erase=True)
                self._terminal.write("\r", flush=True)

    def _uncaptured(self) -> contextlib.AbstractContextManager[None]:
        """Looks are part of a test's setup, and what that prints is kept from the terminal."""
        found: contextlib.AbstractContextManager[None] = (
            self._capture.global_and_fixture_disabled() if self._capture else contextlib.nullcontext()
        )
        return found
