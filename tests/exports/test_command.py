"""The command `export`: what it reads and writes, what it says, and how it ends."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from grader import store
from grader.exports import FORMATS
from grader.exports.shapes import OwnFile
from grader.model import folder_name
from tests.exports.at_once import export_here
from tests.exports.classroom import CLASS, HIDDEN, PLACE, report_for
from tests.exports.test_autograders import RUNNER
from tests.exports.worksheets import named, worksheet

FEW = (CLASS[0], CLASS[1], CLASS[7], CLASS[-1])
"""Commas and quotes, a formula, somebody who needs a human, and a plain name."""
ONE_EACH = ("gradescope", "autolab", "prairielearn")


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a few, under the names of Moodle's bulk download, and the class's worksheet."""
    here = tmp_path_factory.mktemp("filed")
    for pupil in FEW:
        report = report_for(pupil, named(pupil))
        store.commit_result(here / "out" / folder_name(named(pupil)), report, f"page of {pupil.id}".encode(), {})
    store.commit_result(here / "whole" / "ada", report_for(CLASS[-1], "ada"), b"page", {})
    (here / "worksheet.csv").write_bytes(worksheet())
    return here


def export(here: Path, *words: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run it to its end."""
    program = [sys.executable, "-m", "grader", "export", *map(str, words)]
    return subprocess.run(program, cwd=here, capture_output=True, check=False)


def own_of(name: str) -> list[str]:
    """What a format can't do without."""
    return ["--from", "worksheet.csv"] if FORMATS[name].own is OwnFile.NEEDED else []


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_where_it_is_told(
    filed: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """One submission, one file; the path is said, nothing else is left beside it, and nothing hidden is in it."""
    for variable, value in RUNNER.items():
        monkeypatch.setenv(variable, value)
    left_out = name in ("moodle-worksheet", "moodle-feedback")  # "ada" is in no worksheet, and tells no number
    assert export_here(filed, name, "whole", *own_of(name), "--to", tmp_path / "there" / "file") == left_out
    said = capfd.readouterr()
    assert (said.out.splitlines()[-1], bool(said.err)) == (f"written: {tmp_path / 'there' / 'file'}", left_out)
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["file"]
    data = (tmp_path / "there" / "file").read_bytes()
    assert data
    assert HIDDEN.encode() not in data
    assert PLACE.encode() not in data


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "classroom50"])
def test_a_class_goes_into_a_folder_of_the_results(filed: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A file for all of them, or one for each; the command ends with 1, for one needs a human."""
    exports = filed / "out" / "exports"
    assert export_here(filed, name, "out", *own_of(name)) == 1
    said = capfd.readouterr()
    assert "forklab: without a grade, since a human must look: " in said.err.splitlines()[-1]
    if name in ONE_EACH:
        folders = {path.name for path in (exports / name).iterdir()}
        assert folders == {folder_name(named(pupil)) for pupil in FEW}
        assert all((exports / name / folder / FORMATS[name].file).is_file() for folder in folders)
        assert f"written: {len(FEW)} submissions, a folder each in {exports / name}\n" in said.out
    else:
        assert f"written: {exports / FORMATS[name].file}\n" in said.out
        assert (exports / FORMATS[name].file).is_file()


def test_exports_are_nobodys_results(filed: Path) -> None:
    """The folder is not taken for a submission's, and a submission of that name gets another."""
    export(filed, "canvas", "out")
    assert f"{len(FEW)} " in export(filed, "gradescope", "out").stdout.decode()
    assert folder_name("exports") == "%65xports"


def test_standard_output_has_the_file_and_nothing_else(filed: Path) -> None:
    """What there is to say goes to standard error, and annotations stay out of a summary."""
    done = export(filed, "github", "out", "--to", "-")
    assert done.stdout.startswith(b"## 4 submissions\n")
    assert b"::" not in done.stdout
    assert b"written" not in done.stderr


def test_annotations_are_printed_for_the_runner(filed: Path, tmp_path: Path) -> None:
    """The summary goes where GitHub says."""
    done = export(filed, "github", "out", "--to", tmp_path / "summary")
    assert done.stdout.startswith(b"::warning title=needs a human::")


def test_one_submission_may_be_asked_for(filed: Path, tmp_path: Path) -> None:
    """By its name; results of others are not read."""
    done = export(filed, "gradescope", "out", "--submission", named(CLASS[1]), "--to", tmp_path / "results.json")
    assert (done.returncode, b'"score": 99.5' in (tmp_path / "results.json").read_bytes()) == (0, True)


def test_who_is_left_out_is_said_in_a_sentence(filed: Path) -> None:
    """With what helps."""
    done = export(filed, "moodle", "out", "--to", "-")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[0] == (
        "forklab: left out, since it is not known who they are on the platform: "
        f"{', '.join(sorted(map(named, FEW)))}. Name the folders by login, ID number or address, or give a grading "
        "worksheet with --from"
    )


def test_what_was_done_to_grades_is_said(filed: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Here they are scaled; nothing is wrong with that."""
    (tmp_path / "ten.csv").write_bytes(worksheet(most="10.00").replace(CLASS[-1].name.encode(), b"ada"))
    assert export_here(filed, "moodle-worksheet", "whole", "--from", tmp_path / "ten.csv") == 0
    assert capfd.readouterr().err == "forklab: the platform has 10 points for it: grades of 100 are scaled\n"


def test_a_torn_result_is_said_in_a_sentence(tmp_path: Path) -> None:
    """The others are exported."""
    store.commit_result(tmp_path / "out" / "ada", report_for(CLASS[-1], "ada"), b"", {})
    (tmp_path / "out" / "bela").mkdir()
    (tmp_path / "out" / "bela" / "result.json").write_bytes(b"{")
    done = export(tmp_path, "nbgrader", "out", "--to", "-")
    assert (done.returncode, b"ada" in done.stdout) == (1, True)
    assert b"result.json is torn, or no result of this grader: bela" in done.stderr


def test_a_page_that_is_missing_is_said_in_a_sentence(tmp_path: Path) -> None:
    """And how to have it."""
    store.commit_result(tmp_path / "out" / "ada", report_for(CLASS[-1], "ada"), b"", {})
    (tmp_path / "out" / "ada" / "report.html").unlink()
    done = export(tmp_path, "moodle-feedback", "out")
    assert (done.returncode, b"has no report.html: write it anew with the command report" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["canvas", "nowhere"], "holds no results: it is the folder that grade was given as --out"),
        (["canvas", "out", "--submission", "x"], "holds no result of 'x' (--submission)"),
        (["blackboard", "out"], "argument FORMAT: invalid choice: 'blackboard'"),
        (["moodle-worksheet", "out"], "moodle-worksheet fills the platform's own file: download it there, and name it"),
        (["junit", "out", "--from", "worksheet.csv"], "junit fills no file of the platform's: leave --from out"),
        (["canvas", "out", "--from", "missing.csv"], "No such file or directory 'missing.csv'"),
        (["canvas", "out", "--from", "worksheet.csv"], "the file (--from) is no Canvas gradebook"),
        (["gradescope", "out", "--to", "-"], "gradescope is a file for each submission: say which one"),
        (["classroom50", "out"], "classroom50 takes one submission"),
        (["classroom50", "whole"], "classroom50 is for its runner, which sets CLASSROOM"),
        (["canvas", "out", "--to", "out"], "it is a folder, and --to names a file"),
        (["canvas", "out", "--to", "worksheet.csv/x"], "File exists"),
    ],
)
def test_a_mistake_in_usage_is_one_sentence(filed: Path, words: list[str], told: str) -> None:
    """Exit 2, nothing on standard output."""
    done = export(filed, *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert told in done.stderr.decode().splitlines()[-1]
    assert b"Traceback" not in done.stderr


def test_a_pipe_is_written_to_and_a_link_stays_one(filed: Path, tmp_path: Path) -> None:
    """Neither is replaced by a file."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        export(filed, "canvas", "whole", "--to", tmp_path / "pipe")
        assert os.read(reader, 1 << 16).startswith(b"Student,ID,")
    finally:
        os.close(reader)
    export(filed, "canvas", "whole", "--to", tmp_path / "link")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes().startswith(b"Student,ID,")
