"""What the tests share: one owner of "skipped for want of a system package", or failed where nothing may be skipped."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.apparatus.sandbox.choosing import NoBox, choose
from tests.few_checks import write_few_checks

os.environ["LANGUAGE"] = "en"
"""Whoever runs the tests may speak Chinese; what they expect is English, unless they say otherwise."""

collect_ignore = ["hostile"]
"""Some of these bring tests and a conftest.py, for a grader that runs them."""


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker: pytest is strict about those."""
    config.addinivalue_line("markers", "needs(package): what is told cannot be tested without this system package")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what a missing system package keeps from running; with FORKLAB_REQUIRE_ALL=1, fail.

    A kernel without Landlock is no missing package: nobody can install it in the course of a test run.
    """
    for marker in item.iter_markers("needs"):
        missing = _why_missing(marker.args[0])
        if missing and marker.args[0] != "Landlock" and os.environ.get("FORKLAB_REQUIRE_ALL") == "1":
            pytest.fail(f"{missing}, and FORKLAB_REQUIRE_ALL is set", pytrace=False)
        if missing:
            pytest.skip(missing)


@pytest.fixture
def scores_of_the_samples() -> dict[str, float]:
    """What the mistakes of `examples/submissions` leave."""
    return {"ada": 100, "bela": 100, "chen": 0, "dora": 86, "emil": 91, "fay": 84, "gus": 53, "hana": 94}


@cache
def _why_missing(package: str) -> str:
    """Why a system package, or the kernel's Landlock, is of no use here, beginning with its name; "" where it is."""
    if package in ("bubblewrap", "Landlock"):
        try:
            choose(package.lower(), with_canary=False)
        except NoBox as error:
            return f"{package}: {error}"
        return ""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # pip's programs lie beside the interpreter
    return "" if shutil.which(package, path=path) else f"{package} is not installed"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: what is packed holds the time, and every process of a run must collect the same tests."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def few_checks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an assignment whose grades cost little."""
    return write_few_checks(tmp_path_factory.mktemp("assignment") / "few_checks.toml")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium; playwright's own is not downloaded."""
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=quiet)
        yield chromium
        chromium.close()
