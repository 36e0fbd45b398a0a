"""The CSV of nbgrader, as its own export writes it and as programs read that."""

from __future__ import annotations

import csv
import io

import msgspec

from grader.exports.nbgrader import write
from grader.exports.shapes import Graded
from tests.exports.classroom import CLASS, graded, is_clean

HEADER = "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score"


def test_everybody_has_a_line_with_their_score() -> None:
    """As numbers with a decimal, as Python writes a float; nothing where a human must look."""
    export = write(graded(assignment="ps1"))
    assert export.data.decode().split("\n")[0] == HEADER
    rows = list(csv.DictReader(io.StringIO(export.data.decode(), newline="")))
    assert export.left_out == ("\t=1", " =1", "Points Possible", "    Points Possible")
    assert len(rows) == len(CLASS) - 4
    scores = {row["student_id"]: row["score"] for row in rows}
    assert {name: scores[name] for name in ("Lovelace, Ada", "+1", "&amp; & <", "0012")} == {
        "Lovelace, Ada": "100.0", "+1": "98.5", "&amp; & <": "", "0012": "81.5",
    }  # fmt: skip
    for row in rows:
        assert (row["assignment"], row["max_score"], row["raw_score"]) == ("ps1", "100.0", row["score"])
        assert row["late_submission_penalty"] == ("0.0" if row["score"] else "")
        assert not row["student_id"].startswith(("=", "\t"))
    assert is_clean(export.data.decode())


def test_lateness_is_a_column_of_nbgraders_own() -> None:
    """And the title is the assignment's, where nobody says another."""
    late = [
        msgspec.structs.replace(one, score=one.score - 10, deduction=10, assignment="Lab 3") for one in graded().reports
    ]
    row = next(csv.DictReader(io.StringIO(write(Graded(tuple(late))).data.decode(), newline="")))
    told = {key: row[key] for key in ("assignment", "raw_score", "late_submission_penalty", "score")}
    assert told == {"assignment": "Lab 3", "raw_score": "100.0", "late_submission_penalty": "10.0", "score": "90.0"}


def test_a_plain_class_is_written_as_nbgrader_does() -> None:
    """Without a quote in it, so that who splits at commas reads it too."""
    plain = graded(lambda pupil: f"s{pupil.id}", assignment="ps1")
    assert b'"' not in write(plain).data
