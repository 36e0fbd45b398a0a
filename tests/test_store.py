"""Results on disk: whole or not there, and read with suspicion."""

from __future__ import annotations

import csv
import gzip
import io
import os
import stat
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import store
from grader.model import Outcome, Report, Result, report_of
from grader.people import Enrolled, Student, Whose
from tests.recordings import changed, process, recording, server, snapshot, thread, visit

RECORDED = {"forking": {"crowd": recording("crowd", *visit("A", 1.0), snapshot("all are there", server()))}}


def report(name: str = "ada", outcome: Outcome = Outcome.PASSED, *, key: str = "k") -> Report:
    """A report of one check that is worth four points, two of them proven."""
    result = Result("forking/listens", outcome, 4.0, 2.5, False, "The server listens.")
    return report_of(name, (result,), sandbox="none", seconds=1.0, key=key)


def names_in(folder: Path) -> set[str]:
    """What lies in a folder."""
    return {path.name for path in folder.iterdir()}


# ---------------------------------------------------------------------- writing


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    """Over the one that was there, and nothing else is left."""
    store.commit(tmp_path / "x", b"one")
    store.commit(tmp_path / "x", b"two")
    assert ((tmp_path / "x").read_bytes(), names_in(tmp_path)) == (b"two", {"x"})


def test_a_file_that_can_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Where a folder stands in its place, the temporary goes too."""
    (tmp_path / "x").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        store.commit(tmp_path / "x", b"one")
    assert names_in(tmp_path) == {"x"}


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    """Torn files go, at any depth; results stay."""
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / ".result.json.17.part").write_bytes(b"{")
    (tmp_path / "ada" / "result.json").write_bytes(b"{}")
    store.sweep(tmp_path)
    assert names_in(tmp_path / "ada") == {"result.json"}


def test_a_result_is_filed_and_read_back(tmp_path: Path) -> None:
    """Result, both pages and recordings, in a folder that is made for them."""
    folder = tmp_path / "out" / "ada"
    store.commit_result(folder, report(), b"<html>", RECORDED, b"<html> for you alone")
    assert store.result_in(folder) == report()
    assert store.recordings_in(folder) == RECORDED
    assert (folder / store.PAGE).read_bytes() == b"<html>"
    assert (folder / store.INSTRUCTORS).read_bytes() == b"<html> for you alone"


def test_equal_recordings_are_equal_bytes() -> None:
    """No time of day is packed with them."""
    assert store.packed(RECORDED) == store.packed(dict(RECORDED))


def test_names_that_are_no_text_are_filed_escaped(tmp_path: Path) -> None:
    """A file name is any bytes; one that is no UTF-8 must not keep a result from being written."""
    odd = process(8, thread(8, "read"), sockets=())
    odd.descriptors[3] = "/tmp/\udcff"
    seen = changed(RECORDED["forking"]["crowd"], snapshots=(snapshot("all are there", odd),), cut="\udcff")
    store.commit_result(tmp_path, report("bela\udcff"), b"", {"forking": {"crowd": seen}})
    filed = store.recordings_in(tmp_path)["forking"]["crowd"]
    assert filed.cut == "\\udcff"
    assert filed.snapshots[0].processes[0].descriptors == {0: "/dev/null", 3: "/tmp/\\udcff"}
    assert filed.events == seen.events
    result = store.result_in(tmp_path)
    assert result is not None
    assert (result.submission, result.score) == ("bela\\udcff", 2.5)


# ---------------------------------------------------------------------- reading with suspicion


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"not even JSON",
        b'{"submission": "\xff"}',
        b"[" * 100_000,
        b'{"more": ' + b"[" * 100_000,
    ],
    ids=["empty", "no fields", "no JSON", "no UTF-8", "too deep", "too deep in a field that we don't know"],
)
def test_a_foreign_result_is_none(tmp_path: Path, data: bytes) -> None:
    """Whatever lies there, the submission is graded anew."""
    (tmp_path / store.RESULT).write_bytes(data)
    assert store.result_in(tmp_path) is None


def test_no_result_is_none(tmp_path: Path) -> None:
    """And is not up to date."""
    assert store.result_in(tmp_path) is None
    assert not store.is_up_to_date(tmp_path, "k")


@pytest.mark.parametrize(
    ("outcome", "key", "expected"),
    [(Outcome.FAILED, "k", True), (Outcome.FAILED, "other", False), (Outcome.INCONCLUSIVE, "k", False)],
)
def test_only_a_grade_with_the_same_key_is_kept(tmp_path: Path, outcome: Outcome, key: str, expected: bool) -> None:
    """What changed, and what needs a human, is graded again."""
    store.commit_result(tmp_path, report(outcome=outcome, key="k"), b"", {})
    assert store.is_up_to_date(tmp_path, key) is expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not gzip",
        store.packed(RECORDED)[:-20],
        gzip.compress(b'{"forking": {"crowd": {}}}'),
        gzip.compress(b'{"forking": "\xff"}'),
        gzip.compress(b'{"forking":' * 100_000),
    ],
    ids=["empty", "no gzip", "cut off", "no fields", "no UTF-8", "too deep"],
)
def test_torn_recordings_are_named(tmp_path: Path, data: bytes) -> None:
    """Which file it is, in one exception, whatever is wrong with it."""
    (tmp_path / store.RECORDINGS).write_bytes(data)
    with pytest.raises(store.Unreadable, match=r"recordings\.json\.gz holds no recordings"):
        store.recordings_in(tmp_path)


def test_no_recordings_are_named(tmp_path: Path) -> None:
    """With the system's own reason."""
    with pytest.raises(store.Unreadable, match=r"recordings\.json\.gz can't be read: No such file"):
        store.recordings_in(tmp_path)


@given(place=st.integers(min_value=0), value=st.integers(0, 255))
def test_a_byte_that_flipped_is_noticed_or_harmless(place: int, value: int) -> None:
    """No other exception than the one that names the file."""
    data = bytearray(store.packed(RECORDED))
    data[place % len(data)] = value
    with suppress(store.Unreadable):
        assert store.unpacked(bytes(data), Path("x")) == RECORDED


# ---------------------------------------------------------------------- the gradebook


def rows_of(*reports: Report) -> list[list[str]]:
    """The gradebook as another program reads it."""
    return list(csv.reader(io.StringIO(store.gradebook(reports).decode(), newline="")))


def test_a_grade_is_a_row() -> None:
    """Points as a human writes them, and nothing to note."""
    assert rows_of(report()) == [
        ["submission", "score", "points", "bonus", "status", "note"],
        ["ada", "2.5", "4", "0", "graded", ""],
    ]


def test_a_grade_that_needs_a_human_is_left_empty() -> None:
    """An empty cell is not a zero; what is proven is noted."""
    assert rows_of(report(outcome=Outcome.ERROR))[1] == [
        "ada",
        "",
        "4",
        "",
        "error",
        "needs a human: 2.5 points are proven",
    ]


def test_whose_a_submission_is_stands_in_its_row() -> None:
    """Late as well; a name is no formula."""
    student = Student(id="0012", name="=1+1", email="a@x.edu", group="A", late=True)
    row = rows_of(msgspec.structs.replace(report(), student=student))[1]
    assert row[6:] == ["'=1+1", "0012", "a@x.edu", "A", "late"]


def test_who_handed_in_nothing_has_a_row_without_a_grade() -> None:
    """Beside those who did."""
    text = store.gradebook([report()], [Whose(id="7", name="Bela")]).decode()
    assert list(csv.reader(io.StringIO(text)))[2] == [
        "", "", "", "", "missing", "nothing was handed in", "Bela", "7", "", "", "",
    ]  # fmt: skip


def test_a_roster_is_filed_and_read_back(tmp_path: Path) -> None:
    """Nobody where there is none; a torn one is a sentence, or nobody would be missing."""
    roster = (Enrolled(student=Student(sid="7", name="Bela"), submissions=("b",)), Enrolled(student=Student(sid="8")))
    assert store.roster_in(tmp_path) == ()
    store.commit_roster(tmp_path, roster)
    assert store.roster_in(tmp_path) == roster
    (tmp_path / store.ROSTER).write_bytes(b"{")
    with pytest.raises(store.Unreadable, match=r"roster\.json does not tell who is in the class .*: remove it"):
        store.roster_in(tmp_path)


def test_a_file_may_be_its_owners_alone(tmp_path: Path) -> None:
    """From the first byte on."""
    store.commit(tmp_path / "x", b"secret", 0o600)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o600


@pytest.mark.parametrize("first", "=+-@\t\r\n＝＋－＠")
def test_a_name_is_no_formula(first: str) -> None:
    """A spreadsheet that opens the gradebook runs nothing of a student's."""
    assert store.no_formula(f"{first}cmd") == f"'{first}cmd"


@pytest.mark.parametrize("cell", ["", "ada", "a=b", "Łukasz"])
def test_an_ordinary_name_stays_as_it_is(cell: str) -> None:
    """Nothing is put before it."""
    assert store.no_formula(cell) == cell


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.just("ada\rbela,100,100,0,graded,"))
def test_a_name_is_one_cell_whatever_it_is(name: str) -> None:
    """No name makes a second row, for any program that reads CSV."""
    rows = rows_of(report(name))
    assert [store.no_formula(name)] == [row[0] for row in rows[1:]]


def test_a_name_that_is_no_text_is_a_cell_too() -> None:
    """Escaped, for a gradebook is UTF-8."""
    assert rows_of(report("\udcff"))[1][0] == "\\udcff"


def test_a_temporary_is_known_by_its_process(tmp_path: Path) -> None:
    """Two processes that write one file do not write one temporary."""
    folder = tmp_path / store.RESULT
    folder.mkdir()
    (tmp_path / f".{store.RESULT}.{os.getpid() + 1}.part").write_bytes(b"another's")
    with pytest.raises(OSError, match="Is a directory"):
        store.commit(folder, b"")
    assert names_in(tmp_path) == {store.RESULT, f".{store.RESULT}.{os.getpid() + 1}.part"}


@pytest.mark.parametrize("schema", [0, 2])
def test_recordings_of_another_schema_are_refused(tmp_path: Path, schema: int) -> None:
    """Older or newer, whatever else is in them; the sentence names the file, both schemas and a way on."""
    text = b'{"forking":{"crowd":{"schema":%d,"frames":[]}}}' % schema
    with pytest.raises(store.Unreadable, match=f"ada.* of schema {schema}, and this grader reads schema 1: .* anew"):
        store.unpacked(gzip.compress(text), tmp_path / "ada")


def test_a_result_is_filed_anew_beside_its_recordings(tmp_path: Path) -> None:
    """They stay as they are, byte by byte."""
    store.commit_result(tmp_path, report(), b"old", RECORDED)
    before = (tmp_path / store.RECORDINGS).read_bytes()
    store.commit_report(tmp_path, report(outcome=Outcome.FAILED), b"new")
    assert store.result_in(tmp_path) == report(outcome=Outcome.FAILED)
    assert ((tmp_path / store.PAGE).read_bytes(), (tmp_path / store.RECORDINGS).read_bytes()) == (b"new", before)


def test_who_is_late_has_three_cells_more() -> None:
    """The score before, what is taken off, and why; where a human must look first, why alone."""
    late = [
        msgspec.structs.replace(report(outcome=outcome), score=2.0, deduction=0.5, lateness="a day late")
        for outcome in (Outcome.PASSED, Outcome.INCONCLUSIVE)
    ]
    assert late[0].before_deduction == 2.5
    head, *rest = rows_of(*late, report("bela"))
    assert head[6:] == ["before deduction", "deduction", "lateness"]
    assert [row[6:] for row in rest] == [["2.5", "0.5", "a day late"], ["", "", "a day late"], ["", "", ""]]
