"""JUnit XML, held against the two schemas that CI systems have of it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import NamedTuple

import pytest

from grader.exports.junit import write
from tests.exports.classroom import CLASS, HIDDEN, NAMES, PLACE, graded, one


class Element(NamedTuple):
    """What a schema says of one.

    Args:
        children: a regular expression over their tags, each ended by a space.
    """

    needs: set[str]
    may: set[str]
    children: str


CASE = {"name", "time", "classname"}
NEWER = {
    "testsuites": Element(set(), {"name", "time", "tests", "failures", "errors"}, "(testsuite )*"),
    "testsuite": Element(
        {"name", "tests", "failures", "errors"},
        {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
        "(testsuite |properties |testcase |system-out |system-err )*",
    ),
    "testcase": Element({"name"}, {*CASE, "group"}, "(skipped |error |failure |system-out |system-err )*"),
    "properties": Element(set(), set(), "(property )*"),
    "property": Element({"name", "value"}, set(), ""),
    **{tag: Element(set(), {"type", "message"}, "") for tag in ("failure", "error", "skipped")},
    "system-out": Element(set(), set(), ""),
}
"""jenkinsci/xunit-plugin, types/model/xsd/junit-10.xsd."""
OLDER = {
    **NEWER,
    "testsuites": Element(set(), {"name", "time", "tests", "failures", "errors", "disabled"}, "(testsuite )*"),
    "testsuite": Element(
        {"name", "tests"},
        {"failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"},
        "(properties )?(testcase )*(system-out )?(system-err )?",
    ),
    "testcase": Element(
        {"name"}, {*CASE, "assertions", "status"},
        "(skipped )?(error )*(failure )*(system-out )*(system-err )*",
    ),
    "properties": Element(set(), set(), "(property )+"),
    "skipped": Element(set(), set(), ""),
}  # fmt: skip
"""junit-team/junit5, platform-tests/src/test/resources/jenkins-junit.xsd."""
SUREFIRE_TIME = r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?"


def assert_valid(element: ET.Element, schema: dict[str, Element]) -> None:
    """An element and all in it."""
    rule = schema[element.tag]
    assert rule.needs <= set(element.attrib) <= rule.needs | rule.may
    assert re.fullmatch(rule.children, "".join(f"{child.tag} " for child in element)), element.tag
    if element.tag in ("testsuite", "testsuites"):
        assert re.fullmatch(SUREFIRE_TIME, element.attrib["time"])
    for child in element:
        assert_valid(child, schema)


@pytest.mark.parametrize("schema", [NEWER, OLDER], ids=["junit-10", "jenkins-junit"])
def test_the_file_is_valid(schema: dict[str, Element]) -> None:
    """With every character that a name or a server's output may have."""
    assert_valid(ET.fromstring(write(graded()).data), schema)


def test_everybody_has_a_suite_with_their_points() -> None:
    """In its properties, since a case has none."""
    suites = ET.fromstring(write(graded()).data).findall("testsuite")
    assert len(suites) == len(CLASS)
    told = [{one.attrib["name"]: one.attrib["value"] for one in suite.iter("property")} for suite in suites]
    for pupil, properties in zip(CLASS, told, strict=True):
        grade = "Not graded yet" if pupil.score is None else f"{pupil.score:g} of 100 points, bonus 5"
        assert properties["grade"].startswith(grade)
    names = [suite.attrib["name"] for suite in suites]
    assert [names[NAMES.index(name)] for name in ("Lovelace, Ada", "<b>bold</b>", "]]>", "\x1b[31mred")] == [
        "Lovelace, Ada", "<b>bold</b>", "]]>", "\\x1b[31mred",
    ]  # fmt: skip


def test_counts_are_those_of_the_cases() -> None:
    """Of each suite, and of all."""
    root = ET.fromstring(write(graded()).data)
    for part in (root, *root.findall("testsuite")):
        cases = list(part.iter("testcase"))
        counted = [len(cases), *(sum(case.find(tag) is not None for case in cases) for tag in ("failure", "error"))]
        assert [int(part.attrib[name]) for name in ("tests", "failures", "errors")] == counted


def test_a_bonus_that_was_not_earned_fails_no_build() -> None:
    """And an outcome that needs a human is an error, without a word of ours."""
    cases = {case.attrib["name"]: case for case in ET.fromstring(write(one(90)).data).iter("testcase")}
    assert {name: [child.tag for child in case] for name, case in cases.items()} == {
        "answers": ["failure", "system-out"],
        "listens": ["system-out"],
        "reaps": ["system-out"],
        "fast": ["skipped", "system-out"],
        "slow": ["system-out"],
    }
    data = write(one(None)).data
    (error,) = ET.fromstring(data).iter("error")
    assert error.attrib["message"] == "The machine or the grader did not let us see it."
    assert HIDDEN.encode() not in data
    assert PLACE.encode() not in data
