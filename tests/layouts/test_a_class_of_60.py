"""A class of 60 goes in as each platform lets it be downloaded, and comes out as that platform takes grades."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from grader import intake, store
from grader.finding import Found, find
from grader.gathering import gather
from grader.model import BLOCKING, FORKING, Report, folder_name
from grader.submission import Submission
from tests.exports import test_canvas, worksheets
from tests.exports.at_once import export_here
from tests.exports.classroom import CLASS, Pupil, report_for
from tests.layouts.downloads import PLATFORMS, canvas_name, is_late, laid, on_a_disk, user_of
from tests.test_intake import zipped

PUPILS = {pupil.id: pupil for pupil in CLASS}
SWALLOWED = {pupil.id for pupil in CLASS if "Points Possible" in pupil.name}
"""Canvas' importer takes their rows for no student's."""


def whose(submission: Submission, folder: Path) -> Pupil:
    """Whose programs they are that a box would be shown: they say so themselves."""
    gathered = gather(submission, Path(folder / "room"), folder / "programs")
    assert (gathered.refused, gathered.wrong) == ({}, {})
    ids = {
        match[1]
        for track in (BLOCKING, FORKING)
        for match in re.finditer(rf"# (\d+) {track.name}\n", (folder / "programs" / track.program).read_text())
    }
    (number,) = ids
    return PUPILS[number]


class Graded:
    """The class, taken in and filed: each with the grade of the pupil whose programs were copied."""

    def __init__(self, here: Path, platform: str, *, packed: bool) -> None:
        files = PLATFORMS[platform](CLASS)
        path = laid(here / "class", files)
        if packed:
            path = here / "class.zip"
            path.write_bytes(zipped(files))
        self.found: Found = find([path], here / "room")
        self.out = here / "out"
        self.pupils: dict[str, Pupil] = {}
        taken = intake.taken_in(self.found.submissions, self.out, None, anonymous=False)
        for number, one in enumerate(taken.submissions):
            (here / str(number) / "room").mkdir(parents=True)
            pupil = whose(one, here / str(number))
            self.pupils[one.name] = pupil
            report: Report = msgspec.structs.replace(report_for(pupil, one.name), student=one.student)
            (self.out / folder_name(one.name)).mkdir(parents=True)
            store.commit_report(self.out / folder_name(one.name), report, b"")


@pytest.fixture(scope="module", params=PLATFORMS)
def graded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Graded]:
    """Each platform's; some as a folder, some as the archive that it is."""
    here = tmp_path_factory.mktemp("of_60")
    return request.param, Graded(here, request.param, packed=request.param in ("canvas", "gradescope"))


def test_everybody_is_there_once(graded: tuple[str, Graded]) -> None:
    """With their own programs, nothing else, and nothing lost; each in a folder of the results."""
    platform, there = graded
    assert sorted(pupil.id for pupil in there.pupils.values()) == sorted(PUPILS)
    assert there.found.notices == []
    assert len({folder_name(name) for name in there.pupils}) == len(CLASS)
    for one in there.found.submissions:
        pupil, student = there.pupils[one.name], one.student
        assert student is not None
        expected = {
            "moodle": (pupil.id, False),
            "moodle, flat": (pupil.id, False),
            "canvas": (pupil.id, is_late(CLASS.index(pupil))),
            "gradescope": (f"0{pupil.id}", False),
            "classroom": (user_of(pupil), is_late(CLASS.index(pupil))),
        }[platform]
        assert (student.id, student.late) == expected


def test_everybody_gets_their_grade(graded: tuple[str, Graded]) -> None:
    """By the export that the platform takes; two need a human, and have none."""
    platform, there = graded
    expected = {pupil.id: pupil.score for pupil in CLASS}
    assert OUT_OF[platform.partition(",")[0]](there) == expected


def _moodle(there: Graded) -> dict[str, float | None]:
    (there.out / "worksheet.csv").write_bytes(worksheets.worksheet())
    assert export_here(there.out, "moodle-worksheet", ".", "--from", "worksheet.csv", "--to", "filled.csv") == 1
    grades = worksheets.imported((there.out / "filled.csv").read_bytes())
    assert grades.pop(worksheets.ABSENT.id).grade is None
    return {number: told.grade for number, told in grades.items()}


def _canvas(there: Graded) -> dict[str, float | None]:
    (there.out / "gradebook.csv").write_bytes(test_canvas.own())
    assert export_here(there.out, "canvas", ".", "--from", "gradebook.csv", "--to", "filled.csv", "--assignment", test_canvas.TITLE) == 1  # fmt: skip
    cells = test_canvas.imported((there.out / "filled.csv").read_bytes())
    grades = {number: told[test_canvas.TITLE] for number, told in cells.items() if number != "5"}
    assert set(PUPILS) - set(grades) == SWALLOWED
    return {number: float(grade) if grade else None for number, grade in grades.items()} | {
        number: PUPILS[number].score for number in SWALLOWED
    }


def _gradescope(there: Graded) -> dict[str, float | None]:
    assert export_here(there.out, "gradescope", ".", "--to", "each") == 1
    folders = {folder.name: folder for folder in (there.out / "each").iterdir()}
    assert set(folders) == {f"0{number}" for number in PUPILS}
    return {
        name[1:]: json.loads((folder / "results.json").read_text()).get("score") for name, folder in folders.items()
    }


def _classroom(there: Graded) -> dict[str, float | None]:
    """The runner's own file for each, and the user in it."""
    grades: dict[str, float | None] = {}
    runner = {
        name: f"submit/{name}" for name in ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("USERNAME", raising=False)
        for name, value in runner.items():
            patch.setenv(name, value)
        for name, pupil in there.pupils.items():
            export_here(there.out, "classroom50", ".", "--submission", name, "--to", "result50.json")
            told = json.loads((there.out / "result50.json").read_text())
            assert told["owner"] == user_of(pupil)
            grades[pupil.id] = told["score"] / (told["max-score"] / 100) if told["max-score"] else None
    return grades


OUT_OF = {"moodle": _moodle, "canvas": _canvas, "gradescope": _gradescope, "classroom": _classroom}


def test_names_are_those_of_the_platform(graded: tuple[str, Graded]) -> None:
    """As far as it tells them; whatever they are made of, they are text that nothing is lost of."""
    platform, there = graded
    for one in there.found.submissions:
        pupil = there.pupils[one.name]
        assert one.student is not None
        if platform == "gradescope":
            assert one.student.name == on_a_disk(pupil.name).strip()
        if platform == "canvas":
            assert one.student.name == canvas_name(pupil, late=False).rpartition("_")[0]
