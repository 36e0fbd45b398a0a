"""What kind of archive a file is: told by its first bytes, whatever it is called."""

from __future__ import annotations

import os
import stat
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from grader.archives.limits import NotUnpacked
from grader.archives.tars import is_a_header
from grader.wording import filed

READ = (".tar.gz", ".tar.xz", ".tgz", ".txz", ".tar", ".zip")
NOT_READ = (".tar.bz2", ".tbz2", ".tbz", ".tar.zst", ".tzst", ".bz2", ".zst", ".rar", ".7z", ".gz", ".xz")
WHAT_IS_READ = filed("it has to be a .zip, .tar, .tar.gz or .tar.xz")
_BLOCK = 512


class Kind(Enum):
    """The archives that are read, as people call them."""

    ZIP = "a zip archive"
    TAR = "a tar archive"
    TAR_GZ = "a tar.gz archive"
    TAR_XZ = "a tar.xz archive"


_MAGIC = {
    b"PK\x03\x04": Kind.ZIP,
    b"PK\x05\x06": Kind.ZIP,  # an empty one
    b"\x1f\x8b": Kind.TAR_GZ,
    b"\xfd7zXZ\x00": Kind.TAR_XZ,
}
_MAGIC_OF_OTHERS = {
    b"Rar!\x1a\x07": filed("a RAR archive"),
    b"7z\xbc\xaf\x27\x1c": filed("a 7z archive"),
    b"BZh": filed("compressed by bzip2"),
    b"\x28\xb5\x2f\xfd": filed("compressed by zstd"),
}


def is_called_an_archive(name: str) -> bool:
    """A name with the suffix of an archive, be it one that is read or not."""
    return name.lower().endswith(READ + NOT_READ)


def without_suffix(name: str) -> str:
    """An archive's name without the suffix that says so; as it is where nothing would be left."""
    for suffix in READ + NOT_READ:
        if name.lower().endswith(suffix):
            return name[: -len(suffix)] or name
    return name


def opened(path: Path) -> BinaryIO:
    """A regular file, opened for reading; a link is not followed, and a FIFO is not waited for.

    Raises:
        NotUnpacked: it is none, or can't be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise NotUnpacked(filed("can't be read: {error}", error=error.strerror)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotUnpacked(filed("is no regular file"))
    return os.fdopen(descriptor, "rb")


def kind_of(file: BinaryIO) -> Kind | None:
    """What kind of archive a file is, told by its first bytes; None if it is none.

    Raises:
        NotUnpacked: it is an archive of a kind that is not read.
    """
    file.seek(0)
    head = file.read(_BLOCK)
    file.seek(0)
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    for magic, words in _MAGIC_OF_OTHERS.items():
        if head.startswith(magic):
            raise NotUnpacked(filed("is {kind}, which is not read: {wanted}", kind=words, wanted=WHAT_IS_READ))
    return Kind.TAR if is_a_header(head) else None
