"""Results judged anew from hand-written recordings: what changes, what is left alone, and that nothing is run."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from grader import batch, grading, store
from grader.judging import judge
from grader.model import TRACKS, Outcome, Report, Result, Status, report_of
from grader.recording import Recording, What
from grader.rejudging import Change, Rejudged, judged_again
from grader.rubric import rubric
from tests.causes.of_turns_and_leaks import SHOWN as LEAKS
from tests.recordings import without
from tests.right_scenes import REFERENCES, right

RIGHT = {track.name: right(track) for track in TRACKS}
HIDDEN_LOST = without(RIGHT["forking"]["visits"], "GET /", What.RECEIVED)
UNANSWERED = {**RIGHT, "forking": {**RIGHT["forking"], "visits": HIDDEN_LOST}}


def graded(name: str = "ada", recorded: store.Recorded = RIGHT) -> Report:
    """What today's checks make of a right server."""
    results = tuple(judge(c, recorded[c.track.name], REFERENCES[c.track.name]) for c in rubric())
    return report_of(name, results, sandbox="bubblewrap", seconds=1.5, key="k", python="3.11.1", notes=("a note",))


def with_result(report: Report, check: str, **fields: object) -> Report:
    """The same report, in which one result was something else."""
    changed = (msgspec.structs.replace(one, **fields) if one.id == check else one for one in report.checks)
    return report_of(report.submission, tuple(changed), sandbox=report.sandbox, seconds=1.5, key="k")


def yesterday(report: Report) -> Report:
    """The same report, by a check that was too strict."""
    return with_result(report, "forking/reaps_a_burst", outcome=Outcome.FAILED, earned=0.0, message="29 zombies")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A results folder: ada was wronged, bela got too much, chen is as he was, dora's worker died."""
    (tmp_path / batch.REFERENCE_FOLDER).mkdir()
    store.commit(tmp_path / batch.REFERENCE_FOLDER / store.RECORDINGS, store.packed(RIGHT))
    for report, recorded in (
        (yesterday(graded("ada")), RIGHT),
        (graded("bela"), UNANSWERED),
        (graded("chen"), RIGHT),
        (graded("dora"), {}),
    ):
        store.commit_result(tmp_path / report.submission, report, b"old page", recorded)
    return tmp_path


def command(*arguments: str, hook: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line, with something done before."""
    code = f"import sys\n{hook}\nfrom grader.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=grading.PROJECT, check=False
    )


def score(out: Path, name: str) -> float:
    """What is filed."""
    return float(json.loads((out / name / store.RESULT).read_text())["score"])


def test_who_gained_and_who_lost_is_told_with_the_reason(out: Path) -> None:
    """Score, check, outcomes, points and message; results and pages are filed anew, gradebook and class page too."""
    done = command("rejudge", str(out))
    lines = done.stdout.splitlines()
    assert "ada: 94 -> 100 of 100" in lines, done.stdout + done.stderr
    assert "  forking/reaps_a_burst: failed -> passed (+6)" in lines
    assert "bela: 100 -> 94 of 100" in lines
    assert '  forking/answers: passed -> failed (-6): expected to GET /: "HTTP/1.1 200 OK' in done.stdout
    assert not [line for line in lines if line.startswith("chen")]
    assert "1 gained points, 1 lost points, 1 have as many as before, 1 left alone" in lines[-1]
    assert (score(out, "ada"), score(out, "bela"), score(out, "chen")) == (100, 94, 100)
    assert b"100 <small>of 100" in (out / "ada" / store.PAGE).read_bytes()
    assert (out / "chen" / store.PAGE).read_bytes() == b"old page"
    assert '"bela",94,100' in (out / batch.GRADES).read_text().replace('"94"', "94").replace('"100"', "100")
    assert "bela" in (out / batch.INDEX).read_text()


def test_a_second_time_nothing_changes(out: Path) -> None:
    """What was judged anew is what is filed."""
    command("rejudge", str(out))
    assert "0 gained points, 0 lost points, 3 have as many" in command("rejudge", str(out)).stdout


def test_old_and_new_scores_stay_side_by_side(out: Path) -> None:
    """On the class page and on the instructor's, after `report` too, until it is judged anew once more."""
    command("rejudge", str(out))
    for again in ("", "report", "index"):
        if again:
            assert command(again, str(out)).returncode == 0
        page = (out / batch.INDEX).read_text()
        assert "2 results have changed when judged anew" in page
        assert '<td class="fl-num">94<td class="fl-num">100' in page
        assert '<td class="fl-num">100<td class="fl-num">94' in page
        kept = (out / "ada" / store.INSTRUCTORS).read_text()
        assert "<td>score</td><td>94 of 100</td><td>100 of 100</td>" in kept
        assert "<td>forking/reaps_a_burst</td><td>failed</td><td>passed</td>" in kept
        assert "94 of 100" not in (out / "ada" / store.PAGE).read_text()
    command("rejudge", str(out))
    assert "changed when" not in (out / batch.INDEX).read_text()
    assert "Old and new" not in (out / "ada" / store.INSTRUCTORS).read_text()


def test_a_result_without_recordings_is_left_alone_and_named(out: Path) -> None:
    """And the exit status says that not all could be judged."""
    before = (out / "dora" / store.RESULT).read_bytes()
    done = command("rejudge", str(out))
    assert (done.returncode, "dora is left alone: nothing was recorded of it" in done.stdout) == (1, True)
    assert (out / "dora" / store.RESULT).read_bytes() == before


def test_what_can_not_be_read_is_left_alone_and_named(out: Path) -> None:
    """Recordings of another schema, torn ones, a torn result, a result of another schema."""
    newer = b'{"forking":{"crowd":{"schema":2,"frames":[]}}}'
    (out / "ada" / store.RECORDINGS).write_bytes(gzip.compress(newer))
    (out / "bela" / store.RECORDINGS).write_bytes(b"torn")
    (out / "chen" / store.RESULT).write_bytes(b"{")
    newer_result = (out / "dora" / store.RESULT).read_bytes().replace(b'"schema": 1', b'"schema": 7')
    (out / "dora" / store.RESULT).write_bytes(newer_result)
    said = command("rejudge", str(out)).stdout
    assert "ada is left alone: " in said
    assert "of schema 2, and this grader reads schema 1" in said
    assert "bela is left alone: " in said
    assert "chen is left alone: result.json is torn, or not ours" in said
    assert "dora is left alone: its result is of schema 7, and this grader writes 1" in said
    assert "4 left alone" in said


HOOK = """
import platform
platform.uname().processor  # pytest-metadata asks `uname -p` for its table, once in a process
started = ("subprocess.Popen", "os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.system", "pty.spawn")
sys.addaudithook(lambda event, arguments: sys.exit(f"started: {event} {arguments}") if event in started else None)
"""


def test_no_program_is_run_to_judge_anew(out: Path) -> None:
    """Neither a student's nor any other: the interpreter's own audit events show none, and would show one."""
    done = command("rejudge", str(out), hook=HOOK)
    assert "1 gained points, 1 lost points" in done.stdout, done.stderr
    assert "started: subprocess.Popen" in command("doctor", hook=HOOK).stderr


def test_a_folder_without_results_is_a_sentence(tmp_path: Path) -> None:
    """And exit status 2, and nothing is made there."""
    for name in ("rejudge", "report"):
        done = command(name, str(tmp_path))
        assert (done.returncode, "holds no results" in done.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_judged_without_the_references_recordings(out: Path) -> None:
    """What they are, and exit status 1."""
    (out / batch.REFERENCE_FOLDER / store.RECORDINGS).unlink()
    done = command("rejudge", str(out))
    assert (done.returncode, batch.REFERENCE_FOLDER in done.stderr) == (1, True)


def test_pages_are_written_anew(out: Path) -> None:
    """All of them, those without recordings too; results stay as they are."""
    before = (out / "ada" / store.RESULT).read_bytes()
    done = command("report", str(out), "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert all((out / name / store.PAGE).read_bytes() != b"old page" for name in ("ada", "bela", "chen", "dora"))
    assert (out / "ada" / store.RESULT).read_bytes() == before
    assert "dora" in (out / batch.INDEX).read_text()


# ---------------------------------------------------------------------- pure


def anew(report: Report, recorded: store.Recorded = RIGHT) -> Rejudged:
    """Judge by today's checks."""
    return judged_again(report, recorded, REFERENCES, rubric())


def test_all_but_the_judgement_stays() -> None:
    """Key, notes, Python, box and seconds are those of the grading."""
    before = graded()
    assert anew(before).after == before
    assert not anew(before).is_changed
    assert anew(msgspec.structs.replace(before, status=Status.ERROR)).after.status is Status.GRADED


def test_a_check_whose_scene_was_not_recorded_keeps_its_result() -> None:
    """What was known of it stays; where nothing was, nothing comes."""
    scenes: dict[str, Recording] = {name: seen for name, seen in RIGHT["forking"].items() if name != "burst"}
    recorded = {**RIGHT, "forking": scenes}
    came = anew(yesterday(graded()), recorded)
    assert came.unjudged == ("forking/reaps_a_burst",)
    assert (came.changes, came.after.score) == ((), 94)
    fewer = report_of("ada", graded().checks[:3], sandbox="none", seconds=0)
    assert len(anew(fewer, recorded).after.checks) == len(rubric()) - 1


def test_a_check_that_is_no_more_takes_its_points_along() -> None:
    """It is told as well."""
    before = graded()
    gone = Result("forking/gone", Outcome.PASSED, 5.0, 5.0, False, "It is gone.")
    (change,) = anew(report_of("ada", (*before.checks, gone), sandbox="none", seconds=0)).changes
    assert change.told == "forking/gone: passed -> nothing (-5)"
    assert Change("forking/new", None, gone).told == "forking/new: nothing -> passed (+5)"


def test_a_message_that_changes_is_a_change() -> None:
    """Outcome and points may stay."""
    before = with_result(graded(recorded=UNANSWERED), "forking/answers", message="other words")
    (change,) = anew(before, UNANSWERED).changes
    assert change.told.startswith("forking/answers: failed -> failed: expected to GET /")


def test_causes_are_found_anew() -> None:
    """By today's entries; what was told yesterday is gone."""
    keeps = LEAKS["parent_keeps_its_copy"].scenes[0]
    recorded = {**RIGHT, "forking": {**RIGHT["forking"], "crowd": keeps, "visits": without_its_ends()}}
    before = graded(recorded=recorded)
    after = judged_again(before, recorded, REFERENCES, rubric()).after
    assert {track: found.cause for track, found in after.diagnoses.items()} == {"forking": "parent_keeps_its_copy"}
    assert judged_again(after, RIGHT, REFERENCES, rubric()).after.diagnoses == {}


def without_its_ends() -> Recording:
    """The many visits of chapter 2, in which no client sees the end of its connection."""
    seen = RIGHT["forking"]["visits"]
    for client in seen.clients:
        seen = without(seen, client, What.ENDED)
    return seen
