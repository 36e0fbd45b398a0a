"""`assignment.toml` is read strictly: what is wrong is told with file, line, value, rule, and what to do."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from grader import grading
from grader.assignment import Assignment, Deadline, Limits
from grader.assignment.lines import line_of
from grader.assignment.reading import Misread, read

CHECKS = grading.checks_declared()
HIDDEN = "forking/answers_strangers"
WHOLE = f"""
name = "Servers, spring 2027"
language = "zh"
roster = "class.csv"
total = 110
bonus_counted = false
delay = 0.25
checks_off = ["blocking/works_in_one_process"]

[points]
"blocking/listens" = 5.5
"{HIDDEN}" = 9.5

[limits]
memory = 2048

[deadline]
at = 2027-03-01T23:59:59+01:00
grace = "15 min"
percent_per_day = 10
"""


def written(folder: Path, text: str) -> Path:
    """A file of the assignment."""
    path = folder / "assignment.toml"
    path.write_text(text)
    return path


def told_of(folder: Path, text: str) -> str:
    """What is said of a file that is wrong, without its folder."""
    with pytest.raises(Misread) as caught:
        read(written(folder, text), CHECKS)
    assert str(caught.value).startswith(f"{folder}/assignment.toml")
    return str(caught.value).removeprefix(f"{folder}/")


def test_all_that_can_be_said(tmp_path: Path) -> None:
    """Each setting arrives; a roster is looked for beside the file that names it; what is left out is the lab's."""
    (tmp_path / "class.csv").write_text("name\n")
    assert read(written(tmp_path, WHOLE), CHECKS) == Assignment(
        name="Servers, spring 2027",
        language="zh",
        roster=str(tmp_path / "class.csv"),
        total=110,
        bonus_counted=False,
        delay=0.25,
        checks_off=("blocking/works_in_one_process",),
        points={"blocking/listens": 5.5, HIDDEN: 9.5},
        limits=Limits(memory=2048),
        deadline=Deadline(
            at=datetime(2027, 3, 1, 23, 59, 59, tzinfo=timezone(timedelta(hours=1))), grace="15 min", percent_per_day=10
        ),
    )


def test_an_empty_file_is_the_lab(tmp_path: Path) -> None:
    """With a byte order mark, too, which some editors write."""
    assert read(written(tmp_path, ""), CHECKS) == read(written(tmp_path, "\ufeff# nothing\n"), CHECKS) == Assignment()


DUE = "[deadline]\nat = 2027-01-01T00:00:00Z\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # no TOML
        ("x = [", ', line 1: "x = ." is no TOML: invalid value'),
        ("a = 1\na = 2", ', line 2: "a = 2" is no TOML: cannot overwrite a value'),
        ("[points]\nblocking/listens = 2", ", line 2: .*: the id of a check stands in quotes: \"blocking/listens\" = 2"),
        # no setting
        ('colour = "red"', ", line 1: colour is no setting; there are: name, language, roster, total, "),
        ("[limits]\nmemry = 1024", ", line 2: limits.memry is no setting; is memory meant"),
        ("[limits]\ndelay = 0.1", ", line 2: limits.delay is no setting; it belongs above the first line in "),
        ("memory = 1024", ", line 1: memory is no setting; it belongs below .limits."),
        # points
        ("points = 3", r", line 1: points = 3: it is a table: write \[points\] on a line of its own"),
        ('[points]\n"blocking/listens" = "2"', ', line 2: points."blocking/listens" = "2": it has to be a number from 0'),
        ('[points]\n"blocking/listens" = nan', ", line 2: .* = nan: it has to be a number from 0 to 1000"),
        ('[points]\n"blocking/listens" = -1', ", line 2: .* = -1: it has to be a number from 0 to 1000"),
        ('[points]\n"blocking/listens" = 2.345', ", line 2: .* = 2.345: it has to be .*with two decimals at most"),
        ('[points]\n"blocking/listen" = 2', ", line 2: .*: no check is called that; is blocking/listens meant"),
        ("[points]\nlistens = 2", ", line 2: points.listens = 2: no check is called that; is blocking/listens meant"),
        ('[points]\n"x/y" = 2', ", line 2: .*: no check is called that; the command rubric prints all of them"),
        ("[points]\nbonus_counted = true", ", line 2: .*; it belongs above the first line in "),
        ('[points]\n"blocking/listens" = 5', ", line 1: the checks that count have 103 points in all, and total is 100: "),
        (f'total = 90\n[points]\n"{HIDDEN}" = 5', ", line 1: .* have 105 points .* total is 90: .* or say total = 105"),
        ('checks_off = ["forking/listens"]', ", line 1: the checks that count have 98 points in all, and total is 100"),
        ('checks_off = ["forking/listen"]', ', line 1: checks_off has "forking/listen": .* is forking/listens meant'),
        (
            'checks_off = ["forking/listens"]\n[points]\n"forking/listens" = 2',
            ", line 3: forking/listens has points, and is in checks_off: take it out of one of the two",
        ),
        # one value each
        ("delay = 1", ", line 1: delay = 1: it has to be a number of seconds from 0.05 to 0.5: a whole second would"),
        ("delay = true", ", line 1: delay = true: it has to be a number"),
        ("[limits]\nmemory = 100", ", line 2: limits.memory = 100: it has to be a whole number of MB from 512 to 8192"),
        ("limits = { seconds = inf }", ", line 1: limits.seconds = inf: it has to be a number of seconds from 300"),
        ('language = "de"', ', line 1: language = "de": it has to be "en" or "zh"'),
        ('name = "a\\nb"', r', line 1: name = "a\\nb": it has to be 1 to 120 characters in quotes'),
        ('roster = "no.csv"', ', line 1: roster = "no.csv": there is no file .*/no.csv; a roster is named as it lies from'),
        ('roster = "\\u0000"', ", line 1: roster = .*: there is no file "),
        ("total = " + "1" * 5000, " can't be read: it goes beyond what Python reads"),
        ("total = " + "[" * 3000, " can't be read: it goes beyond what Python reads|is no TOML"),
        ("bonus_counted = 1", ", line 1: bonus_counted = 1: it has to be true or false, without quotes"),
        # the deadline
        ("deadline = 2027-01-01T00:00:00Z", r", line 1: deadline = 2027-01-01T00:00:00\+00:00: it is a table: write"),
        ('[deadline]\ngrace = "1 day"', r", line 1: \[deadline\] needs at: a date and a time with its offset: 2027-03-01T"),
        ("[deadline]\nat = 2027-01-01T00:00:00", ", line 2: .* = 2027-01-01T00:00:00: it says not where on earth: add the"),
        ("[deadline]\nat = 2027-01-01", ", line 2: deadline.at = 2027-01-01: it has to be a date and a time with its offset"),
        (f'{DUE}grace = "soon"', ', line 3: deadline.grace = "soon": it has to be a number and a unit in quotes'),
        (f"{DUE}points_per_day = 1\npercent_per_day = 2", ", line 4: a day costs points_per_day or percent_per_day, and not"),
        (f"{DUE}at_most = 2", ", line 3: at_most needs a day's cost beside it"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(tmp_path: Path, text: str, told: str) -> None:
    """In one sentence, with its line."""
    said = told_of(tmp_path, text)
    assert len(said.splitlines()) == 1
    assert re.match(f"assignment.toml{told}", said), said


def test_a_file_that_can_not_be_read_is_a_sentence(tmp_path: Path) -> None:
    """It is not there, or it is no text."""
    with pytest.raises(Misread, match=r"no\.toml can't be read: No such file"):
        read(tmp_path / "no.toml", CHECKS)
    (tmp_path / "latin.toml").write_bytes('name = "Müller"'.encode("latin-1"))
    with pytest.raises(Misread, match=r"latin.toml is no text in UTF-8: save it as UTF-8"):
        read(tmp_path / "latin.toml", CHECKS)


PLACES = '''# a comment
a.b = 1
"a"."c d" = 2

[t]
text = """
[not.a.table]
key = 1
"""
list = [
  1,  # x = 5
  2,
]
inline = { x = 1, "y/z" = 2 }
[t.u]
key = 3
[[many]]
key = 4'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 2),
        (("a", "b"), 2),
        (("a", "c d"), 3),
        (("t",), 5),
        (("t", "text"), 6),
        (("t", "list"), 10),
        (("t", "inline", "y/z"), 14),
        (("t", "u"), 15),
        (("t", "u", "key"), 16),
        (("many",), 17),
        (("not", "a"), 0),
        (("t", "x"), 0),
    ],
)
def test_a_keys_line_is_found(path: tuple[str, ...], line: int) -> None:
    """Be it dotted, quoted, in a table or within one; what stands in a text or in a list is no key."""
    assert line_of(PLACES, path) == line
    assert line_of(PLACES.replace("\n", "\r\n"), path) == line
