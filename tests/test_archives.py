"""Archives of others: what is right in them is written, each attack is named, nothing lands outside, nothing costs much."""

from __future__ import annotations

import contextlib
import gzip
import io
import lzma
import os
import stat
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.archives.kinds import Kind, kind_of, opened, without_suffix
from grader.archives.limits import MB, Limits, NotUnpacked
from grader.archives.unpacking import unpack
from grader.finding import OF_A_CLASS
from grader.submission import is_left_out

LIMITS = Limits(packed=8 * MB, entries=1000, read=64 * MB, unpacked=16 * MB, file=4 * MB, depth=16)
FILES = {"blocking_server.py": b"print(1)\n", "lab/forking_server.py": b"print(2)\n" * 5000, "empty": b""}
Pack = Callable[[dict[str, bytes]], bytes]


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar archive of these files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for name, data in files.items():
            one = tarfile.TarInfo(name)
            one.size = len(data)
            archive.addfile(one, io.BytesIO(data))
    return packed.getvalue()


def tar_of(*entries: tarfile.TarInfo) -> bytes:
    """A tar archive of these entries, without contents."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for one in entries:
            archive.addfile(one)
    return packed.getvalue()


def of_kind(kind: bytes, name: str = "odd", **more: object) -> tarfile.TarInfo:
    """An entry of a tar archive."""
    one = tarfile.TarInfo(name)
    one.type = kind
    one.linkname = "/etc/passwd"
    for key, value in more.items():
        setattr(one, key, value)
    return one


def of_mode(mode: int, name: str = "odd") -> bytes:
    """A zip archive with one entry of that mode."""
    packed = io.BytesIO()
    one = zipfile.ZipInfo(name)
    one.create_system, one.external_attr = 3, mode << 16
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(one, "/etc/passwd")
    return packed.getvalue()


LZMA = {"id": lzma.FILTER_LZMA2, "preset": 0}
RUN = settings(max_examples=60, deadline=None, derandomize=True, database=None)
PACKS: dict[str, Pack] = {
    "zip": zipped,
    "stored zip": lambda files: zipped(files, zipfile.ZIP_STORED),
    "pax": tarred,
    "GNU tar": lambda files: tarred(files, tarfile.GNU_FORMAT),
    "ustar": lambda files: tarred(files, tarfile.USTAR_FORMAT),
    "tar.gz": lambda files: gzip.compress(tarred(files)),
    "tar.xz": lambda files: lzma.compress(tarred(files)),
    "tar.xz -9": lambda files: lzma.compress(tarred(files), filters=[{**LZMA, "dict_size": 64 * MB}]),
}


def unpacked(data: bytes, folder: Path, limits: Limits = LIMITS) -> tuple[dict[str, bytes], dict[str, str]]:
    """What of an archive is written, and what is refused."""
    (folder / "archive").write_bytes(data)
    (folder / "to").mkdir()
    refused = unpack(folder / "archive", folder / "to", limits)
    there = [path for path in (folder / "to").rglob("*") if not path.is_dir()]
    return {str(path.relative_to(folder / "to")): path.read_bytes() for path in there}, refused


def why_not(data: bytes, folder: Path, limits: Limits = LIMITS) -> str:
    """Why an archive is refused as a whole."""
    with pytest.raises(NotUnpacked) as refused:
        unpacked(data, folder, limits)
    return str(refused.value)


# ---------------------------------------------------------------------- what is right


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_what_is_packed_is_unpacked(tmp_path: Path, pack: Pack) -> None:
    """Each kind, byte by byte, whatever the archive's file is called."""
    assert unpacked(pack(FILES), tmp_path) == (FILES, {})


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT], ids=["pax", "GNU"])
@RUN
@given(
    files=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\."), min_size=1, max_size=60).map(
            lambda name: f"{name}/{name}"
        ),
        st.binary(max_size=1500),
        min_size=1,
        max_size=4,
    )
)
def test_tar_is_read_as_tarfile_writes_it(form: int, files: dict[str, bytes]) -> None:
    """Long names and all letters, in both ways of writing them."""
    with tempfile.TemporaryDirectory() as folder:
        written, refused = unpacked(tarred(files, form), Path(folder))
    assert {name: data for name, data in files.items() if name not in refused} == written
    assert all("upper and lower case" in why for why in refused.values())


def test_folders_are_made_and_modes_are_ours(tmp_path: Path) -> None:
    """Neither a file that everybody may write nor a folder that nobody may enter is taken over."""
    folder, file = of_kind(tarfile.DIRTYPE, "lab", mode=0o000), of_kind(tarfile.REGTYPE, "lab/x", mode=0o777)
    unpacked(tar_of(folder, file), tmp_path)
    modes = [stat.S_IMODE((tmp_path / "to" / name).stat().st_mode) for name in ("lab", "lab/x")]
    assert modes == [0o700, 0o600]


def test_backslashes_are_separators_in_a_zip(tmp_path: Path) -> None:
    """As Windows writes them."""
    assert unpacked(zipped({"lab\\a.py": b"1"}), tmp_path) == ({"lab/a.py": b"1"}, {})


def test_what_nobody_wants_is_left_out_without_a_word(tmp_path: Path) -> None:
    """A folder with all that is in it, by its name."""
    (tmp_path / "archive").write_bytes(zipped({"__MACOSX/._a.py": b"", "lab/__MACOSX/x": b"", "a.py": b"1"}))
    (tmp_path / "to").mkdir()
    assert unpack(tmp_path / "archive", tmp_path / "to", LIMITS, "__MACOSX".__eq__) == {}
    assert [path.name for path in (tmp_path / "to").rglob("*")] == ["a.py"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alice.zip", "alice"),
        ("alice.TAR.GZ", "alice"),
        ("a.b.tgz", "a.b"),
        ("alice.tar", "alice"),
        ("alice.rar", "alice"),
        (".zip", ".zip"),
        ("alice", "alice"),
    ],
)
def test_a_suffix_is_no_part_of_a_name(name: str, expected: str) -> None:
    """The longest that is known, in any case."""
    assert without_suffix(name) == expected


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zipped({}), Kind.ZIP),
        (gzip.compress(b""), Kind.TAR_GZ),
        (lzma.compress(b""), Kind.TAR_XZ),
        (tarred(FILES), Kind.TAR),
        (b"print('hello')\n" * 99, None),
        (b"", None),
    ],
)
def test_a_kind_is_told_by_content(tmp_path: Path, data: bytes, kind: Kind | None) -> None:
    """Its name says nothing."""
    (tmp_path / "alice.docx").write_bytes(data)
    with opened(tmp_path / "alice.docx") as file:
        assert kind_of(file) is kind


# ---------------------------------------------------------------------- entries that are refused

ATTACKS = [
    ("../evil", "leads out of the archive"),
    ("lab/../../evil", "leads out of the archive"),
    ("..\\evil", "leads out of the archive"),
    ("/etc/evil", "has an absolute path"),
    ("C:\\evil", "has an absolute path"),
    ("/".join("d" * 300) + "/evil", "lies deeper than 16 folders"),
    ("/".join(["d" * 200] * 5), "has a path of more than 800 characters"),
]


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
@pytest.mark.parametrize(("name", "why"), ATTACKS, ids=[name[:20] for name, _ in ATTACKS])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, pack: Pack, name: str, why: str) -> None:
    """And said by what it is called; the others are written."""
    if pack is tarred:
        name = name.replace("\\", "/")
    written, refused = unpacked(pack({name: b"evil", "a.py": b"1"}), tmp_path)
    assert written == {"a.py": b"1"}
    assert list(refused.values()) == [why]
    assert next(iter(refused)).startswith(name.replace("\\", "/")[:50])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (tar_of(of_kind(tarfile.SYMTYPE)), "is a symbolic link"),
        (tar_of(of_kind(tarfile.LNKTYPE)), "is a hard link"),
        (tar_of(of_kind(tarfile.FIFOTYPE)), "is a FIFO"),
        (tar_of(of_kind(tarfile.CHRTYPE)), "is a device"),
        (tar_of(of_kind(tarfile.BLKTYPE)), "is a device"),
        (tar_of(of_kind(tarfile.CONTTYPE)), "is a contiguous file"),
        (tar_of(of_kind(tarfile.GNUTYPE_SPARSE)), "is a sparse file"),
        (tar_of(of_kind(b"Z")), "is no regular file"),
        (tar_of(of_kind(tarfile.REGTYPE, mode=0o4755)), "has the setuid bit"),
        (tar_of(of_kind(tarfile.REGTYPE, mode=0o2755)), "has the setgid bit"),
        (tar_of(of_kind(tarfile.REGTYPE, pax_headers={"GNU.sparse.major": "1"})), "is a sparse file"),
        (of_mode(stat.S_IFLNK | 0o777), "is a symbolic link"),
        (of_mode(stat.S_IFIFO), "is a FIFO"),
        (of_mode(stat.S_IFCHR), "is a device"),
        (of_mode(stat.S_IFSOCK), "is a socket"),
        (of_mode(stat.S_IFREG | 0o4755), "has the setuid bit"),
        (zipped({"odd": b"1"}, zipfile.ZIP_BZIP2), "is compressed by a method other than deflate: number 12"),
        (zipped({"odd": bytes(3 * MB)}), "is a bomb: it unpacks to more than 200 times its size"),
        (zipped({"odd": os.urandom(4 * MB + 1)}), "is 4 MB large, and the limit for a file is 4 MB"),
        (tarred({"odd": os.urandom(4 * MB + 1)}), "is 4 MB large, and the limit for a file is 4 MB"),
    ],
)
def test_what_is_no_ordinary_file_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    """By its name, and nothing is written."""
    written, refused = unpacked(data, tmp_path)
    assert (written, list(refused)) == ({}, ["odd"])
    assert refused["odd"].startswith(why)


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
@pytest.mark.parametrize(
    ("names", "refused"),
    [
        (["a", "A"], {"A": "differs from 'a' in upper and lower case only"}),
        (["é", "e\u0301"], {"e\u0301": "differs from 'é' in upper and lower case only"}),
        (["lab/a", "LAB/b"], {"LAB/b": "differs from 'lab' in upper and lower case only"}),
        (["a", "a/b"], {"a/b": "comes twice, as a file and as a folder"}),
        (["a/b", "a"], {"a": "comes twice, as a file and as a folder"}),
        (["./a", "x/../a"], {"x/../a": "leads out of the archive"}),
        (["a", "./a"], {"a": "comes twice"}),
    ],
)
def test_of_two_names_for_one_file_the_first_counts(
    tmp_path: Path, pack: Pack, names: list[str], refused: dict[str, str]
) -> None:
    """Here or on a computer that takes upper and lower case for the same."""
    written, why = unpacked(pack({name: name.encode() for name in names}), tmp_path)
    assert (why, list(written.values())) == (refused, [names[0].encode()])


def test_a_name_with_a_nul_is_refused(tmp_path: Path) -> None:
    """What comes before it would be another name."""
    data = zipped({"a.py_.txt": b"1"}).replace(b"a.py_.txt", b"a.py\0.txt")
    assert unpacked(data, tmp_path) == ({}, {"a.py\0.txt": "has a NUL in its name"})


def test_a_name_that_no_file_system_takes_is_cut(tmp_path: Path) -> None:
    """And two that differ in the last letter stay two."""
    written, refused = unpacked(zipped({"x" * 300: b"1", "x" * 299 + "y": b"2"}), tmp_path)
    assert (sorted(written.values()), refused) == ([b"1", b"2"], {})
    assert all(len(name) == 255 and name.startswith("x" * 238 + "~") for name in written)


@pytest.mark.parametrize("name", ["é" * 200 + ".py", "x" * 300 + ".py", "😀" * 80 + "\udcff.py"])
def test_a_name_that_is_cut_keeps_its_suffix(name: str, tmp_path: Path) -> None:
    """Whole letters, as many as there is room for: what a platform has put before a long name stays, too."""
    written, refused = unpacked(tar_of(of_kind(tarfile.REGTYPE, name)), tmp_path)
    (cut,) = written
    assert (refused, cut.endswith(".py"), cut[:20]) == ({}, True, name[:20])
    assert 240 <= len(os.fsencode(cut)) <= 255


def test_twins_may_lie_side_by_side_where_they_are_two_students(tmp_path: Path) -> None:
    """In a class's archive; in a submission they are one file to some systems."""
    (tmp_path / "to").mkdir()
    (tmp_path / "class.zip").write_bytes(zipped({"ada/a.py": b"1", "Ada/a.py": b"2"}))
    assert unpack(tmp_path / "class.zip", tmp_path / "to", OF_A_CLASS, is_left_out) == {}
    assert [(tmp_path / "to" / name / "a.py").read_bytes() for name in ("ada", "Ada")] == [b"1", b"2"]


def test_a_folder_shows_whose_file_was_refused(tmp_path: Path) -> None:
    """It is made, though nothing lies in it."""
    unpacked(tar_of(of_kind(tarfile.SYMTYPE, "alice/lab/a.py")), tmp_path)
    assert (tmp_path / "to" / "alice" / "lab").is_dir()


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    """By its name; the others are written."""
    data = bytearray(zipped({"secret.py": b"1", "a.py": b"2"}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    assert unpacked(bytes(data), tmp_path) == ({"a.py": b"2"}, {"secret.py": "is encrypted"})


def test_a_damaged_file_of_a_zip_is_refused(tmp_path: Path) -> None:
    """What was written of it is removed; the others stay."""
    data = zipped({"x.py": b"x" * 100, "a.py": b"2"}, zipfile.ZIP_STORED).replace(b"x" * 100, b"y" * 100)
    written, refused = unpacked(data, tmp_path)
    assert (written, list(refused)) == ({"a.py": b"2"}, ["x.py"])
    assert refused["x.py"].startswith("is damaged: Bad CRC-32")


@pytest.mark.parametrize(("says", "size"), [(1, None), (3 * MB, 2 * MB)])
def test_a_zip_that_lies_about_a_size_is_read_no_further(tmp_path: Path, says: int, size: int | None) -> None:
    """Less than there is: refused by its name; more: what is there is written."""
    data = zipped({"liar": os.urandom(2 * MB)})
    lie = data.replace(struct.pack("<L", 2 * MB), struct.pack("<L", says))
    written, refused = unpacked(lie, tmp_path)
    assert {name: len(bytes_of_it) for name, bytes_of_it in written.items()} == ({"liar": size} if size else {})
    assert list(refused) == ([] if size else ["liar"])


# ---------------------------------------------------------------------- archives that are refused

TAR = tarred(FILES)


def with_block(data: bytes, at: int, field: slice, value: bytes) -> bytes:
    """A tar archive with one field of one header changed, and its checksum."""
    block = bytearray(data[at : at + 512])
    block[field] = value
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return data[:at] + bytes(block) + data[at + 512 :]


def xz_with_a_dictionary(data: bytes) -> bytes:
    """An xz that asks for a dictionary of 4 GB ("The .xz File Format", 3.1 and 5.3.1: a byte of a block's header)."""
    packed = bytearray(lzma.compress(data))
    end = 12 + 4 * packed[12]
    packed[packed.index(b"\x21\x01", 12) + 2] = 40
    packed[end : end + 4] = struct.pack("<L", zlib.crc32(packed[12:end]))
    return bytes(packed)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (zipped({}), "is empty"),
        (bytes(10240), "is empty"),
        (gzip.compress(bytes(10240)), "is empty"),
        (b"print('hello')\n", "is no archive: it has to be a .zip, .tar, .tar.gz or .tar.xz"),
        (b"Rar!\x1a\x07\x01\0", "is a RAR archive, which is not read: it has to be a .zip, .tar, .tar.gz or .tar.xz"),
        (b"7z\xbc\xaf\x27\x1c", "is a 7z archive, which is not read: it has to be a .zip, .tar, .tar.gz or .tar.xz"),
        (gzip.compress(b"print('hello')\n" * 99), "is broken: what should be a header of tar is none"),
        (zipped(FILES)[:-30], "is broken: File is not a zip file"),
        (TAR[:2000], "is cut off: it ends in the middle of an entry"),
        (TAR[:1300], "is cut off: it ends in the middle of an entry"),
        (gzip.compress(TAR)[:-20], "is broken: it ends too early"),
        (gzip.compress(TAR)[:-8] + bytes(8), "is broken: Error -3 while decompressing data: incorrect data check"),
        (lzma.compress(TAR)[:-20], "is broken: it ends too early"),
        (lzma.compress(TAR)[:-4] + bytes(4), "is broken: Corrupt input data"),
        (TAR[:1024] + b"x" * 512 + TAR[1536:], "is broken: what should be a header of tar is none"),
        (with_block(TAR, 0, slice(124, 136), b"99999999999\0"), "is broken: a header has a number that is none"),
        (with_block(TAR, 0, slice(124, 136), b"\x80" + bytes(6) + b"\x7f" * 5), "holds 'blocking_server.py', which is"),
        (with_block(TAR, 0, slice(156, 157), b"x"), "is broken: an extended header has a record without a length"),
        (
            with_block(with_block(TAR, 0, slice(156, 157), b"L"), 0, slice(124, 136), b"00077777777\0"),
            "is broken: it has too many or too large extended headers",
        ),
        (zipped({str(n): b"" for n in range(1001)}), "holds more than 1,000 entries; '1000' is one too many"),
        (tarred({str(n): b"" for n in range(1001)}), "holds more than 1,000 entries; '1000' is one too many"),
        (zipped({f"{n}/x": b"" for n in range(600)}), "holds more than 1,000 entries; '500/x' is one too many"),
        (zipped({str(n): b"" for n in range(20_000)}), "holds too many entries, or says so"),
        (os.urandom(8 * MB + 1), "is 8 MB large, and the limit for an archive is 8 MB"),
        (zipped({str(n): os.urandom(8192) * 500 for n in range(5)}), "unpacks to more than 16 MB"),
        (gzip.compress(tarred({"x": bytes(30 * MB)})), "is a bomb: it unpacks to more than 200 times its size"),
        (lzma.compress(tarred({"x": bytes(30 * MB)})), "is a bomb: it unpacks to more than 200 times its size"),
        (xz_with_a_dictionary(TAR), "is broken: Memory usage limit exceeded"),
    ],
)
def test_an_archive_that_can_not_be_trusted_is_refused_whole(tmp_path: Path, data: bytes, why: str) -> None:
    """In the end of a sentence that begins with its name."""
    assert why_not(data, tmp_path, LIMITS).startswith(why)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A FIFO is not waited for, a link is not followed, and a file that can't be read says so."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "zip").write_bytes(zipped(FILES))
    (tmp_path / "link").symlink_to("zip")
    told = {}
    for name in ("fifo", "link", "missing"):
        with pytest.raises(NotUnpacked) as refused:
            unpack(tmp_path / name, tmp_path, LIMITS)
        told[name] = str(refused.value)
    assert told == {
        "fifo": "is no regular file",
        "link": "can't be read: Too many levels of symbolic links",
        "missing": "can't be read: No such file or directory",
    }


BOMBS = {
    "a gzip of 256 MB in one entry": lambda: gzip_of_zeros(header("x", 256 * MB), 256 * MB),
    "a gzip of 256 MB in many entries": lambda: gzip.compress((header("x", MB) + bytes(MB)) * 256, 9),
    "an xz of 64 MB in many entries": lambda: lzma.compress((header("x", MB) + bytes(MB)) * 64, preset=0),
    "a gzip of 256 MB in an extended header": lambda: gzip_of_zeros(header("x", 256 * MB, b"x"), 256 * MB),
    "a zip of 256 MB": lambda: zip_of_zeros(256 * MB),
    "an entry of 8 EB": lambda: header("x", (1 << 63) - 1),
    "fifty thousand long names": lambda: (header("x", 1, b"L") + bytes(512)) * 50_000,
    "headers that ask for a slow search": lambda: b"".join(header("x", 61440, b"x") + b"1" * 61440 for _ in range(100)),
    "three million records": lambda: b"".join(header("x", MB, b"x") + b"4 a\n" * (MB // 4) for _ in range(12)),
    "a zip whose entries are all one": lambda: zip_that_overlaps(5000, 4 * MB),
    "a zip that says that it has a directory of 4 GB": lambda: zipped({})[:12] + b"\xf0\xff\xff\xff" + bytes(6),
}


def header(name: str, size: int, kind: bytes = b"0") -> bytes:
    """A header of a tar archive."""
    one = tarfile.TarInfo(name)
    one.size, one.type = size, kind
    return one.tobuf(tarfile.GNU_FORMAT)


def gzip_of_zeros(head: bytes, size: int) -> bytes:
    """A head and so many zeros, compressed."""
    packing = zlib.compressobj(1, zlib.DEFLATED, 31)
    parts = [packing.compress(head), *(packing.compress(bytes(MB)) for _ in range(size // MB)), packing.flush()]
    return b"".join(parts)


def zip_of_zeros(size: int) -> bytes:
    """One entry of so many zeros."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("x", "w") as file:
        for _ in range(size // MB):
            file.write(bytes(MB))
    return packed.getvalue()


def zip_that_overlaps(many: int, size: int) -> bytes:
    """A zip archive whose directory names one file's bytes so many times."""
    one = zipped({"x": os.urandom(size // 64) * 64}, zipfile.ZIP_STORED)
    at = one.index(b"PK\1\2")
    end = one.index(b"PK\5\6")
    directory = one[at:end] * many
    return one[:at] + directory + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, many, many, len(directory), at, 0)


MEASURED = """
import re, sys, time
from pathlib import Path
from grader.archives.limits import NotUnpacked
from grader.archives.unpacking import unpack
from grader.gathering import OF_A_SUBMISSION
def most():
    return int(re.search(r"VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1]) / 1024
before, began = most(), time.process_time()
try:
    print(*unpack(Path(sys.argv[1]), Path(sys.argv[2]), OF_A_SUBMISSION).values())
except NotUnpacked as why:
    print(why)
print(most() - before, time.process_time() - began)
"""


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_costs_neither_memory_nor_time(tmp_path: Path, bomb: str) -> None:
    """At most some tens of MB and seconds of the processor, by the limits that hold for a submission."""
    (tmp_path / "bomb").write_bytes(BOMBS[bomb]())
    (tmp_path / "to").mkdir()
    command = [sys.executable, "-c", MEASURED, str(tmp_path / "bomb"), str(tmp_path / "to")]
    told, figures = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    megabytes, seconds = map(float, figures.split())
    print(f"{bomb}: {told}; {megabytes:.0f} MB, {seconds:.2f} s")
    assert told
    assert megabytes < 40
    assert seconds < 10
    assert sum(path.stat().st_size for path in (tmp_path / "to").rglob("*")) <= 128 * MB


# ---------------------------------------------------------------------- whatever else

names = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["..", "../x", "/x", "a", "A", "a/b", "a/b/c", "\\x", "a\0b", ".", "", "x/" * 40, "y" * 300, "\udcff"]
    ),
)
entries = st.lists(
    st.tuples(
        names,
        st.sampled_from([b"0", b"1", b"2", b"3", b"5", b"6", b"S", b"x", b"L", b"g", b"Z"]),
        st.binary(max_size=700),
    )
)


def raw_tar(parts: list[tuple[str, bytes, bytes]]) -> bytes:
    """A tar archive of whatever."""
    packed = b""
    for name, kind, data in parts:
        one = of_kind(kind, "x", size=len(data))
        head = bytearray(one.tobuf(tarfile.GNU_FORMAT))
        head[0:100] = name.encode("utf-8", "surrogateescape")[:100].ljust(100, b"\0")
        packed += with_block(bytes(head), 0, slice(0, 0), b"") + data.ljust(-(-len(data) // 512) * 512, b"\0")
    return packed + bytes(1024)


def raw_zip(parts: list[tuple[str, bytes, bytes]]) -> bytes:
    """A zip archive of whatever."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, kind, data in parts:
            one = zipfile.ZipInfo("x")
            one.filename = name.encode("utf-8", "replace").decode()
            one.external_attr = {b"2": stat.S_IFLNK, b"5": stat.S_IFDIR}.get(kind, 0) << 16
            archive.writestr(one, data)
    return packed.getvalue()


def everything_in(folder: Path) -> set[str]:
    """All that lies in a folder, and that nothing of it is but a file or a folder."""
    found = list(folder.rglob("*"))
    assert all(stat.S_IFMT(path.lstat().st_mode) in (stat.S_IFREG, stat.S_IFDIR) for path in found)
    return {str(path.relative_to(folder)) for path in found}


def assert_it_stays_within(data: bytes) -> None:
    """Unpacking writes nothing outside its destination, and raises nothing but its own error."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "archive").write_bytes(data)
        (folder / "to").mkdir()
        with contextlib.suppress(NotUnpacked):
            unpack(folder / "archive", folder / "to", LIMITS)
        outside = {path for path in everything_in(folder) if not path.startswith("to/")}
        assert outside == {"archive", "to"}


@RUN
@given(entries)
@pytest.mark.parametrize("pack", [raw_tar, raw_zip], ids=["tar", "zip"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_entry_is_written_elsewhere(
    pack: Callable[[list[tuple[str, bytes, bytes]]], bytes], parts: list[tuple[str, bytes, bytes]]
) -> None:
    """Whatever it is called, of whatever kind it is."""
    assert_it_stays_within(pack(parts))


PACKED = {name: pack({"a.py": b"1" * 600, "lab/b.py": b"2"}) for name, pack in PACKS.items()}


@pytest.mark.parametrize("name", PACKED)
@RUN
@given(
    changes=st.lists(st.tuples(st.integers(min_value=0), st.integers(0, 255)), min_size=1, max_size=8), data=st.data()
)
def test_no_bytes_raise_but_our_own_error(name: str, changes: list[tuple[int, int]], data: st.DataObject) -> None:
    """An archive with bytes changed, and cut somewhere."""
    packed = bytearray(PACKED[name])
    for at, value in changes:
        packed[at % len(packed)] = value
    assert_it_stays_within(bytes(packed[: data.draw(st.integers(0, len(packed)))]))
