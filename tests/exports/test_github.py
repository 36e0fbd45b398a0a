"""GitHub's step summary and annotations, held against what its runner reads."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from grader.exports.github import annotation, inert, write
from tests.exports.classroom import CLASS, EVIL, HIDDEN, NAMES, PLACE, graded, is_clean, one


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """Command, properties and message of a line, as ActionCommand.TryParseV2 reads it."""
    assert "\n" not in line
    assert "\r" not in line
    assert line.startswith("::")
    command, _, message = line[2:].partition("::")
    kind, _, rest = command.partition(" ")
    properties = dict(pair.split("=", 1) for pair in rest.split(","))
    return kind, {key: unescaped(value, in_property=True) for key, value in properties.items()}, unescaped(message)


def unescaped(text: str, *, in_property: bool = False) -> str:
    """The runner's own order: the percent sign last."""
    pairs = [("%0D", "\r"), ("%0A", "\n"), *([("%3A", ":"), ("%2C", ",")] if in_property else []), ("%25", "%")]
    for code, character in pairs:
        text = text.replace(code, character)
    return text


@pytest.mark.parametrize("text", ["a,b:c", "::error::x", "100%", "%0A::error::x", "one\ntwo", "a%2Cb"])
def test_an_annotation_says_what_was_put_in(text: str) -> None:
    """Whatever it is, it is one line, and no other command."""
    line = annotation("error", text, text, file="a.py")
    title = " ".join(text.split())
    assert parsed(line) == ("error", {"file": "a.py", "title": title}, text)


def test_a_student_sees_mistakes_at_their_program() -> None:
    """Those of the core; the file is the program of the track."""
    (line,) = write(one(90)).printed
    kind, properties, message = parsed(line)
    assert (kind, properties) == (
        "error",
        {"file": "blocking_server.py", "title": "blocking/answers: What blocking/answers asks for."},
    )
    assert [told.partition(":")[0] for told in message.split("\n")] == ["expected", "observed", "hint"]
    assert write(one(100)).printed == ()


def test_what_could_not_be_seen_is_a_warning() -> None:
    """Nobody's mistake."""
    assert [parsed(line)[0] for line in write(one(None)).printed] == ["warning"]


def test_a_class_is_warned_of_those_who_need_a_human() -> None:
    """By name."""
    told = [parsed(line) for line in write(graded()).printed]
    assert [(kind, properties["title"]) for kind, properties, _ in told] == [("warning", "needs a human")] * 2
    assert [message.partition(": ")[0] for _, _, message in told] == ["=1", "&amp; & <"]


def test_no_more_annotations_than_github_shows() -> None:
    """Ten; the last says how many there are."""
    many = one(None)._replace(reports=one(None).reports * 30)
    lines = write(many).printed
    assert len(lines) == 10
    assert parsed(lines[-1])[2] == "21 more are in the step's summary"


class Tags(HTMLParser):
    """The elements of a summary that are HTML, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        """Note it."""
        self.text += data


def test_a_summary_has_a_row_for_everybody() -> None:
    """With their points; every row has as many cells as the head, whatever is in a name."""
    summary = write(graded()).data.decode()
    rows = [line for line in summary.split("\n") if line.startswith("|")]
    assert {line.count("|") for line in rows} == {5}
    assert len(rows) == len(CLASS) + 2
    for pupil, row in zip(CLASS, rows[2:], strict=True):
        grade = "" if pupil.score is None else inert(f"{pupil.score:g}")
        assert row.split("|")[2].strip() == grade
        assert row.startswith(f"| {inert(pupil.name)} |")
    assert Tags(summary).tags == set()
    assert Tags(summary).text.count("needs a human") == 2


@pytest.mark.parametrize("name", [*NAMES, EVIL])
def test_nothing_of_a_students_is_markup(name: str) -> None:
    """Neither Markdown's nor HTML's; read back, it is what it was."""
    assert re.findall(r"[^\w ,;&#]", "".join(c for c in inert(name) if ord(c) < 128)) == []
    page = Tags(write(one(90, name)).data.decode())
    assert page.tags == {"details", "summary", "p", "br"}
    assert "<script>alert(1)</script> ]]> | `x`" in page.text


@pytest.mark.parametrize("score", [90, None])
def test_nothing_hidden_is_told(score: float | None) -> None:
    """Nor where the grader lies."""
    export = write(one(score))
    text = export.data.decode() + "".join(export.printed)
    assert HIDDEN not in Tags(text).text
    assert PLACE not in Tags(text).text
    assert is_clean(text)


def test_a_summary_is_within_githubs_limit() -> None:
    """Whole lines, and how many are missing."""
    one_of_many = one(90, "x" * 400)
    data = write(one_of_many._replace(reports=one_of_many.reports * 4000)).data
    assert 900_000 < len(data) < 1 << 20
    assert re.search(r"\n\n… \d+ more lines: GitHub takes no more than 1 MiB\.\n$", data.decode())
