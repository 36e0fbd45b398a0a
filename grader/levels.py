"""A folder of many submissions, or of what an archive holds, and what of it could not be had."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Level(NamedTuple):
    """One.

    Args:
        called: its name, or its archive's.
        refused: by path in the folder, what was not unpacked, and why.
        elsewhere: the same for what is not in the folder.
    """

    folder: Path
    called: str
    refused: Mapping[str, str]
    elsewhere: Mapping[str, str]

    def within(self, name: str) -> Level:
        """The level of a folder in this one."""
        start = f"{name}/"
        inner = {path.removeprefix(start): why for path, why in self.refused.items() if path.startswith(start)}
        outer = {path: why for path, why in self.refused.items() if not path.startswith(start)}
        return Level(self.folder / name, name, inner, {**self.elsewhere, **outer})
