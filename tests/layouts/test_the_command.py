"""A class by the command line: every platform's download at once, with a roster, and without anybody's name."""

from __future__ import annotations

import contextlib
import gzip
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from grader import grading
from grader.anonymity import NotAnonymous
from grader.intake import taken_in
from tests.exports.classroom import Pupil
from tests.few_checks import write_few_checks
from tests.layouts import downloads
from tests.layouts.downloads import laid
from tests.test_intake import zipped

NAMES = ('Grübelmann, "Zoë"', "=HYPERLINK(1)Ottokar مريم🦊العربية")
MISSING = "Nirgendwer"
PER_PLATFORM = {
    platform: tuple(
        Pupil(f"{name}{platform.title()}", f"{7_770_000 + 1000 * place + number}", 0)
        for number, name in enumerate(NAMES)
    )
    for place, platform in enumerate(("moodle", "canvas", "gradescope", "classroom"))
}
PUPILS = [pupil for those in PER_PLATFORM.values() for pupil in those]


FEW_CHECKS = ("--assignment", "few_checks.toml")


class Run(NamedTuple):
    """What a command left and said."""

    out: Path
    done: subprocess.CompletedProcess[str]


def grader(here: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command line, to its end."""
    command = [sys.executable, "-m", "grader", *map(str, words)]
    return subprocess.run(command, cwd=here, capture_output=True, text=True, check=False, env=None)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four downloads of two students each, the roster of all and one more, and an assignment with few checks."""
    here = tmp_path_factory.mktemp("command")
    write_few_checks(here / "few_checks.toml")
    for platform, pupils in PER_PLATFORM.items():
        files = downloads.PLATFORMS[platform](pupils)
        if platform == "canvas":  # a wrong name that only one file can have, and the number that Canvas adds
            files = {name.replace("blocking_server", "server-blocking"): data for name, data in files.items()}
        if platform in ("canvas", "gradescope"):
            (here / f"{platform}.zip").write_bytes(zipped(files))
        else:
            laid(here / platform, files)
    rows = [
        f'{downloads.user_of(one) if "Classroom" in one.name else one.id}x,"{one.name.replace(chr(34), chr(34) * 2)}",{one.id}@x.edu,{_lms_id(one)}'
        for one in PUPILS
    ]
    (here / "roster.csv").write_text(
        "\ufeffSID,Name,E-Mail,LMS ID\n" + "\n".join([*rows, f"0,{MISSING},n@x.edu,1"]), "utf-8"
    )
    return here


def _lms_id(pupil: Pupil) -> str:
    """What the platform calls them."""
    told = {"Classroom": downloads.user_of(pupil), "Gradescope": f"0{pupil.id}"}
    return next((known for platform, known in told.items() if platform in pupil.name), pupil.id)


def graded(here: Path, out: str, *more: str | Path) -> Run:
    """All of them, in one run."""
    paths = ("moodle", "canvas.zip", "gradescope.zip", "classroom")
    return Run(here / out, grader(here, "grade", *paths, "--out", out, "--roster", "roster.csv", *FEW_CHECKS, *more))


@pytest.fixture(scope="module")
def named(here: Path) -> Run:
    """Graded under their names."""
    return graded(here, "named")


@pytest.fixture(scope="module")
def anonymous(here: Path) -> Run:
    """Graded without."""
    return graded(here, "anonymous", "--anonymous")


def test_everybody_is_graded_as_themselves(named: Run) -> None:
    """Name, address and both ids lie in the result, and who is missing in gradebook and class page."""
    assert named.done.returncode == 0, named.done.stderr
    results = [json.loads(path.read_text()) for path in named.out.glob("*/result.json")]
    told = {(one["student"]["name"], one["student"]["email"], one["student"]["lms_id"]) for one in results}
    assert told == {(pupil.name, f"{pupil.id}@x.edu", _lms_id(pupil)) for pupil in PUPILS}
    assert len(results) == len(PUPILS)
    assert (
        f'"","","","","missing","nothing was handed in","{MISSING}","0","n@x.edu","",""'
        in (named.out / "grades.csv").read_text()
    )
    page = (named.out / "index.html").read_text()
    assert "<h2>Nothing from 1 student</h2><ul><li>Nirgendwer (0)</li></ul>" in page
    assert (page.count("graded, late"), "Grübelmann, &quot;Zoë&quot;Moodle" in page) == (2, True)


def test_it_is_printed_what_was_taken_for_what(named: Run) -> None:
    """Entry, student, files; and who is missing."""
    lines = named.done.stdout.splitlines()
    assert lines[1] == "canvas, classroom, gradescope, moodle: 8 submissions"
    (line,) = [line for line in lines if line.startswith("  cs-tcp-lab-tcp-lab-7773000 -> ")]
    assert (
        line
        == f"  cs-tcp-lab-tcp-lab-7773000 -> {NAMES[0]}Classroom (tcp-lab-7773000x), late: blocking_server.py, forking_server.py, result.json"
    )
    assert f"forklab: nothing from 1 of 9 on the roster: {MISSING}" in named.done.stderr


def test_a_wrong_name_is_told_on_the_page(named: Run) -> None:
    """And the program is graded as what it is."""
    page = next(named.out.glob("*_7771001/report.html")).read_text()
    assert "server-blocking.py was taken for blocking_server.py" in page
    assert "=HYPERLINK(1)Ottokar مريم🦊العربيةCanvas (7771001x)" in page


def test_no_name_is_anywhere_in_anonymous_results(anonymous: Run) -> None:
    """Nor on the command line: but in one file, which only its owner may read."""
    assert anonymous.done.returncode == 0, anonymous.done.stderr
    secrets = [part for pupil in PUPILS for part in (pupil.name, pupil.id, f"{pupil.id}@x.edu")] + [
        MISSING,
        "Ottokar",
        "Grübelmann",
    ]
    files = {path: path.read_bytes() for path in anonymous.out.rglob("*") if path.is_file()}
    seen = {path: gzip.decompress(data) if path.suffix == ".gz" else data for path, data in files.items()}
    holding = {
        path.name for path, data in seen.items() for secret in secrets
        if secret.encode() in data or json.dumps(secret)[1:-1].encode() in data or secret in str(path.relative_to(anonymous.out))
    }  # fmt: skip
    assert holding == {"names.json"}
    assert stat.S_IMODE((anonymous.out / "names.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((anonymous.out / ".key").stat().st_mode) == 0o600
    said = anonymous.done.stdout + anonymous.done.stderr
    assert not [secret for secret in [*secrets, (anonymous.out / ".key").read_text().strip()] if secret in said]
    assert len([*anonymous.out.glob("student-*/result.json")]) == len(PUPILS)
    roster = [one["student"]["sid"] for one in json.loads((anonymous.out / "roster.json").read_text())]
    printed = [line.split(":")[0] for line in anonymous.done.stdout.splitlines() if line.startswith("  student-")]
    assert (roster, printed) == (sorted(roster), sorted(printed)), "its order would tell who is who"
    similar = grader(anonymous.out.parent, "similarity", "moodle", "--out", anonymous.out)
    assert (similar.returncode, "holds results without names" in similar.stderr) == (2, True)


def test_anonymous_grades_are_given_back_by_the_file_of_names(here: Path, anonymous: Run) -> None:
    """Outside of the results alone; the same as of results with names."""
    names = anonymous.out / "names.json"
    done = grader(here, "export", "nbgrader", "anonymous", "--names", names, "--to", here / "back.csv")
    assert done.returncode == 0, done.stderr
    rows = (here / "back.csv").read_text().splitlines()[1:]
    assert len(rows) == len(PUPILS) + 1
    assert {row.split(",")[6] for row in rows} == {"n@x.edu", *(f"{pupil.id}@x.edu" for pupil in PUPILS)}
    done = grader(here, "export", "nbgrader", "anonymous", "--names", names, "--to", anonymous.out / "back.csv")
    assert (done.returncode, "with --names the file has names in it" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("out", "options", "told"),
    [
        ("named", {"anonymous": True}, "holds results with names: --anonymous needs another --out"),
        ("anonymous", {"anonymous": False}, "holds results without names: say --anonymous, or give another --out"),
        (
            "other",
            {"anonymous": True, "key": Path("short")},
            "the key in 'short' has 5 bytes, and at least 16 are needed",
        ),
        (
            "other",
            {"anonymous": True, "key": Path("/proc/x/key")},
            "the key of the hashes, '/proc/x/key', can't be had",
        ),
        (
            "anonymous",
            {"anonymous": True, "key": Path("long")},
            "were hashed with another key: give that one with --key",
        ),
    ],
)
def test_names_and_hashes_do_not_mix(
    here: Path, named: Run, anonymous: Run, out: str, options: dict[str, Any], told: str
) -> None:
    """Everybody would be there twice; and a key has to be one."""
    (here / "short").write_text("short")
    (here / "long").write_text("long" * 8)
    with contextlib.chdir(here), pytest.raises(NotAnonymous, match=told):
        taken_in([], here / out, None, **options)


def test_wrong_use_is_one_sentence(here: Path) -> None:
    """With what was asked for, before anything is graded."""
    done = grader(here, "grade", "moodle", "canvas.zip", "--out", "other", "--layout", "canvas")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "'moodle' holds nothing that is named as Canvas' download names them" in done.stderr


def test_the_same_key_gives_the_same_names(here: Path, anonymous: Run) -> None:
    """Nothing is graded again, and the roster that was given before holds on."""
    again = grader(here, "grade", "moodle", "--out", "anonymous", "--anonymous", *FEW_CHECKS)
    assert "2 submissions, 0 to grade, 2 graded already" in again.stdout
    assert "nothing from 1 of 9 on the roster: student-" in again.stderr


def test_what_is_known_later_is_filed(here: Path, named: Run) -> None:
    """A name of the roster, and that somebody was late, without grading anew."""
    shutil.copy(here / "roster.csv", here / "better.csv")
    text = (here / "better.csv").read_text("utf-8")
    (here / "better.csv").write_text(text.replace("Grübelmann", "Grübelmann die Zweite"), "utf-8")
    done = grader(here, "grade", "moodle", "--out", "named", "--roster", "better.csv", *FEW_CHECKS)
    assert "2 submissions, 0 to grade, 2 graded already" in done.stdout
    assert "Grübelmann die Zweite" in (named.out / "index.html").read_text()
    assert any("Grübelmann die Zweite" in page.read_text() for page in named.out.glob("*/report.html"))
    assert grading.PROJECT.name not in done.stderr
