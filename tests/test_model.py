"""Tracks, outcomes and the sums of a report."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import (
    BLOCKING,
    FORKING,
    MOST_OF_A_NAME,
    NOT_SEEN,
    TRACKS,
    Before,
    Diagnosis,
    Mismatch,
    NotReached,
    Outcome,
    Result,
    Status,
    Sure,
    Track,
    folder_name,
    points_shown,
    report_of,
    status_of,
    track_named,
)
from grader.people import NOBODY, Person, Student, Whose


def result(outcome: Outcome, earned: float = 0.0, *, stretch: bool = False) -> Result:
    """A result that is worth four points."""
    return Result("forking/listens", outcome, 4.0, earned, stretch, "The server listens.")


def test_a_track_is_known_by_its_name() -> None:
    """Both chapters are found, and no third one."""
    assert [track_named("blocking"), track_named("forking")] == [BLOCKING, FORKING]
    with pytest.raises(KeyError):
        track_named("threads")


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.name)
def test_a_request_fits_one_read(track: Track) -> None:
    """Four requests or more, none empty, none over 1000 bytes, each with a name of its own."""
    names = {request.name for request in track.requests}
    assert 4 <= len(names) == len(track.requests)
    assert all(0 < len(request.data) <= 1000 for request in track.requests)


def test_the_first_request_is_the_lessons_own() -> None:
    """Chapter 1 greets, chapter 2 gets the root."""
    assert BLOCKING.request == b"Hello, I'm client"
    assert FORKING.request == b"GET / HTTP/1.1\r\nHost: lab\r\n\r\n"


def test_what_was_not_proven_needs_a_human() -> None:
    """Neither a point earned nor a point lost says so."""
    assert {Outcome.INCONCLUSIVE, Outcome.ERROR} == {outcome for outcome in Outcome if outcome.needs_a_human}


def test_an_outcome_is_shown_in_words() -> None:
    """No underscore is shown to a student."""
    assert Outcome.NOT_REACHED.words == "not reached"


def test_a_mismatch_tells_both_sides() -> None:
    """Its text is expected and observed; evidence and hint may be missing."""
    mismatch = Mismatch(expected="one", observed="two")
    assert str(mismatch) == "expected one, observed two"
    assert (mismatch.evidence, mismatch.hint) == ((), "")


def test_not_reached_tells_its_reason() -> None:
    """The reason is its text, and it blames no check unless told so."""
    missing = NotReached("the server ended")
    assert (str(missing), missing.about, missing.evidence) == ("the server ended", "", ())


def test_bonus_points_are_shown_apart() -> None:
    """Score and points are the core's alone."""
    results = (result(Outcome.PASSED, 4.0), result(Outcome.FAILED), result(Outcome.PASSED, 4.0, stretch=True))
    report = report_of("ada", results, sandbox="none", seconds=1.23456, python="3.11")
    assert (report.score, report.points, report.bonus) == (4.0, 8.0, 4.0)
    assert (report.status, report.seconds, report.python) == (Status.GRADED, 1.235, "3.11")


def test_bonus_points_are_in_the_score_where_the_instructor_counts_them() -> None:
    """And the report says so; what can be had of the core stays as it is."""
    results = (result(Outcome.PASSED, 4.0), result(Outcome.FAILED), result(Outcome.PASSED, 4.0, stretch=True))
    report = report_of("x", results, sandbox="none", seconds=0.0, bonus_counts=True)
    assert (report.score, report.points, report.bonus, report.bonus_counts) == (8.0, 8.0, 4.0, True)


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ((), Status.GRADED),
        ((Outcome.PASSED, Outcome.FAILED, Outcome.NOT_REACHED), Status.GRADED),
        ((Outcome.PASSED, Outcome.INCONCLUSIVE), Status.INCONCLUSIVE),
        ((Outcome.INCONCLUSIVE, Outcome.ERROR), Status.ERROR),
    ],
)
def test_a_status_is_what_a_human_must_look_at_first(outcomes: tuple[Outcome, ...], status: Status) -> None:
    """ERROR goes before INCONCLUSIVE, and that before GRADED."""
    assert status_of(tuple(map(result, outcomes))) is status


def test_an_unclear_bonus_keeps_the_grade() -> None:
    """What is off in the total needs no human."""
    assert status_of((result(Outcome.ERROR, stretch=True),)) is Status.GRADED


@pytest.mark.parametrize(("points", "shown"), [(100.0, "100"), (87.5, "87.5"), (0, "0")])
def test_points_have_no_needless_decimal(points: float, shown: str) -> None:
    """As a human writes them."""
    assert points_shown(points) == shown


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("ada", "ada"),
        ("Łukasz Wójcik", "Łukasz Wójcik"),
        ("a/b\\c", "a%2Fb%5Cc"),
        ("100%", "100%25"),
        (".hidden", "%2Ehidden"),
        ("--out", "%2D-out"),
        ("index.html", "%69ndex.html"),
        ("grades.csv", "%67rades.csv"),
        ("", "%"),
        ("a\nb", "a%0Ab"),
        ("\udcff", "%ED%B3%BF"),
    ],
)
def test_a_folder_is_never_hidden_nor_a_file_of_ours(name: str, folder: str) -> None:
    """An ordinary name stays as it is; what would be hidden, an option or our own file does not."""
    assert folder_name(name) == folder


@given(names=st.lists(st.text(max_size=80), min_size=2, max_size=2, unique=True))
def test_nobodys_result_is_filed_over_anothers(names: list[str]) -> None:
    """Different names give different folders, each short enough for a file system."""
    first, second = map(folder_name, names)
    assert first != second
    assert max(len(first.encode()), len(second.encode())) <= MOST_OF_A_NAME + 20


def test_long_names_are_told_apart_by_their_ends() -> None:
    """Two names of three hundred letters that differ in the last one, and one that just fits."""
    assert folder_name("x" * 300) != folder_name("x" * 299 + "y")
    assert folder_name("x" * MOST_OF_A_NAME) == "x" * MOST_OF_A_NAME
    assert len(folder_name("\N{SNAKE}" * 300).encode()) < 255


def test_what_is_hidden_is_not_for_the_student() -> None:
    """All else stays; and a result passed where its outcome says so."""
    shown = Result("forking/listens", Outcome.PASSED, 2.0, 2.0, False, "The server listens.")
    secret = Result("forking/secret", Outcome.FAILED, 0.0, 0.0, True, "A secret.", hidden=True)
    report = report_of("ada", (shown, secret), sandbox="none", seconds=1.0, seed=7)
    assert (report.for_the_student.checks, report.for_the_student.seed, report.checks) == ((shown,), 7, (shown, secret))
    assert (shown.passed, secret.passed) == (True, False)


def test_a_report_tells_whose_it_is_in_words() -> None:
    """Of a group all of them; where no student is known, nothing."""
    both = Student(
        members=(Person(id="7", name="Ada", email="a@x"), Person(sid="S2", name="Bela")), group="A", late=True
    )
    report = report_of("ada", (), sandbox="none", seconds=0.0)
    assert report.whose == NOBODY
    assert msgspec.structs.replace(report, student=both).whose == Whose("7; S2", "Ada; Bela", "a@x", "A", late=True)
    assert Student(lms_id="9").in_words == Whose("9")


def test_what_is_said_of_the_machine_is_not_for_the_student() -> None:
    """Nor what a result was before, nor a cause that a hidden check shows; what we could not see is one sentence."""
    unclear = Result("forking/listens", Outcome.ERROR, 2.0, 0.0, False, "The server listens.", "no room in /tmp/x")
    secret = Result("forking/secret", Outcome.FAILED, 0.0, 0.0, True, "A secret.", hidden=True)
    open_cause = Diagnosis(
        cause="a",
        sentence="It is so.",
        sure=Sure.PERHAPS,
        hint="?",
        root="forking/listens",
        follows=("forking/secret", "x"),
    )
    report = msgspec.structs.replace(
        report_of("ada", (unclear, secret), sandbox="none", seconds=1.0),
        sandbox_notes=("a note",),
        path="/home/prof/ada",
        before=Before(score=1.0, points=2.0, bonus=0.0, status=Status.GRADED, by="grade", made="then"),
        diagnoses={"forking": open_cause, "blocking": msgspec.structs.replace(open_cause, root="forking/secret")},
    )
    theirs = report.for_the_student
    assert [result.message for result in theirs.checks] == [NOT_SEEN]
    assert (theirs.sandbox_notes, theirs.path, theirs.before) == ((), "", None)
    assert {track: found.follows for track, found in theirs.diagnoses.items()} == {"forking": ("x",)}


def test_hidden_points_are_told_as_a_sum() -> None:
    """So that a student's score can be understood where the checks themselves are not shown."""
    secret = Result("forking/secret", Outcome.PASSED, 2.1, 2.1, False, "", hidden=True)
    report = report_of("ada", (result(Outcome.PASSED, 0.2), secret), sandbox="none", seconds=1.0)
    shown = report.for_the_student
    assert (shown.score, shown.hidden_points, shown.hidden_earned, len(shown.checks)) == (2.3, 2.1, 2.1, 1)
