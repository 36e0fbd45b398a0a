"""GitHub: clones of a classroom's repositories.

lab-submissions/lab-octocat/                              GitHub Classroom: gh classroom clone student-repos
cs-lab_submissions_2026_11_26_T_11_36_04/cs-lab-octocat/  Classroom 50: gh teacher download ORG CLASSROOM ASSIGNMENT
                                        /scores.csv       whom it knows: username, first_name, ..., late

User names may have "-" in them, as assignments do: where the folder around them tells the assignment, or scores.csv the
user names, they are certain.
Source: foundation50/classroom50, cli/gh-teacher/internal/download/download.go; github/gh-classroom, cmd/gh-classroom/clone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

from grader.layouts.shapes import Handed, Layout, Listing, Part, Read, Unclear, moment
from grader.people import Student

SCORES = "scores.csv"
_CONTAINERS = (
    re.compile(r"(?P<assignment>.+)_submissions_\d{4}_\d\d_\d\d_T_\d\d_\d\d_\d\d"),
    re.compile(r"(?P<assignment>.+)-submissions"),
)
_USER = re.compile(r"[a-z\d]+(?:[-_][a-z\d]+)*-?", re.IGNORECASE)


def fits(listing: Listing) -> frozenset[str]:
    """Folders that begin with the assignment, or end with a user whom scores.csv knows."""
    return frozenset(_users(listing))


def _users(listing: Listing) -> dict[str, str]:
    """By folder, the user's name; those for whom it is certain."""
    known = {user.casefold(): user for user in _scores(listing)}
    found = {folder: user for folder in listing.folders if (user := _known_in(folder, known))}
    start = _start_of(listing.container)
    if start:
        for folder in listing.folders:
            rest = folder[len(start) :]
            if folder not in found and folder.casefold().startswith(start.casefold()) and _USER.fullmatch(rest):
                found[folder] = rest
    return found


def _known_in(folder: str, known: Mapping[str, str]) -> str:
    """The longest of the known users' names that the folder ends in, after "-"."""
    parts = folder.casefold().split("-")
    ends = ("-".join(parts[at:]) for at in range(1, len(parts)))
    return next((known[end] for end in ends if end in known), "")


def _start_of(container: str) -> str:
    found = next((found for pattern in _CONTAINERS if (found := pattern.fullmatch(container))), None)
    return f"{found['assignment']}-" if found else ""


def _scores(listing: Listing) -> dict[str, dict[str, str]]:
    """What scores.csv tells, by user; nothing if it is another file of that name."""
    text = listing.texts.get(SCORES, b"").decode("utf-8-sig", "replace")
    rows = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        return {row["username"].strip(): row for row in rows if row.get("username")} if text else {}
    except csv.Error:
        return {}


def read(listing: Listing) -> Read:
    """A submission for each repository.

    Raises:
        Unclear: the assignment's name is told by nothing.
    """
    users = _users(listing) or _by_what_they_share(listing)
    scores = _scores(listing)
    return Read(tuple(_handed(folder, user, scores.get(user, {})) for folder, user in users.items()))


def _by_what_they_share(listing: Listing) -> dict[str, str]:
    """The assignment is what all folders begin with, up to a "-": asked for by name, this is taken."""
    first, *others = sorted(listing.folders) or [""]
    shared = first
    for name in others:
        while not name.startswith(shared):
            shared = shared[:-1]
    start = shared.rpartition("-")[0] + "-"
    if not others or start == "-":
        raise Unclear(
            f"{listing.container!r} holds no folders that begin alike, as <assignment>-<user> do: where the folder "
            "is called <assignment>-submissions, one is enough"
        )
    return {folder: folder[len(start) :] for folder in listing.folders}


def _handed(folder: str, user: str, told: Mapping[str, str]) -> Handed:
    name = " ".join(filter(None, (told.get("first_name", ""), told.get("last_name", ""))))
    student = Student(
        layout=CLASSROOM.name,
        id=user,
        name=name,
        email=told.get("email", ""),
        late=told.get("late", "").strip().casefold() == "true",
        submitted_at=moment(told.get("datetime", "")),
    )
    return Handed(user, student, (Part(folder),))


CLASSROOM = Layout(
    "classroom", "as clones of a classroom are (<assignment>-<user>)", fits, read, frozenset({SCORES})
)  # fmt: skip
