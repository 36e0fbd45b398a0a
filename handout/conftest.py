"""`pytest` in this folder grades the two programs in it. The grader lies beside them."""

import sys

import pytest

WHY_NOT = "" if sys.version_info >= (3, 11) else f"Python 3.11 or newer is needed, and this is {sys.version.split()[0]}"
pytest_plugins = [] if WHY_NOT else ["grader.plugin"]


def pytest_configure() -> None:
    """Say what is missing, before anything else goes wrong.

    Raises:
        pytest.UsageError: this Python is too old.
    """
    if WHY_NOT:
        raise pytest.UsageError(WHY_NOT)
