"""Headers of wrong and right servers are read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import grading
from grader.proof.cases import Unusable, cases_in, program_of, submission_of

CAUSE = "# cause: no_blank_line\n"
FAILS = f"# fails: forking/answers\n{CAUSE}"


def written(folder: Path, text: str, kind: str = "mutants") -> Path:
    """A folder of servers with one in it, which is the reference below this header."""
    there = folder / kind / "forking"
    there.mkdir(parents=True)
    program = (grading.REFERENCE / "forking_server.py").read_text()
    (there / "one.py").write_text(text + program)
    return folder


def test_a_header_names_checks_and_says_why(tmp_path: Path) -> None:
    """Several ids in a line, several lines of a kind, one reason for all ids of a line."""
    header = (
        "# What is wrong.\n# fails: forking/answers, forking/listens\n# fails: forking/closes_after_reply\n"
        "# passes: forking/reaps_a_burst\n# follows: forking/survives_signals, forking/overlaps_in_time: it ends: at once\n"
        "# cause: no_blank_line, wrong_body\n"
    )
    (case,) = cases_in(written(tmp_path, header))
    assert case.fails == ("forking/answers", "forking/listens", "forking/closes_after_reply")
    assert case.passes == ("forking/reaps_a_burst",)
    assert case.follows == {
        "forking/survives_signals": "it ends: at once",
        "forking/overlaps_in_time": "it ends: at once",
    }
    assert case.causes == ("no_blank_line", "wrong_body")
    assert case.name == "mutants/forking/one"


@pytest.mark.parametrize(
    ("header", "kind", "told"),
    [
        ("# What.\n", "mutants", "names nothing that it fails"),
        (FAILS, "right", "is a right server, but names fails"),
        ("# fails: forking/nonsense\n", "mutants", "names forking/nonsense, and there is no such check"),
        (FAILS + "# follows: forking/nonsense: so\n", "mutants", "names forking/nonsense, and there is no such check"),
        (FAILS + "# follows: forking/listens\n", "mutants", "does not say why forking/listens follows"),
        (FAILS + "# follows: forking/listens:  \n", "mutants", "does not say why forking/listens follows"),
        (FAILS + "# passes: forking/answers\n", "mutants", "names forking/answers twice"),
        (FAILS + "# follows: forking/answers: so\n", "mutants", "names forking/answers twice"),
        ("# fails: forking/answers\n", "mutants", "names no cause"),
        (CAUSE, "right", "is a right server, but names a cause"),
        ("# fails: forking/answers\n# cause: bad_luck\n", "mutants", "names bad_luck, and there is no such cause"),
        (
            FAILS + "# passes: forking/listens\n# follows: forking/listens: so\n",
            "mutants",
            "names forking/listens twice",
        ),
    ],
)
def test_a_header_that_is_wrong_is_a_sentence(tmp_path: Path, header: str, kind: str, told: str) -> None:
    """It names the file and what is wrong with it."""
    with pytest.raises(Unusable, match=told) as raised:
        cases_in(written(tmp_path, header, kind))
    assert "one.py" in str(raised.value)


def test_a_folder_without_servers_is_a_sentence(tmp_path: Path) -> None:
    """It says what was looked for."""
    with pytest.raises(Unusable, match="holds no servers"):
        cases_in(tmp_path)


def test_a_header_that_changes_makes_no_other_server(tmp_path: Path) -> None:
    """What is named is judged anew; the program is what is graded anew."""
    before = cases_in(written(tmp_path / "a", FAILS))[0]
    after = cases_in(written(tmp_path / "b", FAILS + "# follows: forking/listens: so\n# cause: none\n"))[0]
    other = cases_in(written(tmp_path / "c", FAILS + "import os\n"))[0]
    assert program_of(before) == program_of(after)
    assert program_of(before) != program_of(other)


def test_the_other_tracks_program_is_the_references(tmp_path: Path) -> None:
    """And the folder goes when it has been graded."""
    (case,) = cases_in(written(tmp_path, FAILS))
    with submission_of(case) as submission:
        theirs, ours = "blocking_server.py", "forking_server.py"
        assert (submission.path / theirs).read_bytes() == (grading.REFERENCE / theirs).read_bytes()
        assert (submission.path / ours).read_text().startswith(FAILS)
    assert not submission.path.exists()
