"""The packages that the grader stands on: pinned to what it runs with here, and their wheels, fetched by pip."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Collection, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.parcels.parcel import Content, Unpackable

PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = ("x86_64", "aarch64")
WHEELS = "wheels"
_LINUX = ("manylinux2014", "manylinux_2_17", "manylinux_2_28")
"""glibc 2.17 or later, of every Linux that has these Pythons. PEP 600."""
_FOR_ALL = "-none-any.whl"


class Target(NamedTuple):
    """A kind of machine that wheels are for, as `platform` names it."""

    python: str
    machine: str


EVERYWHERE = tuple(Target(python, machine) for machine in MACHINES for python in PYTHONS)


def pinned(project: Path) -> dict[str, str]:
    """Name and version of every package that the grader needs, and that those need, as installed here.

    Raises:
        Unpackable: one of them is not.
    """
    with (project / "pyproject.toml").open("rb") as file:
        todo = [Requirement(one) for one in tomllib.load(file)["project"]["dependencies"]]
    versions: dict[str, str] = {}
    while todo:
        asked = todo.pop()
        name = canonicalize_name(asked.name)
        if name in versions or (asked.marker and not asked.marker.evaluate({"extra": ""})):
            continue
        versions[name] = installed(asked.name)
        todo += map(Requirement, distribution(asked.name).requires or ())
    return dict(sorted(versions.items()))


def installed(package: str) -> str:
    """The version of a package that this interpreter has.

    Raises:
        Unpackable: it has none.
    """
    try:
        return distribution(package).version
    except PackageNotFoundError as error:
        raise Unpackable(f"{package} is not installed for {sys.executable}: install it there") from error


def requirements(versions: Mapping[str, str], *, offline: bool) -> bytes:
    """`requirements.txt`, as `pip install -r` reads it.

    Args:
        offline: from the folder `wheels` beside it, and nowhere else.
    """
    where = ["--no-index", f"--find-links {WHEELS}"] if offline else []
    return "".join(f"{line}\n" for line in (*where, *(f"{name}=={versions[name]}" for name in versions))).encode()


def fetched(versions: Mapping[str, str], targets: Collection[Target] = EVERYWHERE) -> dict[str, Content]:
    """By path in a parcel, the wheels of these packages for these kinds of machine.

    Raises:
        Unpackable: pip can't get one.
    """
    with tempfile.TemporaryDirectory(prefix="forklab-wheels-") as folder:
        names = set(versions)
        for target in targets:
            _download([f"{name}=={versions[name]}" for name in sorted(names)], target, Path(folder))
            names -= {_package_of(file) for file in Path(folder).glob(f"*{_FOR_ALL}")}
        return {f"{WHEELS}/{file.name}": Content(file.read_bytes()) for file in sorted(Path(folder).glob("*.whl"))}


def _package_of(wheel: Path) -> str:
    return str(canonicalize_name(wheel.name.partition("-")[0]))


def _download(packages: list[str], target: Target, folder: Path) -> None:
    if not packages:
        return
    platforms = [word for linux in _LINUX for word in ("--platform", f"{linux}_{target.machine}")]
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--only-binary=:all:", "--implementation", "cp", "--python-version", target.python, *platforms,
        "--dest", str(folder), *packages,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "ERROR" in line or "No module named pip" in line]
        why = (said or done.stderr.splitlines() or ["it said nothing"])[-1].strip()
        raise Unpackable(f"the wheels for Python {target.python} on {target.machine} can't be fetched: pip says: {why}")
