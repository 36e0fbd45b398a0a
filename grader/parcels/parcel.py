"""A parcel: files by their path. Equal parcels make equal archives, byte for byte."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from grader.store import commit

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip archive can say: whenever it is packed, it is the same one."""
READ, RUN = 0o644, 0o755


LEFT_BEHIND = frozenset(
    {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".venv", "report.html", "assets", "grade.txt"}
)
"""What Python, pytest and other tools leave in a folder."""


class Content(NamedTuple):
    """A file's bytes, and whether it is a program that is started by its name."""

    data: bytes
    is_run: bool = False

    @property
    def mode(self) -> int:
        """Permissions, chmod(1)."""
        return RUN if self.is_run else READ


Parcel = Mapping[str, Content]
"""By path in the parcel, with slashes."""


class Unpackable(Exception):
    """The parcel can't be made, or not there; the message is a sentence that says why."""


def files_below(folder: Path) -> dict[str, Content]:
    """Every file of a folder, but what tools leave behind; by path in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return files_of(folder, [path for path in files if not LEFT_BEHIND & set(path.relative_to(folder).parts)])


def files_of(root: Path, files: Iterable[Path]) -> dict[str, Content]:
    """Files by their path below a folder; whoever may run one here may do so there."""
    return {
        path.relative_to(root).as_posix(): Content(path.read_bytes(), os.access(path, os.X_OK))
        for path in sorted(files)
    }


def zipped(parcel: Parcel, *, within: str = "") -> bytes:
    """The archive: sorted, with one time and two modes.

    Args:
        within: folder of the archive that all of it lies in; "" for none.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as into:
        for path, content in sorted(parcel.items()):
            entry = zipfile.ZipInfo(f"{within}/{path}" if within else path, LONG_AGO)
            entry.create_system = 3  # Unix, wherever it is packed: without it the mode is not read
            entry.external_attr = (0o100000 | content.mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            into.writestr(entry, content.data)
    return archive.getvalue()


def write_zip(parcel: Parcel, path: Path, *, within: str = "") -> None:
    """Write the archive whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    commit(path, zipped(parcel, within=within))


def must_be_free(folder: Path) -> None:
    """Nothing lies there, or an empty folder.

    Raises:
        Unpackable: there is something, that may be somebody's work.
    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise Unpackable(
            f"{str(folder)!r} is there already, and nothing is written over: remove it, or name another folder"
        )


def write_folder(parcel: Parcel, folder: Path) -> None:
    """Make a folder of it, whole or not at all; see `must_be_free`."""
    must_be_free(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for path, content in parcel.items():
            file = part / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.data)
            file.chmod(content.mode)
        part.chmod(0o755)
        os.rename(part, folder)  # over an empty folder, if there is one: rename(2)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
