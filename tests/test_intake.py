"""What a PATH may be, and what becomes of everything that students hand in: found, told in a sentence, never lost."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest

from grader import grading
from grader.copying import copy
from grader.finding import NotASubmission, find
from grader.gathering import Gathered, gather, notes_on
from grader.model import TRACKS
from grader.programs import what_is_wrong_with
from grader.submission import PROGRAMS, Submission
from tests.report.test_pages import Seen

RIGHT = {track.program: (grading.REFERENCE / track.program).read_bytes() for track in TRACKS}
TINY = dict.fromkeys(RIGHT, b"raise SystemExit\n")
"""Programs that end at once."""


def laid(folder: Path, files: dict[str, bytes]) -> Path:
    """A folder with these files in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    """A tar archive of these files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            one = tarfile.TarInfo(name)
            one.size = len(data)
            archive.addfile(one, io.BytesIO(data))
    return packed.getvalue()


def under(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """Files, in a folder."""
    return {f"{folder}/{name}": data for name, data in files.items()}


def encrypted(data: bytes) -> bytes:
    """A zip archive that says of its first file that it is encrypted."""
    changed = bytearray(data)
    changed[6] |= 1
    changed[data.index(b"PK\1\2") + 8] |= 1
    return bytes(changed)


def grade(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Grade, as its user does."""
    command = [sys.executable, "-m", "grader", "grade", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, check=False)


# ---------------------------------------------------------------------- what paths mean


def found(room: Path, *paths: Path) -> dict[str, Path]:
    """The submissions that these paths mean."""
    return {one.name: one.path for one in find(paths, room / "room").submissions}


def test_a_folder_with_the_programs_is_a_submission(tmp_path: Path) -> None:
    """One program is enough, and it may be anything."""
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "forking_server.py").symlink_to("nowhere")
    assert found(tmp_path, tmp_path / "ada") == {"ada": tmp_path / "ada"}


def test_a_folder_of_many_holds_folders_and_archives(tmp_path: Path) -> None:
    """Hidden things, links, results and files that are no archives are none; the files are told."""
    here = laid(
        tmp_path / "class", {"ada/x": b"", "bela.zip": b"", "chen.TAR.XZ": b"", "dora.rar": b"", "notes.txt": b""}
    )
    laid(here, {".git/x": b"", "__MACOSX/x": b"", ".DS_Store": b"", "._ada": b"", "results/.reference/seed": b"1"})
    laid(here, {"emil": zipped(TINY), "fay": b"no archive"})
    (here / "gus").symlink_to("ada")
    both = find([here], tmp_path / "room")
    assert [one.name for one in both.submissions] == ["ada", "bela", "chen", "dora", "emil"]
    assert both.notices == [
        f"passed over in {str(here)!r}, for no submission: 'fay', 'gus', 'notes.txt', 'results'",
    ]


def test_many_that_are_passed_over_are_counted(tmp_path: Path) -> None:
    """Eight are named."""
    here = laid(tmp_path / "class", {"ada/x": b"", **{f"{n}.txt": b"" for n in range(10)}})
    (notice,) = find([here], tmp_path / "room").notices
    assert notice.endswith("'5.txt', '6.txt', '7.txt' and 2 more")


PACKS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "a.zip": zipped,
    "a.tar": lambda files: tarred(files, "w"),
    "a.tar.gz": tarred,
    "a.tgz": tarred,
    "a.tar.xz": lambda files: tarred(files, "w:xz"),
    "a.txz": lambda files: tarred(files, "w:xz"),
}


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("around", ["", "lab3", "a/b/c"])
def test_an_archive_of_one_is_a_submission(tmp_path: Path, name: str, around: str) -> None:
    """Below single folders too; it is called as the archive is, and unpacked once."""
    laid(tmp_path, {name: PACKS[name](under(around, TINY) if around else TINY)})
    there = found(tmp_path, tmp_path / name)
    assert list(there) == ["a"]
    assert (there["a"] / around / "forking_server.py").read_bytes() == TINY["forking_server.py"]


@pytest.mark.parametrize("name", PACKS)
def test_an_archive_of_many_is_each_of_them(tmp_path: Path, name: str) -> None:
    """Folders and archives, in the folder of the class or not."""
    files = {
        **under("class/ada", TINY),
        "class/bela.zip": zipped(TINY),
        "class/.DS_Store": b"",
        "__MACOSX/class/._ada": b"",
    }
    laid(tmp_path, {name: PACKS[name](files)})
    there = found(tmp_path, tmp_path / name)
    assert list(there) == ["ada", "bela"]
    assert (there["ada"] / "forking_server.py").read_bytes() == TINY["forking_server.py"]
    assert there["bela"].read_bytes() == files["class/bela.zip"]


def test_an_archive_within_an_archive_is_opened_too(tmp_path: Path) -> None:
    """Of one it is that one, of many each of them; and there is an end to it."""
    one, many = zipped({"lab.tar.gz": tarred(TINY)}), zipped({"all.zip": zipped({"ada/x": b"", "bela/x": b""})})
    endless = TINY
    for _ in range(5):
        endless = {"again.zip": zipped(endless)}
    laid(tmp_path, {"one.zip": one, "many.zip": many, "endless.zip": endless["again.zip"]})
    assert list(found(tmp_path / "1", tmp_path / "one.zip")) == ["one"]
    assert list(found(tmp_path / "2", tmp_path / "many.zip")) == ["ada", "bela"]
    with pytest.raises(NotASubmission, match="holds archives within archives, more than 3 deep"):
        found(tmp_path / "3", tmp_path / "endless.zip")


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.zip", zipped(TINY)[:-9], "'a.zip' is broken: File is not a zip file"),
        ("a.tgz", b"", "'a.tgz' is empty"),
        (
            "a.rar",
            b"Rar!\x1a\x07\1\0",
            "'a.rar' is a RAR archive, which is not read: it has to be a .zip, .tar, .tar.gz or",
        ),
        ("a.txt", b"hello", "'a.txt' is no archive: it has to be a .zip, .tar, .tar.gz or .tar.xz"),
        (
            "a.zip",
            zipped({"x": b""}),
            "'a.zip' holds no submission: neither blocking_server.py nor forking_server.py, nor",
        ),
        ("a.zip", encrypted(zipped({"x": b""})), "nothing of 'a.zip' can be unpacked: 'x' is encrypted"),
        ("a.zip", zipped({"b.zip": b"?"}), "'a.zip' holds 'b.zip', which is no archive: it has to be a .zip, .tar"),
        ("a.zip", zipped({"b/x": b"", "b.zip": b""}), "two submissions are called 'b': '"),
    ],
)
def test_a_path_that_can_not_be_read_is_one_sentence(tmp_path: Path, name: str, data: bytes, told: str) -> None:
    """Exit 2, before anything is graded."""
    laid(tmp_path, {name: data})
    command = [sys.executable, "-m", "grader", "grade", name]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"forklab: {told}")
    assert len(done.stderr.splitlines()) == 1


def test_what_a_class_lost_on_the_way_is_told(tmp_path: Path) -> None:
    """Of a submission in its own notes; of none, at once."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in ("../evil", "class/ada/x", "class/ada/lab/link", "class/bela.zip", "class/chen/x", "class/Chen/x"):
            one = tarfile.TarInfo(name)
            one.type = tarfile.SYMTYPE if name.endswith(("link", ".zip")) else tarfile.REGTYPE
            archive.addfile(one)
    laid(tmp_path, {"class.tar": packed.getvalue()})
    both = find([tmp_path / "class.tar"], tmp_path / "room")
    assert {one.name: one.refused for one in both.submissions} == {
        "ada": (("lab/link", "is a symbolic link"),),
        "bela": (("", "is a symbolic link"),),
        "chen": (),
        "Chen": (),
    }
    assert both.notices == [f"left out of {str(tmp_path / 'class.tar')!r}: '../evil' leads out of the archive"]


def test_a_name_that_is_no_text_becomes_one(tmp_path: Path) -> None:
    """As it is filed, so that it is found again."""
    os.mkdir(os.fsencode(tmp_path) + b"/\xff")
    assert list(found(tmp_path, tmp_path)) == ["\\udcff"]


# ---------------------------------------------------------------------- where the programs lie


def gathered(folder: Path, path: Path, *refused: tuple[str, str]) -> tuple[Gathered, set[str]]:
    """What becomes of a submission, and what of it boxes may show."""
    room = folder / "room"
    room.mkdir()
    became = gather(Submission("ada", path, refused), room, folder / "to")
    there = {str(one.relative_to(folder / "to")) for one in (folder / "to").rglob("*") if one.is_file()}
    return became, there


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        (TINY, PROGRAMS),
        (under("lab3", TINY), PROGRAMS),
        (under("a/b/c", TINY) | {".DS_Store": b"", "README.md": b""}, PROGRAMS),
        (under("lab", TINY) | under("lab/old", TINY), {*PROGRAMS, *(f"old/{name}" for name in PROGRAMS)}),
        (under("lab", TINY) | under("docs", {"x": b""}) | under("__MACOSX", TINY), PROGRAMS),
        ({"lab.zip": zipped(TINY)}, PROGRAMS),
        ({"x/lab.zip": zipped({"y/lab.tar.xz": tarred(under("z", TINY), "w:xz")})}, PROGRAMS),
        ({"lab.zip": tarred(TINY)}, PROGRAMS),
        (TINY | {"old.zip": b"?"}, {*PROGRAMS, "old.zip"}),
        ({"lab/server.py": b""}, {"server.py"}),
    ],
    ids=[
        "at the top",
        "in a folder",
        "in three",
        "with an old copy",
        "beside others",
        "zip",
        "twice",
        "misnamed",
        "both",
        "no",
    ],
)
def test_the_programs_are_found(tmp_path: Path, files: dict[str, bytes], shown: set[str]) -> None:
    """In single folders and archives; the folder around them is not copied."""
    became, there = gathered(tmp_path, laid(tmp_path / "ada", files))
    assert (became, there) == (Gathered({}, {}), shown)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (
            under("v1", TINY) | under("v2", TINY),
            "can't be told: programs lie in 'v1' and in 'v2', and only one folder can be graded",
        ),
        (
            {"1/blocking_server.py": b"", "2/forking_server.py": b""},
            "can't be told: programs lie in '1' and in '2', and only one folder can be graded",
        ),
        (
            {"v1.zip": b"", "v2.zip": b""},
            "can't be told: archives lie there, 'v1.zip' and 'v2.zip', and only one can be graded",
        ),
        ({"lab.zip": zipped(TINY)[:-9]}, "can't be had: 'lab.zip' is broken: File is not a zip file"),
        ({"lab.rar": b"BZh9"}, "can't be had: 'lab.rar' is compressed by bzip2, which is not read: it has to be a"),
    ],
)
def test_what_is_not_clear_is_told_of_both_programs(tmp_path: Path, files: dict[str, bytes], why: str) -> None:
    """And nothing is graded."""
    became, there = gathered(tmp_path, laid(tmp_path / "ada", files))
    assert (became.refused, set(became.wrong)) == ({}, set(PROGRAMS))
    assert not there
    assert all(told.startswith(why) for told in became.wrong.values())


def test_an_archive_without_an_end_has_one(tmp_path: Path) -> None:
    """Four are opened, no more."""
    files = TINY
    for _ in range(6):
        files = {"lab.zip": zipped(files)}
    became, _ = gathered(tmp_path, laid(tmp_path / "ada", files))
    assert set(became.wrong.values()) == {"can't be had: archives lie within archives, more than 3 deep"}


def test_a_program_that_was_refused_on_the_way_is_told(tmp_path: Path) -> None:
    """Its place is known all the same, and the other one is graded."""
    path = laid(tmp_path / "ada", {"lab/forking_server.py": b""})
    became, there = gathered(tmp_path, path, ("lab/blocking_server.py", "is encrypted"))
    assert became == Gathered({"lab/blocking_server.py": "is encrypted"}, {"blocking_server.py": "is encrypted"})
    assert there == {"forking_server.py"}


def test_a_submission_that_was_refused_whole_is_told(tmp_path: Path) -> None:
    """It does not even lie there."""
    became, _ = gathered(tmp_path, tmp_path / "ada.zip", ("", "is a symbolic link"))
    assert set(became.wrong.values()) == {"can't be had: 'ada.zip' is a symbolic link"}


@pytest.mark.parametrize("name", ["../../../../../../../../etc", "/etc", "lab/../../../../../../../etc"])
@pytest.mark.parametrize("is_of_a_class", [False, True])
def test_a_program_that_is_said_to_lie_elsewhere_is_not_fetched_there(
    tmp_path: Path, name: str, is_of_a_class: bool
) -> None:
    """Only what lies in the submission is graded, whatever was refused."""
    program = f"{name}/blocking_server.py"
    path = laid(tmp_path / "ada", {"x": b""})
    if is_of_a_class:
        became, there = gathered(tmp_path, path, (program, "leads out of the archive"))
    else:
        laid(tmp_path, {"ada.zip": zipped({program: b"", "x": b""})})
        became, there = gathered(tmp_path, tmp_path / "ada.zip")
    assert (list(became.refused), became.wrong, there) == ([program], {}, {"x"})


def test_a_submission_of_which_nothing_was_unpacked_is_told(tmp_path: Path) -> None:
    """By the first thing of it that was refused."""
    became, _ = gathered(tmp_path, tmp_path / "Chen", ("x", "differs from 'chen' in upper and lower case only"))
    assert set(became.wrong.values()) == {"can't be had: 'Chen/x' differs from 'chen' in upper and lower case only"}


def test_what_was_refused_around_an_archive_is_told(tmp_path: Path) -> None:
    """Beside what was refused in it."""
    laid(tmp_path, {"ada.zip": zipped({"../a": b"", "lab.zip": zipped({"../b": b"", **TINY})})})
    became, there = gathered(tmp_path, tmp_path / "ada.zip")
    assert became == Gathered(dict.fromkeys(("../a", "../b"), "leads out of the archive"), {})
    assert there == PROGRAMS


def test_many_notes_are_counted() -> None:
    """Ten are told."""
    notes = notes_on({f"{n:02}": "is a FIFO" for n in range(12)})
    assert (notes[0], notes[-1], len(notes)) == ("00 was left out: it is a FIFO", "2 files more were left out", 11)


# ---------------------------------------------------------------------- what is copied


@pytest.fixture
def as_another() -> Iterator[Path]:
    """A folder of a user who is not root, and for as long as it is there, so are we."""
    user = os.geteuid() or 65534
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chown(folder, user, -1)
        before = os.geteuid()
        os.seteuid(user)
        try:
            yield folder
        finally:
            os.seteuid(before)


def test_what_can_not_be_read_is_told(as_another: Path) -> None:
    """A file, a folder, and the submission itself."""
    ada = laid(as_another / "ada", {"blocking_server.py": b"", "lab/x": b""})
    (ada / "blocking_server.py").chmod(0)
    (ada / "lab").chmod(0)
    refused = copy(ada, as_another / "to")
    ada.chmod(0)
    became, _ = gathered(as_another, ada)
    for path in (ada, ada / "lab"):
        path.chmod(0o700)
    assert refused == dict.fromkeys(("blocking_server.py", "lab"), "can't be read: Permission denied")
    assert set(became.wrong.values()) == {"can't be had: the folder can't be read: Permission denied"}


def test_programs_come_first_within_the_limits(tmp_path: Path) -> None:
    """However much lies beside them; what is too much is refused by its name."""
    beside = {f"a/{n:03}": b"" for n in range(250)} | {"0": bytes(7 << 20), "1": bytes(2 << 20), "2": bytes(9 << 20)}
    refused = copy(laid(tmp_path / "ada", {**beside, **TINY}), tmp_path / "to")
    assert all((tmp_path / "to" / name).is_file() for name in PROGRAMS)
    assert refused["1"] == "goes over the limit of 8 MB for a submission"
    assert refused["2"] == "is 9 MB large, and the limit for a submission is 8 MB"
    assert refused["a/249"] == "goes over the limit of 200 files for a submission"
    assert len(refused) == 2 + 250 + 3 - 200


def test_what_lies_too_deep_is_refused(tmp_path: Path) -> None:
    """By the name of the folder."""
    refused = copy(laid(tmp_path / "ada", {"/".join("abcdefgh"): b""}), tmp_path / "to")
    assert refused == {"a/b/c/d/e/f/g": "lies deeper than 6 folders"}


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (b"print()\r\n", ""),
        (b"\xef\xbb\xbfprint()\n", ""),
        (b"", ""),
        ("print()\n".encode("utf-16"), "x.py is saved as UTF-16, and Python reads UTF-8"),
        ("print()\n".encode("utf-16-be"), "x.py has a NUL byte in line 1, which no Python program may have"),
        (b"print()\n\n#\0\n", "x.py has a NUL byte in line 3, which no Python program may have"),
    ],
)
def test_what_is_no_text_is_no_program(tmp_path: Path, program: bytes, told: str) -> None:
    """Line ends and a mark at the beginning are nobody's mistake."""
    laid(tmp_path, {"x.py": program})
    assert what_is_wrong_with(tmp_path / "x.py", {}) == told
    done = subprocess.run([sys.executable, str(tmp_path / "x.py")], capture_output=True, check=False)
    assert (done.returncode == 0) == (told == "")


def test_a_missing_program_is_told_with_what_there_is(tmp_path: Path) -> None:
    """Eight names; the others are counted."""
    laid(tmp_path, {str(n): b"" for n in range(10)})
    assert what_is_wrong_with(tmp_path / "x.py", {}) == (
        "there is no file x.py in the submission (there is: 0, 1, 2, 3, 4, 5, 6, 7 and 2 more)"
    )


# ---------------------------------------------------------------------- whether it is graded again


def key(path: Path) -> str:
    """What the result of a submission is filed under."""
    return grading.key_of(Submission("ada", path), ())


def test_a_key_is_that_of_the_bytes(tmp_path: Path) -> None:
    """The same for the same, wherever they lie; another one for others, be it an archive or in one."""
    first, second, other = zipped(TINY), zipped(TINY), zipped(RIGHT)
    laid(tmp_path, {"1/a.zip": first, "2/a.zip": second, "3/a.zip": other, "4/a/lab.zip": first, "5/a/lab.zip": other})
    keys = [key(tmp_path / path) for path in ("1/a.zip", "2/a.zip", "3/a.zip", "4/a", "5/a")]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4
    assert key(tmp_path / "1" / "a.zip") != grading.key_of(
        Submission("a", tmp_path / "1/a.zip", (("x", "is odd"),)), ()
    )


def test_a_key_is_that_of_what_is_graded(tmp_path: Path) -> None:
    """What is left out changes nothing; a program that is no file any more does."""
    ada = laid(tmp_path / "ada", TINY)
    keys = [key(ada)]
    laid(ada, {"__pycache__/x": b"", ".git/x": b"", "._x": b""})
    keys.append(key(ada))
    for make in (Path.mkdir, os.mkfifo, lambda path: path.symlink_to("x")):
        program = ada / "blocking_server.py"
        shutil.rmtree(program) if program.is_dir() else program.unlink()
        make(program)
        keys.append(key(ada))
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


# ---------------------------------------------------------------------- a whole class


class Told(NamedTuple):
    """What a submission is to come to.

    Args:
        why: beginning of what is said where it is no server.
        notes: what was left out.
    """

    score: float
    why: str = ""
    notes: tuple[str, ...] = ()


def _changed(change: Callable[[bytes], bytes]) -> dict[str, bytes]:
    return {name: change(data) for name, data in RIGHT.items()}


CLASS: dict[str, tuple[dict[str, bytes], Told]] = {
    "crlf": (under("crlf", _changed(lambda text: text.replace(b"\n", b"\r\n"))), Told(100)),
    "mark": (under("mark", _changed(lambda text: b"\xef\xbb\xbf" + text)), Told(100)),
    "packed": ({"packed.zip": zipped(under("a/b", RIGHT) | {"__MACOSX/a/b/._x": b""})}, Told(100)),
    "misnamed": ({"misnamed.zip": tarred(RIGHT, "w:xz")}, Told(100)),
    "within": ({"within/lab/all.tgz": tarred(RIGHT)}, Told(100)),
    "utf16": (under("utf16", _changed(lambda text: text.decode().encode("utf-16"))), Told(0, "X is saved as UTF-16")),
    "nul": (under("nul", _changed(lambda text: b"#\0\n" + text)), Told(0, "X has a NUL byte in line 1")),
    "two": (
        under("two/v1", TINY) | under("two/v2", TINY),
        Told(0, "X can't be told: programs lie in 'v1' and in 'v2'"),
    ),
    "broken": (
        {"broken.zip": zipped(RIGHT)[:-9]},
        Told(0, "X can't be had: 'broken.zip' is broken: File is not a zip"),
    ),
    "cut": ({"cut.tar.gz": tarred(RIGHT)[:-99]}, Told(0, "X can't be had: 'cut.tar.gz' is broken: it ends too early")),
    "rar": ({"rar.rar": b"Rar!\x1a\x07\1\0"}, Told(0, "X can't be had: 'rar.rar' is a RAR archive, which is not read")),
    "text": ({"text.zip": b"hello"}, Told(0, "X can't be had: 'text.zip' is no archive: it has to be a .zip, .tar")),
    "empty": ({"empty.zip": zipped({})}, Told(0, "X can't be had: 'empty.zip' is empty")),
    "many": (
        {"many.zip": zipped({str(n): b"" for n in range(20_000)})},
        Told(0, "X can't be had: 'many.zip' holds more than 10,000 entries; '10000' is one too many"),
    ),
    "bomb": (
        {"bomb.zip": zipped({"blocking_server.py": bytes(32 << 20), "x": b""})},
        Told(0, "", ("blocking_server.py was left out: it is a bomb: it unpacks to more than 200 times its size",)),
    ),
    "slip": (
        {"slip.zip": zipped({"../../slip": b"", **TINY})},
        Told(0, "", ("../../slip was left out: it leads out of the archive",)),
    ),
    "secret": (
        {"secret.zip": encrypted(zipped({"blocking_server.py": b"", "x": b""}))},
        Told(0, "", ("blocking_server.py was left out: it is encrypted",)),
    ),
    "wrong": (
        under("wrong", {"server.py": b""}),
        Told(0, "there is no file X in the submission (there is: server.py)"),
    ),
}
"""By name: what is handed in, and what it comes to; X is a program."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, few_checks: Path) -> Path:
    """The class, graded."""
    here = tmp_path_factory.mktemp("intake")
    for files, _ in CLASS.values():
        laid(here / "class", files)
    odd = laid(here / "class" / "odd", {"blocking_server.py/x": b""})
    os.mkfifo(odd / "forking_server.py")
    linked = laid(here / "class" / "linked", {"forking_server.py": bytes(100 << 20)})
    (linked / "blocking_server.py").symlink_to("/etc/passwd")
    done = grade(here / "class", "--out", here / "out", "--assignment", few_checks)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert f"{len(CLASS) + 2} graded, 0 to be looked at by a human" in done.stdout
    return here / "out"


def result_of(results: Path, name: str) -> dict[str, object]:
    """A result as another program reads it."""
    filed: dict[str, object] = json.loads((results / name / "result.json").read_text())
    return filed


def why_no_server(results: Path, name: str) -> dict[str, str]:
    """By program, why it is no server."""
    checks = {check["id"]: check for check in result_of(results, name)["checks"]}  # type: ignore[attr-defined]
    return {track.program: checks[f"{track.name}/listens"]["observed"] for track in TRACKS}


@pytest.mark.parametrize("name", CLASS)
def test_what_is_handed_in_costs_its_own_points_only(results: Path, name: str) -> None:
    """What Python takes earns them all; everything else is one sentence, and the others go on."""
    told = CLASS[name][1]
    result = result_of(results, name)
    assert (result["score"], result["status"], tuple(result["notes"])) == (told.score, "graded", told.notes)  # type: ignore[arg-type]
    if told.why:
        for program, why in why_no_server(results, name).items():
            assert why.startswith(told.why.replace("X", program))


def test_what_is_no_file_is_named_for_what_it_is(results: Path) -> None:
    """A folder, a FIFO, a link, a hundred MB: nothing of it is opened, waited for or followed."""
    assert why_no_server(results, "odd") == {
        "blocking_server.py": "blocking_server.py is a folder, and has to be a file",
        "forking_server.py": "forking_server.py is a FIFO",
    }
    assert why_no_server(results, "linked") == {
        "blocking_server.py": "blocking_server.py is a symbolic link",
        "forking_server.py": "forking_server.py is 100 MB large, and the limit for a submission is 8 MB",
    }


def test_what_was_refused_is_on_the_page(results: Path) -> None:
    """Of the entry, with its name."""
    assert CLASS["slip"][1].notes[0] in Seen((results / "slip" / "report.html").read_text()).text
    assert not list(results.parent.rglob("slip.py"))


# ---------------------------------------------------------------------- names

NAMES = (
    "\x1b[31mred",
    "\u202egnp.exe",
    "<script>alert(1)</script>".replace("/", "\\"),
    "=1+1",
    "@sum",
    "-rf",
    "--out",
    "con",
    "a\nb",
    "'\"&amp;",
    "100%",
    "x" * 250,
    "index.html",
    "~",
    "$(id)",
    " ",
)


def assert_that_all_are_filed(done: subprocess.CompletedProcess[str], out: Path, names: set[str]) -> None:
    """Each has a result, a page that the class page leads to, and a cell; no sign of theirs reaches a terminal."""
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert done.stdout.replace("\n", "").isprintable()
    filed = {json.loads(path.read_text())["submission"]: path.parent for path in out.glob("*/result.json")}
    assert set(filed) == names
    page = (out / "index.html").read_text()
    seen = Seen(page)
    assert seen.tags.count("script") == 1
    assert not {"\x1b", "\u202e"} & set(page)
    linked = {unquote(link) for link in page.split('href="')[1:] for link in [link.partition('"')[0]]}
    assert {f"{folder.name}/report.html" for folder in filed.values()} <= linked
    cells = [row[0] for row in csv.reader(io.StringIO((out / "grades.csv").read_text(), newline=""))][1:]
    assert sorted(cell.removeprefix("'") if cell[0] == "'" else cell for cell in cells) == sorted(
        name.removeprefix("'") for name in names
    )
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("first", [0, 1])
def test_no_name_is_a_path_a_formula_a_tag_or_an_option(tmp_path: Path, first: int, few_checks: Path) -> None:
    """Whatever a submission is called, be it a folder or an archive, it is filed under that name and does nothing."""
    for number, name in enumerate(NAMES, first):
        files = {f"{name}/server.py": b""} if number % 2 else {f"{name}.zip": b"no archive"}
        laid(tmp_path / "class", files)
    done = grade(tmp_path / "class", "--out", tmp_path / "out", "--assignment", few_checks)
    assert_that_all_are_filed(done, tmp_path / "out", set(NAMES))


@pytest.mark.parametrize("pack", [zipped, tarred], ids=["zip", "tar"])
def test_a_class_in_an_archive_may_be_called_anything_too(
    tmp_path: Path, pack: Callable[..., bytes], few_checks: Path
) -> None:
    """And a name that no file system has room for is cut."""
    names = [name for name in NAMES if "\\" not in name and len(name) < 250]
    inside = {f"{name}/server.py": b"" for name in (*names[::2], "x" * 300)}
    laid(tmp_path, {"class": pack({**inside, **{f"{name}.zip": b"no archive" for name in names[1::2]}})})
    done = grade(tmp_path / "class", "--out", tmp_path / "out", "--assignment", few_checks)
    assert_that_all_are_filed(done, tmp_path / "out", {*names, "x" * 238 + "~0d4e2ca9e9cbced7"})


def test_nothing_is_left_of_what_was_unpacked(tmp_path: Path, few_checks: Path) -> None:
    """Neither in the folder of temporary files nor beside the archive; and nothing is graded twice."""
    laid(tmp_path, {"class.zip": zipped({"ada/x": b"", "bela.zip": b"?", "chen/lab.zip": b"?"})})
    arguments = (tmp_path / "class.zip", "--out", tmp_path / "out", "--assignment", few_checks)
    command = [sys.executable, "-m", "grader", "grade", *map(str, arguments)]
    far = tmp_path / ("t" * 150)  # sockets lie in it, whose names have room for 107 bytes: unix(7)
    far.mkdir()
    (far / "x").touch()
    environment = {**os.environ, "TMPDIR": str(far)}
    told = [
        subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, env=environment, check=True).stdout
        for _ in range(2)
    ]
    left = {path.name for path in far.iterdir() if not path.name.startswith("forklab-uids")}
    assert "3 submissions, 3 to grade" in told[0]
    assert "3 submissions, 0 to grade, 3 graded already" in told[1]
    assert left == {"x"}
    assert {path.name for path in tmp_path.iterdir()} == {"out", "class.zip", far.name}
    assert stat.S_ISREG((tmp_path / "class.zip").stat().st_mode)
