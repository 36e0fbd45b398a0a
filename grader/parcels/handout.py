"""The hand-out: what a student unpacks, works in and grades himself in, offline too.

README.md  blocking_server.py  forking_server.py  client.py      the template
answers.json                                                     what the reference answers, in its place
grader/                                                          what pytest's plugin needs of the grader
conftest.py  pytest.ini  requirements.txt  .devcontainer/  .github/   for pytest, pip, editors and GitHub
wheels/                                                          if asked for
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from grader.answers import ANSWERS, encoded
from grader.model import TRACKS
from grader.parcels.closure import files_needed_by
from grader.parcels.parcel import Content, Parcel, Unpackable, files_below, files_of
from grader.parcels.wheels import requirements
from grader.reference import Reference

FOLDER = "servers-lab"
"""What the archive unpacks to."""
ENTRY = "grader.plugin"
"""What a student's pytest loads."""


def handout(
    project: Path,
    references: Mapping[str, Reference],
    versions: Mapping[str, str],
    wheels: Mapping[str, Content],
    today: Mapping[str, bytes] = MappingProxyType({}),
) -> Parcel:
    """All that lies in it.

    Args:
        references: by track's name, the reference as it was graded on this machine.
        versions: of the packages that the grader runs with.
        wheels: their wheels, by path; none for a hand-out that needs the network once.
        today: by path, what takes the place of the project's own files: what repeats reference and assignment.

    Raises:
        Unpackable: a request that the checks put was not answered.
    """
    _must_know_all_answers(references)
    return {
        **files_below(project / "student_template"),
        **files_below(project / "handout"),
        **files_of(project, files_needed_by(ENTRY, project)),
        **files_of(
            project, sorted((project / "grader" / "locale").glob("*/LC_MESSAGES/*.mo"))
        ),  # what is read, not imported
        "LICENSE": Content((project / "LICENSE").read_bytes()),
        ANSWERS: Content(encoded(references)),
        "requirements.txt": Content(requirements(versions, offline=bool(wheels))),
        **{path: Content(data) for path, data in today.items()},
        **wheels,
    }


def _must_know_all_answers(references: Mapping[str, Reference]) -> None:
    for track in TRACKS:
        known = references[track.name].undisturbed if track.name in references else {}
        for request in track.requests:
            if request.data not in known:
                raise Unpackable(f"the reference gave no answer to {request.name} ({track.program})")
