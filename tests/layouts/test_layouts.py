"""What names of bulk downloads tell: each platform's, names of more than one kind, and what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.finding import Found, NotASubmission, find
from grader.layouts import LAYOUTS
from grader.layouts.choosing import layout_of
from grader.layouts.shapes import Entry, Listing, Part, Unclear
from grader.people import Person, Student
from tests.layouts.downloads import laid
from tests.test_intake import TINY, encrypted, under, zipped

OF = {layout.name: layout for layout in LAYOUTS}


def listing(*names: str, container: str = "class", **texts: bytes) -> Listing:
    """A class's folder; a name that ends in "/" is a folder's."""
    entries = tuple(Entry(name.rstrip("/"), name.endswith("/"), True) for name in names)
    return Listing(container, entries, {name.replace("__", "."): text for name, text in texts.items()})


def told(layout: str, *names: str, container: str = "class", **texts: bytes) -> list[tuple[str, str, str, bool]]:
    """What a layout makes of names: submission, id, name, late."""
    read = OF[layout].read(listing(*names, container=container, **texts)).handed
    return [(one.name, one.student.id, one.student.name, one.student.late) for one in read]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("Jane Doe_12345_assignsubmission_file/", ("Jane Doe_12345", "12345", "Jane Doe", False)),
        ("Jane Doe_12345_assignsubmission_file_/", ("Jane Doe_12345", "12345", "Jane Doe", False)),
        ("Participant_991_assignsubmission_file/", ("Participant_991", "991", "Participant", False)),
        ("Jane Doe_7_assignsubmission_file_a_b.py", ("Jane Doe_7", "7", "Jane Doe", False)),
        ("José ONeil_5_assignsubmission_onlinetext/", ("José ONeil_5", "5", "José ONeil", False)),
        ("Default group_assignsubmission_file/", ("Default group", "", "Default group", False)),
        ("_5_assignsubmission_file/", ("_5", "5", "", False)),
    ],
)
def test_moodle(entry: str, expected: tuple[str, str, str, bool]) -> None:
    """Folders of today and before, flat files, blind marking, groups, and a name of which nothing is left."""
    assert told("moodle", entry) == [expected]


def test_moodle_blind_is_told_by_names_that_are_all_the_same() -> None:
    """In any language; the number tells them apart."""
    entries = ("Teilnehmerin_1_assignsubmission_file/", "Teilnehmerin_2_assignsubmission_file/")
    assert [name for *_, name, _ in told("moodle", *entries)] == ["Teilnehmerin 1", "Teilnehmerin 2"]


def test_moodle_text_beside_files_is_one_submission() -> None:
    """What is not graded is told to the student; where there is nothing else, it is shown what there is."""
    both = listing("A_1_assignsubmission_file/", "A_1_assignsubmission_onlinetext/", "B_2_assignsubmission_onlinetext/")
    first, second = OF["moodle"].read(both).handed
    assert first.parts == (Part("A_1_assignsubmission_file"),)
    assert first.notes == ("what was handed in as onlinetext is not graded: only files are",)
    assert (second.parts, second.notes) == ((Part("B_2_assignsubmission_onlinetext"),), ())


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("doejane_1234_98765_server.py", ("doejane_1234", "1234", "doejane", False)),
        ("doejane_LATE_1234_98765_server-1.py", ("doejane_1234", "1234", "doejane", True)),
        ("garcíamárquezjosé_77_5_my_server_2.py", ("garcíamárquezjosé_77", "77", "garcíamárquezjosé", False)),
        ("नमस्ते_9_8_s.py", ("नमस्ते_9", "9", "नमस्ते", False)),
        ("_9_8_s.py", ("_9", "9", "", False)),
        ("_LATE_9_8_s.py", ("_9", "9", "", True)),
        ("anon_aB3dE_55_server.py", ("anon_aB3dE", "", "anon_aB3dE", False)),
        ("LATE_anon_12345_55_server.py", ("anon_12345", "", "anon_12345", True)),
        ("doejane_1234_text.html", ("doejane_1234", "1234", "doejane", False)),
        ("doejane_LATE_1234_link.html", ("doejane_1234", "1234", "doejane", True)),
        ("doe_4711_1234_98765_s.py", ("doe_4711", "", "doe", False)),
        ("doe_1234_98765_7_8_s.py", ("doe_1234", "", "doe", False)),
    ],
)
def test_canvas(entry: str, expected: tuple[str, str, str, bool]) -> None:
    """Late, anonymous, without a name, in any script; where two numbers may be the ID, none is taken."""
    assert told("canvas", entry) == [expected]


@pytest.mark.parametrize("entry", ["doe jane_1_2_s.py", "server.py", "doe_1_s.py", "a-b_1_2_s.py", "doe_1_2_"])
def test_what_canvas_would_not_name_so(entry: str) -> None:
    """A name has no spaces and signs, and two numbers follow."""
    assert OF["canvas"].fits(listing(entry)) == frozenset()


def test_canvas_attachments_of_one_user_are_one_submission() -> None:
    """Under the names that the student gave; a number stays where both are there, and in what is not Python."""
    names = (
        "a_1_5_blocking_server-1.py",
        "a_1_6_forking_server-12.py",
        "a_1_7_x.py",
        "a_LATE_1_8_x-1.py",
        "a_1_9_d-1.txt",
    )
    (one,) = OF["canvas"].read(listing(*names)).handed
    assert [part.file for part in one.parts] == ["blocking_server.py", "forking_server.py", "x.py", "x-1.py", "d-1.txt"]
    assert one.student.late


def test_canvas_files_that_begin_with_numbers_are_told_by_each_other() -> None:
    """The user's ID is in all of them."""
    assert told("canvas", "doe_12_501_1_blocking.py", "doe_12_502_2_forking.py") == [("doe_12", "12", "doe", False)]


def test_canvas_gives_nobody_the_files_of_another() -> None:
    """Whoever calls themselves by somebody's name and number gets neither into their submission nor their grade."""
    read = OF["canvas"].read(listing("doe_4711_5_server.py", "doe_4711_1234_98765_server.py"))
    victim, other = read.handed
    assert (victim.name, victim.student.id, [part.entry for part in victim.parts]) == (
        "doe_4711", "4711", ["doe_4711_5_server.py"],
    )  # fmt: skip
    assert (other.name, other.student.id, other.student.perhaps) == ("doe_4711 or 1234", "", ())
    assert read.notices == (
        "whose ID is meant can be read in two ways: 'doe_4711_1234_98765_server.py'; a roster or, when grades are "
        "exported, a gradebook tells",
    )


METADATA = b"""
submission_1: &x
  :submitters:
  - :name: &n Ada
    :sid: '0012'
    :email: ada@x.edu
  - {':name': *n, ':sid': "13"}
  :created_at: !ruby/object:ActiveSupport::TimeWithZone {utc: 2026-01-01}
  :history:
  - :submitters: [{':sid': '99'}]
submission_2: {submitters: [{name: Bela, email: b@x.edu}]}
submission_4: *x
"""


def test_gradescope() -> None:
    """Submitters of Ruby's symbols or plain keys; several are a group; what is unknown or gone is said."""
    there = listing("submission_1/", "submission_2/", "submission_3/", submission_metadata__yml=METADATA)
    read = OF["gradescope"].read(there)
    ada, bela, nobody = read.handed
    assert ada.student.members == (Person(id="0012", name="Ada", email="ada@x.edu"), Person(id="13", name="Ada"))
    assert (ada.name, bela.name, nobody.name) == ("0012+13", "b@x.edu", "submission_3")
    assert bela.student == Student(layout="gradescope", name="Bela", email="b@x.edu")
    assert read.notices == (
        "submission_metadata.yml does not tell whose 'submission_3' is",
        "submission_metadata.yml tells of 'submission_4', which is not there",
    )


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (n + 1, n + 1, b",".join([b"*%c" % n] * 9)) for n in range(ord("a"), ord("z"))
)


@pytest.mark.parametrize(
    "text", [BOMB, b"submission_1: !!python/object/apply:os.system [echo]", b"? {a: b}\n: c", b"", b"a: *b"]
)
def test_hostile_metadata_tell_of_nobody(text: bytes) -> None:
    """Aliases of aliases, tags and keys that are no text cost nothing."""
    (one,) = OF["gradescope"].read(listing("submission_1/", submission_metadata__yml=text)).handed
    assert one.student == Student(layout="gradescope")


@pytest.mark.parametrize("text", [b"[" * 200_000, b"\xff", b"a: b: c"], ids=["depth", "bytes", "mappings"])
def test_metadata_that_can_not_be_read_are_one_sentence(text: bytes) -> None:
    """However deep they nest."""
    with pytest.raises(Unclear, match=r"submission_metadata\.yml can't be read"):
        OF["gradescope"].read(listing("submission_1/", submission_metadata__yml=text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-26 11:36:04 Z", "2026-11-26T11:36:04+00:00"),
        ("2026-11-26 11:36:04.123456789 -08:00", "2026-11-26T19:36:04+00:00"),
        ("2026-11-26T11:36:04Z", "2026-11-26T11:36:04+00:00"),
        ("2026-11-26 11:36:04 UTC", "2026-11-26T11:36:04+00:00"),
        ("2026-11-26 11:36:04 +0530", "2026-11-26T06:06:04+00:00"),
        ("2026-11-26 11:36:04", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_when_it_was_handed_in(text: str, expected: str | None) -> None:
    """As Gradescope and Classroom 50 write it; without an offset nobody knows."""
    metadata = f"submission_1: {{':created_at': '{text}', ':submitters': [{{':sid': '1'}}]}}".encode()
    (ada,) = OF["gradescope"].read(listing("submission_1/", submission_metadata__yml=metadata)).handed
    scores = f"username,datetime\nada,{text}\n".encode()
    (same,) = OF["classroom"].read(listing("lab-ada/", scores__csv=scores)).handed
    at = ada.student.submitted_at
    assert (at.isoformat() if at else None, same.student.submitted_at) == (expected, at)


def test_gradescope_gives_nobody_two_submissions() -> None:
    """Which of them counts is not ours to say."""
    text = b"submission_1: {':submitters': [{':sid': '7'}]}\nsubmission_2: {':submitters': [{':sid': '7'}]}"
    with pytest.raises(Unclear, match="gives '7' two submissions, 'submission_1' and 'submission_2'"):
        OF["gradescope"].read(listing("submission_1/", "submission_2/", submission_metadata__yml=text))


@pytest.mark.parametrize(
    ("container", "folder", "user"),
    [
        ("tcp-lab-submissions", "tcp-lab-ada-l", "ada-l"),
        ("cs-tcp_submissions_2026_11_26_T_11_36_04", "cs-tcp-ada", "ada"),
        ("Tcp-Submissions", "tcp-ada", ""),
        ("class", "tcp-lab-ada", ""),
    ],
)
def test_classroom(container: str, folder: str, user: str) -> None:
    """The folder around the clones tells the assignment; else they are folders like any other."""
    there = listing(f"{folder}/", container=container)
    assert bool(OF["classroom"].fits(there)) == bool(user)
    assert not user or [one.student.id for one in OF["classroom"].read(there).handed] == [user]


def test_classroom_users_are_told_by_the_scores() -> None:
    """The longest of them that a folder ends in."""
    for late in ("true", "TRUE"):  # as a spreadsheet writes it
        scores = f"\ufeffusername,first_name,last_name,late\nb,B,,\na-b,Ada,Lovelace,{late}\n".encode()
        there = told("classroom", "lab-a-b/", "lab-b/", scores__csv=scores)
        assert there == [("a-b", "a-b", "Ada Lovelace", True), ("b", "b", "B", False)]


def test_classroom_asked_for_takes_what_folders_share() -> None:
    """Up to a hyphen; of one folder that can't be told."""
    assert [one[0] for one in told("classroom", "lab-1-ada/", "lab-1-bela/")] == ["ada", "bela"]
    with pytest.raises(Unclear, match="holds no folders that begin alike"):
        told("classroom", "lab-1-ada/")


MOODLES, CANVASES = "A_1_assignsubmission_file/", "a_1_2_s.py"


@pytest.mark.parametrize(
    ("names", "wanted", "layout"),
    [
        ((MOODLES,), "", "moodle"),
        ((CANVASES,), "", "canvas"),
        (("ada/",), "", None),
        ((MOODLES,), "plain", None),
        ((MOODLES, CANVASES, "ada/"), "canvas", "canvas"),
        ((), "", None),
    ],
)
def test_the_layout_is_told_by_every_name_or_asked_for(names: tuple[str, ...], wanted: str, layout: str | None) -> None:
    """None is no platform's."""
    found = layout_of(listing(*names), wanted)
    assert (found.name if found else None) == layout


@pytest.mark.parametrize(
    ("names", "wanted", "why"),
    [
        ((MOODLES, CANVASES), "", "'A_1_assignsubmission_file' as Moodle's download .*; 'a_1_2_s.py' as Canvas' download"),
        ((MOODLES, "ada/"), "", r"; 'ada' as none of these. Say which one counts with --layout moodle or plain;"),
        (("ada/",), "moodle", "holds nothing that is named as Moodle's .*, as --layout moodle has it"),
        (("submission_1/",), "gradescope", "holds no submission_metadata.yml, which tells whose Gradescope's folders are"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_one_sentence(names: tuple[str, ...], wanted: str, why: str) -> None:
    """With the names in question, and what may be said."""
    with pytest.raises(Unclear, match=why):
        layout_of(listing(*names), wanted)


# ---------------------------------------------------------------------- on a disk


def found(here: Path, files: dict[str, bytes], layout: str = "") -> Found:
    """What a folder with these files means."""
    return find([laid(here / "class", files)], here / "room", layout)


def names_of(both: Found) -> list[str]:
    """The submissions."""
    return [one.name for one in both.submissions]


def test_a_single_folder_around_a_download_is_looked_through(tmp_path: Path) -> None:
    """As a file manager unpacks it."""
    both = found(tmp_path, {**under("x/A_1_assignsubmission_file", TINY), "x/.DS_Store": b"", "__MACOSX/x": b""})
    assert (names_of(both), both.notices) == (["A_1"], [])


def test_what_lies_about_in_a_download_is_said(tmp_path: Path) -> None:
    """Files that are no submission stop nobody."""
    both = found(tmp_path, {**under("A_1_assignsubmission_file", TINY), "grades.xlsx": b"", "notes.txt": b""})
    assert both.notices == [
        f"passed over in {str(tmp_path / 'class')!r}, for no submission: 'grades.xlsx', 'notes.txt'"
    ]


def test_one_kind_may_be_asked_for(tmp_path: Path) -> None:
    """Then the others are passed over; without it, the command stops."""
    files = {**under("A_1_assignsubmission_file", TINY), **under("ada", TINY)}
    with pytest.raises(NotASubmission, match="names of more than one kind"):
        found(tmp_path, files)
    assert names_of(found(tmp_path, files, "moodle")) == ["A_1"]
    assert names_of(found(tmp_path, files, "plain")) == ["A_1_assignsubmission_file", "ada"]


@pytest.mark.parametrize("layout", ["", "plain"])
def test_one_of_a_download_may_be_named(tmp_path: Path, layout: str) -> None:
    """By itself it is still its student's."""
    here = laid(tmp_path / "A_1_assignsubmission_file", TINY)
    laid(tmp_path, {"a_LATE_1_2_lab.zip": zipped(TINY)})
    both = find([here, tmp_path / "a_LATE_1_2_lab.zip"], tmp_path / "room", layout)
    assert [(one.name, one.student.late if one.student else None) for one in both.submissions] == (
        [("A_1_assignsubmission_file", None), ("a_LATE_1_2_lab", None)] if layout else [("A_1", False), ("a_1", True)]
    )


def test_what_a_download_lost_on_the_way_is_its_students(tmp_path: Path) -> None:
    """An attachment that can't be unpacked is still there, and told."""
    files = {"a_1_2_forking_server.py": b"", "b_2_3_x.txt": b""}
    laid(tmp_path, {"class.zip": encrypted(zipped(files))})
    both = find([tmp_path / "class.zip"], tmp_path / "room")
    assert {one.name: one.refused for one in both.submissions} == {
        "a_1": (("forking_server.py", "is encrypted"),), "b_2": (),
    }  # fmt: skip
