"""The boxes that a test is run in, each where the machine has it."""

from __future__ import annotations

import pytest

from grader.apparatus.sandbox.bare import BareBox
from grader.apparatus.sandbox.choosing import BOXES

HOLDING = [
    pytest.param(make, id=name, marks=pytest.mark.needs({"landlock": "Landlock"}.get(name, name)))
    for name, make in BOXES.items()
]
"""Those that hold something."""
EVERY = [*HOLDING, pytest.param(BareBox, id="none")]
