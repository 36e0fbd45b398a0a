"""The catalogue holds every sentence that a student reads, translated, and nothing else; it is made by babel."""

from __future__ import annotations

import ast
import configparser
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from grader import grading
from grader.languages import DOMAIN, FOLDER, LANGUAGES
from tests.language.chinese import english_in
from tests.language.extracting import NotALiteral, messages_of

FOLDERS = [FOLDER / language / "LC_MESSAGES" for language in LANGUAGES if language != "en"]
PLACEHOLDER = re.compile(r"\{[^{}]*\}")
SOURCES = [*sorted((grading.PROJECT / "grader").rglob("*.py"))]


def catalogue(folder: Path) -> Catalog:
    """A language's catalogue."""
    with (folder / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=folder.parent.name)


@cache
def sentences(folder: Path) -> dict[tuple[str, str], tuple[Message, str]]:
    """By context and English, each entry and its translation."""
    found = {}
    for entry in catalogue(folder):
        if entry.id:
            english = entry.id if isinstance(entry.id, str) else entry.id[0]
            said = entry.string if isinstance(entry.string, str) else (entry.string or [""])[0]
            found[entry.context or "", english] = (entry, said)
    return found


@cache
def wanted() -> dict[tuple[str, str], str]:
    """What the source says, by context and English; the value is where."""
    return {
        (message.context, message.english): f"{path.name}:{message.line}"
        for path in SOURCES
        for message in messages_of(path.read_text("utf-8"))
    }


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.parent.name)
def folder(request: pytest.FixtureRequest) -> Path:
    """Each language's."""
    return Path(request.param)


def test_every_sentence_is_in_the_catalogue(folder: Path) -> None:
    """None is missing, and none is there that the source does not say any more: `tox -e catalogue` renews it."""
    assert {key: where for key, where in wanted().items() if key not in sentences(folder)} == {}
    assert set(sentences(folder)) - set(wanted()) == set()
    assert not catalogue(folder).obsolete


def test_every_sentence_is_translated(folder: Path) -> None:
    """By somebody, and not by likeness."""
    assert len(sentences(folder)) > 900
    assert [key for key, (_, said) in sentences(folder).items() if not said] == []
    assert [key for key, (entry, _) in sentences(folder).items() if entry.fuzzy] == []


def test_values_stand_in_both_languages(folder: Path) -> None:
    """The same ones, in the same form; and what is indented is so in both."""
    for (_, english), (_, said) in sentences(folder).items():
        assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(said)), said
        assert english.startswith("  ") is said.startswith("  "), said
        assert "\n" not in said


def test_a_sentence_has_one_translation(folder: Path) -> None:
    """Whether it is said there and then, or filed: `say(filed(...))` is both."""
    there = sentences(folder)
    both = [english for context, english in there if context and ("", english) in there]
    assert [english for english in both if there["", english][1] != there["filed", english][1]] == []


def test_no_word_of_english_is_left_in_a_translation() -> None:
    """But names of functions, signals, errors and man pages."""
    bare = {said: english_in(PLACEHOLDER.sub(" ", said)) for _, said in sentences(FOLDERS[0]).values()}
    assert {said: words for said, words in bare.items() if words} == {}


def test_the_compiled_catalogue_is_that_of_the_text(folder: Path) -> None:
    """It is committed, so that a checkout speaks without babel."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(folder))
    assert (folder / f"{DOMAIN}.mo").read_bytes() == compiled.getvalue()


def test_one_command_renews_it(tmp_path: Path) -> None:
    """It is tox's `catalogue`; run over what is committed, it changes nothing."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(grading.PROJECT / "tox.ini")
    steps = tox["testenv:catalogue"]["commands"].replace("{env_tmp_dir}{/}", f"{tmp_path}/").strip().splitlines()
    there = tmp_path / "locale"
    for folder in FOLDERS:
        (there / folder.relative_to(FOLDER)).mkdir(parents=True)
        (there / folder.relative_to(FOLDER) / f"{DOMAIN}.po").write_bytes((folder / f"{DOMAIN}.po").read_bytes())
    for step in steps:
        command = [
            sys.executable,
            "-m",
            "babel.messages.frontend",
            *shlex.split(step.replace("grader/locale", str(there)))[1:],
        ]
        done = subprocess.run(command, cwd=grading.PROJECT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    for folder in FOLDERS:
        for name in (f"{DOMAIN}.po", f"{DOMAIN}.mo"):
            assert (there / folder.relative_to(FOLDER) / name).read_bytes() == (folder / name).read_bytes()


EXAMPLES = {
    'say("{n} more", n=1)': [("", "{n} more")],
    'say_of(n, "one", "many")': [("", "one")],
    'filed("port {port}", port=1)': [("filed", "port {port}")],
    'say(filed("is stopped"))': [("filed", "is stopped")],
    'Mismatch(expected="a", observed="b" if c else "d", hint="e")': [("", "a"), ("", "b"), ("", "d"), ("", "e")],
    'NotReached("it ended")': [("", "it ended")],
    'server.then("all have gone")': [("filed", "all have gone")],
    'server.connect("A", "B")': [],
    'Cause(sentence="s", hint="h", apart="x", name="n")': [("", "s"), ("", "h"), ("", "x")],
    '@check(points=1)\ndef test_it():\n    """It works.\n\n    More.\n    """': [("", "It works.")],
    "say(words)": [],
}


@pytest.mark.parametrize("source", EXAMPLES)
def test_what_is_to_be_translated_is_found(source: str) -> None:
    """By the words of the check author, with nothing to be marked in a check."""
    assert [(found.context, found.english) for found in messages_of(source)] == EXAMPLES[source]


@pytest.mark.parametrize("source", ['say(f"{n} more")', 'Mismatch(expected=f"{n} of {m}")', 'filed("a" + b)'])
def test_a_sentence_that_is_put_together_is_refused(source: str) -> None:
    """No catalogue can hold it: its values belong in braces."""
    with pytest.raises(NotALiteral, match="line 1"):
        messages_of(source)


def calls_of(word: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of that word in the grader."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == word:
                yield path.name, node


def test_every_value_of_a_sentence_is_given() -> None:
    """And no other: a sentence is put together with what its call names."""
    for word in ("say", "filed"):
        for file, call in calls_of(word):
            first = call.args[0]
            if isinstance(first, ast.Call):
                first = first.args[0]
            if isinstance(first, ast.Constant) and not any(keyword.arg is None for keyword in call.keywords):
                named = {re.split("[!:]", one[1:-1])[0] for one in PLACEHOLDER.findall(str(first.value))}
                given = {keyword.arg for keyword in call.keywords}
                assert given in (named, set()) or not named, f"{file}:{call.lineno}"
