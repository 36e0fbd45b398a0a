"""Sentences are said in the language that is spoken, and recordings hold English, whatever that is."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from grader import grading
from grader.languages import LANGUAGES, TAGS, language_of, spoken
from grader.wording import ENGLISH, filed, language, retold, say, say_of, speak, speaking, tag

ZH = spoken("zh")
VALUES = {
    "pid": "7",
    "line": "3",
    "call": "read",
    "file": "x.py",
    "end": "ended with status 1",
    "signal": "SIGTERM",
    "days": "3",
    "hours": "4",
}
"""What stands in a placeholder of that name; anywhere else a word that no catalogue has."""
NAMES = re.compile(r"\{(\w+)(?:![rsa])?(?::[^{}]*)?\}")


def test_english_is_what_is_written() -> None:
    """With its values, one or many."""
    assert say("{name} is refused", name="B") == "B is refused"
    assert [say_of(n, "{number} event", "{number} events") for n in (1, 2)] == ["1 event", "2 events"]
    assert retold("the server ended with status 1") == "the server ended with status 1"
    assert (language(), tag()) == ("en", "en")


def test_chinese_is_what_the_catalogue_has() -> None:
    """As long as it is spoken; what is filed stays English."""
    with speaking(ZH):
        assert say("{name} is refused", name="B") == "B 被拒绝"
        assert say_of(3, "{number:,} client", "{number:,} clients") == "3 个客户端"
        assert filed("port {port}", port=1) == "port 1"
        assert (language(), tag()) == ("zh", "zh-Hans")
        with speaking(ENGLISH):
            assert say("{name} is refused", name="B") == "B is refused"
    assert language() == "en"


def test_a_language_can_be_spoken_for_good() -> None:
    """A worker speaks one from its start."""
    speak(ZH)
    try:
        assert language() == "zh"
    finally:
        speak(ENGLISH)


def test_what_the_catalogue_has_not_is_said_as_it_is() -> None:
    """An instructor's own check, in English or in another language; and the empty text, which is no entry."""
    with speaking(ZH):
        assert say("My own {thing}.", thing="rule") == "My own rule."
        assert (say(""), retold("")) == ("", "")


@pytest.mark.parametrize("template", ZH.templates)
def test_what_was_filed_is_told_by_its_template(template: str) -> None:
    """Values and all: a recording of any day can be told in any language."""
    assert ZH.catalogue is not None
    values = {name: VALUES.get(name, f"<{name}>") for name in NAMES.findall(template)}
    english = NAMES.sub(r"{\1}", template).format(**values)
    with speaking(ZH):
        values["end"] = retold(values.get("end", ""))
        expected = NAMES.sub(r"{\1}", ZH.catalogue.pgettext("filed", template)).format(**values)
        assert retold(english) == expected


def test_sentences_within_sentences_are_told() -> None:
    """What processes did, a list, and a way of ending."""
    said = (
        "the server stopped serving: A, B asked and got nothing; "
        "pid 7 (the server) sleeps in read() on A's connection; pid 8 (a child) is stopped"
    )
    with speaking(ZH):
        assert retold(said) == (
            "服务器不再提供服务：A、B 发出了请求，却什么也没有收到；"
            "pid 7（服务器）睡眠在 read() 中，在 A 的连接上；pid 8（子进程）被暂停"
        )
        ended = "the server was ended by the grader: it had more than 100 processes before it listened"
        assert retold(ended) == "服务器在开始监听之前就被评分程序结束：它的进程超过了 100 个"


def test_what_a_student_wrote_stays() -> None:
    """In the sentence that quotes it, too."""
    theirs = "NameError: name 'sockt' is not defined"
    with speaking(ZH):
        assert retold(theirs) == theirs
        assert (
            retold(f"the server ended with status 1: {theirs} (x.py, line 3)")
            == f"服务器以状态 1 结束：{theirs}（x.py，第 3 行）"
        )


@pytest.mark.parametrize("piece", ["; ", " (", ": ", " and ", ", line ", "the server "])
def test_a_long_text_costs_no_search(piece: str) -> None:
    """Of a student's, made of what our sentences are made of: nothing is tried twice."""
    theirs = piece * 20_000
    with speaking(ZH):
        assert retold(f"{theirs}x") == f"{theirs}x"
        assert retold(f"it said {theirs} beside it") == f"it said {theirs} beside it"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_SG"}, "zh"),
        ({"LC_ALL": "en_GB.UTF-8", "LANGUAGE": "zh-Hans"}, "zh"),
        ({"LANGUAGE": "de:zh:en"}, "zh"),
        ({"LANGUAGE": "en_US:zh"}, "en"),
        ({"LANGUAGE": "", "LC_ALL": "", "LANG": "zh"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "../../etc"}, "en"),
    ],
)
def test_the_environment_says_which_language(environment: dict[str, str], wanted: str) -> None:
    """As gettext reads it; English where it names none of ours."""
    assert language_of(environment) == wanted


def test_only_languages_that_there_are_can_be_spoken() -> None:
    """Each has a name in HTML."""
    assert set(TAGS) == set(LANGUAGES)
    with pytest.raises(KeyError):
        spoken("de")


@pytest.mark.parametrize(("wanted", "read"), [("en", 0), ("zh", 1)])
def test_english_reads_no_catalogue(wanted: str, read: int) -> None:
    """Start-up is as fast as it was; another language reads its own, once."""
    code = (
        "import sys; opened = []\n"
        "sys.addaudithook(lambda e, a: e == 'open' and str(a[0]).endswith('.mo') and opened.append(a[0]))\n"
        "from grader.__main__ import main\n"
        f"main(['rubric', '--lang', '{wanted}']); print(len(opened))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=grading.PROJECT, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == str(read)
