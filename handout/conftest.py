"""`pytest` in this folder grades the two programs in it. The grader lies beside them."""

import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
# Last of all: a file of yours may be called like a module of Python's, and the grader means Python's.
sys.path[:] = [*(entry for entry in sys.path if entry not in ("", HERE)), HERE]

WHY_NOT = "" if sys.version_info >= (3, 11) else f"Python 3.11 or newer is needed, and this is {sys.version.split()[0]}"
pytest_plugins = [] if WHY_NOT else ["grader.plugin"]


def pytest_configure() -> None:
    """Say what is missing, before anything else goes wrong.

    Raises:
        pytest.UsageError: this Python is too old.
    """
    if WHY_NOT:
        raise pytest.UsageError(WHY_NOT)
