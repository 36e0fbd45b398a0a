"""Archives and folders of a parcel: equal ones are equal byte for byte, and nothing is written over."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from grader.parcels.parcel import Content, Unpackable, files_below, write_folder, write_zip, zipped

PARCEL = {"b/run": Content(b"#!/bin/sh\n", True), "a.txt": Content(b"a\n"), "b/c.txt": Content("ü".encode())}


def test_equal_parcels_make_equal_archives() -> None:
    """In whatever order their files were found, and whenever."""
    assert zipped(dict(reversed(PARCEL.items()))) == zipped(PARCEL)


def test_an_archive_says_what_lies_in_it() -> None:
    """Sorted, of one time, with the modes that the files have; within a folder, if asked for."""
    with zipfile.ZipFile(io.BytesIO(zipped(PARCEL, within="lab"))) as archive:
        told = [(entry.filename, entry.external_attr >> 16, entry.date_time) for entry in archive.infolist()]
        read = archive.read("lab/b/c.txt")
    assert read == "ü".encode()
    assert told == [
        ("lab/a.txt", 0o100644, (1980, 1, 1, 0, 0, 0)),
        ("lab/b/c.txt", 0o100644, (1980, 1, 1, 0, 0, 0)),
        ("lab/b/run", 0o100755, (1980, 1, 1, 0, 0, 0)),
    ]


def test_a_folder_of_it_makes_the_same_parcel(tmp_path: Path) -> None:
    """Whatever the times of its files, and with what tools leave behind in it."""
    write_folder(PARCEL, tmp_path / "new" / "lab")
    os.utime(tmp_path / "new" / "lab" / "a.txt", (1, 1))
    (tmp_path / "new" / "lab" / "__pycache__").mkdir()
    (tmp_path / "new" / "lab" / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert files_below(tmp_path / "new" / "lab") == PARCEL
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["lab"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    """It was made for that."""
    write_folder(PARCEL, tmp_path)
    assert (tmp_path / "a.txt").read_bytes() == b"a\n"


@pytest.mark.parametrize("kind", ["full", "file", "link"])
def test_nothing_is_written_over(tmp_path: Path, kind: str) -> None:
    """A student's work may lie there."""
    there = tmp_path / "there"
    if kind == "full":
        there.mkdir()
        (there / "work").write_text("mine")
    elif kind == "file":
        there.write_text("mine")
    else:
        there.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unpackable, match="is there already"):
        write_folder(PARCEL, there)


def test_an_archive_is_written_where_no_folder_was(tmp_path: Path) -> None:
    """Whole, by rename."""
    write_zip(PARCEL, tmp_path / "deep" / "lab.zip")
    assert (tmp_path / "deep" / "lab.zip").read_bytes() == zipped(PARCEL)
