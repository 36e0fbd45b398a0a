"""The index: always what the results say, whatever happened to either; and thrown away at any time."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import batch, grading, index, store
from grader.comparing import remembering
from grader.model import Diagnosis, Outcome, Report, Result, Status, Sure, report_of
from grader.overview import Was, overview_of, row_of
from grader.people import NOBODY, Enrolled, Student, Whose

CHECKS = ("answers", "reaps", "extra", "newer")


def report(name: str, letters: str = "ppp", seconds: float = 1.0) -> Report:
    """A report whose checks came to what these letters say."""
    results = tuple(
        Result(f"forking/{check}", outcome, 2.0, 2.0 * outcome.value.startswith("p"), check == "extra", f"It {check}.")
        for check, letter in zip(CHECKS, letters, strict=False)
        for outcome in Outcome
        if outcome.value[0] == letter
    )
    return report_of(name, results, sandbox="bubblewrap", seconds=seconds, python="3.11.2", seed=7)


def file(out: Path, *reports: Report) -> None:
    """File results as a batch does."""
    for one in reports:
        (out / one.submission).mkdir(exist_ok=True)
        store.commit_report(out / one.submission, one, b"page")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Three results."""
    file(tmp_path, report("ada"), report("bela", "pfe"), report("chen", "nip"))
    return tmp_path


def asked_of_the_index(out: Path, question: str) -> list[tuple[object, ...]]:
    """What SQLite answers."""
    with closing(sqlite3.connect(out / index.INDEX)) as connection:
        return connection.execute(question).fetchall()


def cause(sentence: str, *, stretch: bool = False) -> Diagnosis:
    """A diagnosis that says this."""
    return Diagnosis(
        cause="one", sentence=sentence, sure=Sure.PROBABLY, hint="?", root="forking/reaps", stretch=stretch
    )


def test_it_knows_the_causes_of_what_failed(tmp_path: Path) -> None:
    """Those of the core, one for each program, in words."""
    found = {"blocking": cause("Nobody sleeps."), "forking": cause("Nobody waits.")}
    file(tmp_path, msgspec.structs.replace(report("ada", "ff"), diagnoses=found))
    file(tmp_path, msgspec.structs.replace(report("bela", "ppf"), diagnoses={"forking": cause("No.", stretch=True)}))
    causes = ("blocking: Nobody sleeps.", "forking: Nobody waits.")
    assert [one.causes for one in index.overview_in(tmp_path).standings] == [causes, ()]
    assert asked_of_the_index(tmp_path, "SELECT causes FROM submissions") == [("\n".join(causes),), ("",)]


def test_it_knows_whose_a_submission_is_and_who_is_missing(out: Path) -> None:
    """In columns of their own; the roster lies beside it."""
    student = Student(id="7", name="Ada", email="a@x.edu", group="A", late=True)
    file(out, msgspec.structs.replace(report("ada"), student=student))
    store.commit_roster(
        out, [Enrolled(student=Student(sid="7"), submissions=("ada",)), Enrolled(student=Student(sid="9"))]
    )
    overview = index.overview_in(out)
    assert [one.whose for one in overview.standings] == [student.in_words, NOBODY, NOBODY]
    assert overview.missing == (Whose("9"),)
    assert asked_of_the_index(out, "SELECT name, team, late FROM submissions WHERE student_id = '7'") == [
        ("Ada", "A", 1)
    ]


def test_it_knows_what_a_result_took_the_place_of(tmp_path: Path) -> None:
    """By the index as by the results themselves, and a question finds who has changed."""
    new = remembering(report("ada", "ppp"), report("ada", "pfe"), by="rejudge", made="2026-11-02 10:00")
    file(tmp_path, new, report("bela"))
    assert [one.was for one in index.overview_in(tmp_path).standings] == [
        Was(2.0, Status.GRADED, "rejudge", "2026-11-02 10:00", 2), None,
    ]  # fmt: skip
    assert index.overview_in(tmp_path) == overview_of(row_of(one.submission, one) for one in (new, report("bela")))
    question = "SELECT submission, was_score, score FROM submissions WHERE changes > 0"
    assert asked_of_the_index(tmp_path, question) == [("ada", 2.0, 4.0)]


def test_it_answers_questions(out: Path) -> None:
    """By submission and by check, in words."""
    assert index.update(out) == (3, 3)
    assert asked_of_the_index(out, "SELECT submission, score, status, seed FROM submissions") == [
        ("ada", 4.0, "graded", "7"), ("bela", 2.0, "graded", "7"), ("chen", 0.0, "inconclusive", "7"),
    ]  # fmt: skip
    question = "SELECT submission, check_id, outcome FROM outcomes WHERE outcome != 'passed' ORDER BY 1, 2"
    assert asked_of_the_index(out, question) == [
        ("bela", "forking/extra", "error"), ("bela", "forking/reaps", "failed"),
        ("chen", "forking/answers", "not_reached"), ("chen", "forking/reaps", "inconclusive"),
    ]  # fmt: skip
    assert asked_of_the_index(out, "SELECT sum(points), count(*) FROM outcomes WHERE NOT stretch") == [(12.0, 6)]


def test_only_what_changed_is_read_again(out: Path) -> None:
    """A result that is new, that is another, that is gone."""
    index.update(out)
    assert index.update(out) == (3, 0)
    file(out, report("ada", "ppf"), report("dora"))
    shutil.rmtree(out / "chen")
    assert index.update(out) == (3, 2)
    assert [one.outcomes for one in index.overview_in(out).standings] == ["ppf", "pfe", "ppp"]


def test_a_result_of_the_same_size_and_time_is_another_all_the_same(out: Path) -> None:
    """As rsync or a restored backup may leave it."""
    index.update(out)
    before = (out / "ada" / store.RESULT).stat()
    file(out, report("ada", "ppp", seconds=2.0))
    os.utime(out / "ada" / store.RESULT, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (out / "ada" / store.RESULT).stat().st_size == before.st_size
    assert index.update(out) == (3, 1)


def test_a_torn_result_is_none(out: Path) -> None:
    """Nor is what was known of it before; a folder without a result is nobody."""
    index.update(out)
    (out / "ada" / store.RESULT).write_bytes(b"{")
    (out / "empty").mkdir()
    assert index.update(out) == (2, 0)
    assert [one.submission for one in index.overview_in(out).standings] == ["bela", "chen"]


def test_a_seed_may_be_any_number(out: Path) -> None:
    """Also one that SQLite has no whole numbers for."""
    file(out, msgspec.structs.replace(report("ada"), seed=1 << 80))
    index.update(out)
    assert asked_of_the_index(out, "SELECT seed FROM submissions LIMIT 1") == [(str(1 << 80),)]


def another_schema(path: Path) -> None:
    """By an older grader."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 0")


def somebody_elses(path: Path) -> None:
    """A database, and not ours."""
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE submissions (folder TEXT, stamp TEXT)")


@pytest.mark.parametrize(
    "harm",
    [
        Path.unlink,
        another_schema,
        somebody_elses,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no database at all, but long enough to be taken for one" * 30),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + random.randbytes(8192)),
    ],
    ids=["gone", "another schema", "somebody else's", "empty", "a text", "cut", "overwritten"],
)
def test_it_is_made_anew_whatever_became_of_it(out: Path, harm: object) -> None:
    """All is read again, and all is there."""
    index.update(out)
    assert callable(harm)
    harm(out / index.INDEX)
    assert index.update(out) == (3, 3)
    assert len(index.overview_in(out).standings) == 3


def test_where_no_index_can_be_the_results_are_read(out: Path) -> None:
    """A folder is in its place; nothing of the attempt is left."""
    expected = index.overview_in(out)
    (out / index.INDEX).unlink()
    (out / index.INDEX).mkdir()
    assert index.overview_in(out) == expected
    assert batch.file_the_class(out, title="Lab", made="now") == expected.standings
    assert len((out / batch.GRADES).read_text().splitlines()) == 1 + 3
    assert not list(out.glob(f".*{store.TORN}"))


def test_it_is_read_without_locks(out: Path) -> None:
    """A network file system may have none, and whoever asks it something holds up no batch."""
    index.update(out)
    with closing(sqlite3.connect(out / index.INDEX, isolation_level=None)) as somebody:
        somebody.execute("BEGIN EXCLUSIVE")
        file(out, report("dora"))
        assert len(index.overview_in(out).standings) == 4


def test_an_index_that_was_copied_along_is_brought_up_to_date(
    out: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Folders are merged by copying: what another folder's index says of those that are not here is forgotten."""
    other = tmp_path_factory.mktemp("other")
    file(other, report("emil"), report("fay"))
    index.update(out)
    index.update(other)
    shutil.copytree(other, out, dirs_exist_ok=True)
    shutil.rmtree(out / "fay")
    assert index.update(out) == (4, 4)
    assert [one.folder for one in index.overview_in(out).standings] == ["ada", "bela", "chen", "emil"]


NAMES = st.sampled_from(["ada", "bela", "李", "a b", "100%", "'); --"])
STEPS = st.lists(st.tuples(NAMES, st.none() | st.text("pfnie", max_size=4)), max_size=12)


@settings(deadline=None, max_examples=40)
@given(st.lists(STEPS, min_size=1, max_size=4))
def test_it_says_what_the_results_say(batches: list[list[tuple[str, str | None]]]) -> None:
    """Whatever came, changed and went between, and whatever it was asked."""
    with tempfile.TemporaryDirectory() as folder:
        out, there = Path(folder), dict[str, Report]()
        for steps in batches:
            for name, letters in steps:
                if letters is None:
                    shutil.rmtree(out / name, ignore_errors=True)
                    there.pop(name, None)
                else:
                    there[name] = report(name, letters)
                    file(out, there[name])
            assert index.overview_in(out) == overview_of(row_of(name, there[name]) for name in sorted(there))
            assert index.update(out) == (len(there), 0)


# ---------------------------------------------------------------------- as a command


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    words = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, cwd=grading.PROJECT, check=False)


def test_the_command_tells_where_it_lies_and_what_may_be_asked(out: Path) -> None:
    """The question that it prints can be asked as it stands."""
    done = command("index", out)
    told, _, question = done.stdout.splitlines()
    assert all(name in (out / batch.GRADES).read_text() for name in ("ada", "bela", "chen"))
    assert "bela/report.html" in (out / batch.INDEX).read_text()
    assert (done.returncode, told) == (0, f"3 submissions, 3 read anew: {out / index.INDEX}"), done.stderr
    answer = subprocess.run(question, shell=True, capture_output=True, text=True, check=False)
    assert "forking/reaps|1" in answer.stdout.splitlines() or not shutil.which("sqlite3"), answer.stderr
    assert "3 submissions, 0 read anew" in command("index", out).stdout


def test_the_command_needs_results(tmp_path: Path) -> None:
    """One sentence, exit 2, and nothing is made."""
    done = command("index", tmp_path)
    assert (done.returncode, "holds no results" in done.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_its_place_is_a_sentence(out: Path) -> None:
    """Exit 2; a batch does without it."""
    (out / index.INDEX).mkdir()
    done = command("index", out)
    assert (done.returncode, f"{out / index.INDEX} can't be written: " in done.stderr) == (2, True)
    assert len(done.stderr.splitlines()) == 1


def test_the_index_is_no_submission(out: Path) -> None:
    """A student's folder of that name is filed under another."""
    assert batch.folder_of(out, index.INDEX) != out / index.INDEX
