"""The class of 60 as each platform lets its submissions be downloaded: names made as the platforms' own code makes them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from grader.model import BLOCKING, FORKING
from tests.exports.classroom import Pupil

Files = dict[str, bytes]


def program(pupil: Pupil, track: str = "") -> bytes:
    """A program of this very pupil."""
    return f"# {pupil.id} {track}\nraise SystemExit\n".encode()


def on_a_disk(name: str) -> str:
    """A name that a file system and an archive can have: half a character is none."""
    return name.encode("utf-8", "replace").decode()


def moodle_name(pupil: Pupil) -> str:
    """clean_filename(), and no underscore in a name."""
    name = re.sub(r'[&<>"`|\':\\/\x00-\x1f]', "", pupil.name.replace("_", " ")).strip(" .")
    return on_a_disk(f"{name}_{pupil.id}_assignsubmission")


def moodle(pupils: Sequence[Pupil]) -> Files:
    """In folders; every third has written something online, too."""
    files: Files = {}
    for number, pupil in enumerate(pupils):
        start = moodle_name(pupil)
        for track in (BLOCKING, FORKING):
            files[f"{start}_file/my lab/{track.program}"] = program(pupil, track.name)
        if number % 3 == 0:
            files[f"{start}_onlinetext/onlinetext.html"] = b"<p>here it is"
    return files


def moodle_flat(pupils: Sequence[Pupil]) -> Files:
    """Without "download in folders"."""
    return {
        f"{moodle_name(pupil)}_file_{track.program}": program(pupil, track.name)
        for pupil in pupils
        for track in (BLOCKING, FORKING)
    }


def canvas_name(pupil: Pupil, *, late: bool) -> str:
    """sanitize_user_name() and sanitize_file_name(): [[:word:]] of Ruby keeps marks, too."""
    name = re.sub(r"_(\d+)_", r"\1", pupil.name).lower()
    whole = "_".join([name, *(["LATE"] if late else []), pupil.id])
    return "".join(c for c in on_a_disk(whole) if c == "_" or unicodedata.category(c)[0] in "LMN" or c == "‿")


def is_late(number: int) -> bool:
    """Every fifth of the class."""
    return number % 5 == 0


def canvas(pupils: Sequence[Pupil]) -> Files:
    """Flat; some hand in late, some for the second time, so that a number is added to what they called it."""
    files: Files = {}
    for number, pupil in enumerate(pupils):
        start, again = canvas_name(pupil, late=is_late(number)), "-1" if number % 2 else ""
        for place, track in enumerate((BLOCKING, FORKING)):
            name = track.program.replace(".py", f"{again}.py")
            files[f"{start}_{900_000 + 10 * number + place}_{name}"] = program(pupil, track.name)
    return files


def gradescope(pupils: Sequence[Pupil]) -> Files:
    """With what Ruby writes of them, results and histories included."""
    folders = {f"submission_{5000 + number}": pupil for number, pupil in enumerate(pupils)}
    files = {
        f"assignment_9100_export/{folder}/{track.program}": program(pupil, track.name)
        for folder, pupil in folders.items()
        for track in (BLOCKING, FORKING)
    }
    known = {
        folder: {
            ":submitters": [{":name": on_a_disk(pupil.name), ":sid": f"0{pupil.id}", ":email": f"{pupil.id}@x.edu"}],
            ":created_at": "2026-11-26 11:36:04 Z",
            ":results": {":tests": [{":name": "x", ":submitters": [{":sid": "nobody"}]}]},
            ":history": [{":submitters": [], ":id": 1}],
        }
        for folder, pupil in folders.items()
    }
    text = yaml.safe_dump(known, allow_unicode=True, sort_keys=False)
    return {**files, "assignment_9100_export/submission_metadata.yml": text.encode()}


def user_of(pupil: Pupil) -> str:
    """A name on GitHub, with hyphens as assignments have them."""
    return f"tcp-lab-{pupil.id}"


def classroom(pupils: Sequence[Pupil]) -> Files:
    """Clones as `gh teacher download` leaves them, with its summary."""
    top = "cs-tcp-lab_submissions_2026_11_26_T_11_36_04"
    files = {
        f"{top}/cs-tcp-lab-{user_of(pupil)}/{name}": data
        for pupil in pupils
        for name, data in {
            **{track.program: program(pupil, track.name) for track in (BLOCKING, FORKING)},
            ".git/config": b"[core]\n",
            "result.json": b"{}",
        }.items()
    }
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["username", "first_name", "last_name", "email", "section", "score", "late"])
    for number, pupil in enumerate(pupils):
        name = on_a_disk(pupil.name).replace("\x00", "")
        table.writerow([user_of(pupil), name, "", f"{pupil.id}@x.edu", "", "", "true" if is_late(number) else "false"])
    return {**files, f"{top}/scores.csv": text.getvalue().encode()}


PLATFORMS: dict[str, Callable[[Sequence[Pupil]], Files]] = {
    "moodle": moodle,
    "moodle, flat": moodle_flat,
    "canvas": canvas,
    "gradescope": gradescope,
    "classroom": classroom,
}


def laid(folder: Path, files: Files) -> Path:
    """A folder with these files in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder
