"""What the tests of the boxes share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader import scratch


@pytest.fixture(scope="module")
def room() -> Iterator[None]:
    """One room for all boxes of a module's tests."""
    with scratch.room():
        yield
