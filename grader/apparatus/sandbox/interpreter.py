"""The interpreter that runs the programs: the one behind the grader's own, without what is installed beside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from grader import scratch

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
_NOT_NEEDED = frozenset({"test", "site-packages", "dist-packages", "idlelib", "lib2to3", "turtledemo", "ensurepip"})


def python_of_the_programs() -> str:
    """The interpreter behind the grader's own, outside any virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def prefix_of_the_programs() -> Path:
    """The folder of that interpreter and its standard library."""
    return Path(os.path.realpath(sys.base_prefix))


def package_folders() -> list[Path]:
    """Where packages may be installed for it: what lies there must change no grade."""
    prefix = prefix_of_the_programs()
    roots = (prefix / "lib" / VERSION, prefix / "lib" / "python3", Path("/usr/local/lib", VERSION))
    folders = [root / name for root in roots for name in ("site-packages", "dist-packages")]
    return [folder for folder in folders if folder.is_dir()]


def is_passable(path: Path) -> bool:
    """Every user may pass through all the folders above a path."""
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)


def for_everybody() -> Path:
    """A prefix of the interpreter that every user reaches: its own, or a copy by hard links within the run's room.

    A user's own interpreter often lies below a home that is nobody else's to pass through.

    Raises:
        OSError: it can't be copied.
    """
    prefix = prefix_of_the_programs()
    if is_passable(prefix):
        return prefix
    return scratch.made_once("interpreter", _copy_the_interpreter)


def _copy_the_interpreter(destination: Path) -> None:
    prefix = prefix_of_the_programs()
    for name in ("bin", "lib"):
        (destination / name).mkdir()
        (destination / name).chmod(0o755)
    _link(python_of_the_programs(), destination / "bin" / Path(python_of_the_programs()).name)
    for library in (prefix / "lib").glob("libpython*.so*"):
        _link(os.path.realpath(library), destination / "lib" / library.name)
    _copy_folder(prefix / "lib" / VERSION, destination / "lib" / VERSION)


def _copy_folder(source: Path, destination: Path) -> None:
    destination.mkdir()
    destination.chmod(0o755)
    for entry in os.scandir(source):
        if entry.name in _NOT_NEEDED or entry.name.startswith("config-"):
            continue
        if entry.is_dir():
            _copy_folder(Path(entry.path), destination / entry.name)
        elif entry.is_file():
            _link(os.path.realpath(entry.path), destination / entry.name)


def _link(source: str, destination: Path) -> None:
    """Another name of a file; its bytes anew where it lies on another file system, or is not everybody's to read."""
    status = os.stat(source)
    if status.st_mode & 0o004:
        try:
            os.link(source, destination)
            return
        except OSError:
            pass
    destination.write_bytes(Path(source).read_bytes())
    destination.chmod(0o755 if status.st_mode & 0o100 else 0o644)
