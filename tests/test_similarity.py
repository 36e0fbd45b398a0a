"""Pairs that are alike: a copy under other names is one, two servers written each for itself are none."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader import grading
from grader.commands.options import percent
from grader.commands.similarity import THRESHOLD
from grader.model import TRACKS
from grader.similarity.page import FILE, page_of
from grader.similarity.pairs import Compared, compare, lines_in
from grader.similarity.texts import LARGEST, OTHERS, Text, of_the_template, texts_of
from grader.submission import Submission

RIGHT = Path(__file__).parent / "right"
EACH_FOR_ITSELF = {
    "blocking": (
        "a_class", "a_plain_script", "clients_from_a_generator", "create_server", "earns_the_bonus", "functions",
        "polls_its_clients", "tcp_server_in_a_thread", "tcp_server_with_streams", "the_lesson_itself",
    ),
    "forking": (
        "a_class", "double_fork", "earns_the_bonus", "forking_http_handler", "forking_mixin", "functions",
        "multiprocessing_sentinels", "pidfds", "self_pipe_and_selectors", "the_lesson_itself",
    ),
}  # fmt: skip
"""Of each way to write a server one: the others are these with a single thing changed, and so are alike."""
RENAMED = {"listener": "sock", "connection": "c", "serve": "go", "handle": "do", "DELAY": "WAIT", "reap": "bury"}


def pairs_of(texts: list[Text], threshold: float = THRESHOLD / 100) -> Compared:
    """What is alike among them."""
    return compare(texts, of_the_template(grading.TEMPLATE), threshold, 2, lambda at: None)


def servers(track: str, names: tuple[str, ...] = ()) -> list[Text]:
    """Right servers of ours, each as if it were somebody's."""
    paths = [RIGHT / track / f"{name}.py" for name in names or EACH_FOR_ITSELF[track]]
    return [Text(path.stem, f"{track}_server.py", path.read_text("utf-8").strip("\n")) for path in paths]


def under_other_names(text: Text) -> Text:
    """A copy in which every name is another one, and the comments are gone."""
    copied = re.sub("|".join(rf"\b{name}\b" for name in RENAMED), lambda name: RENAMED[name[0]], text.text)
    return text._replace(submission="copied", text="\n".join(line for line in copied.split("\n") if line[:1] != "#"))


@pytest.fixture(scope="module")
def compared() -> Compared:
    """Twenty servers written each for itself, and two copies, however little alike they are."""
    texts = [text for track in EACH_FOR_ITSELF for text in servers(track)]
    copies = [under_other_names(servers(track, ("functions",))[0]) for track in EACH_FOR_ITSELF]
    return pairs_of([*texts, *copies], 0.3)


def test_a_copy_under_other_names_is_found(compared: Compared) -> None:
    """It is the same text to the last line of code, and nobody else's is as much alike."""
    first, second, *others = compared.pairs
    assert {(pair.one.submission, pair.other.submission) for pair in (first, second)} == {("copied", "functions")}
    assert [round(pair.alike, 2) for pair in (first, second)] == [1.0, 1.0]
    assert first.lines_of_one
    assert max(pair.alike for pair in others if pair.one.submission != "copied") < first.alike


def test_servers_written_each_for_itself_are_no_pair(compared: Compared) -> None:
    """At most 66 of 100, the same in every run, which the threshold leaves room above."""
    most = max(pair.alike for pair in compared.pairs if "copied" not in (pair.one.submission, pair.other.submission))
    assert (round(most, 2), THRESHOLD) == (0.66, 80)


def test_the_hand_out_is_nobodys() -> None:
    """Twice the bare template gives nothing, nor does it in a text that is written into it."""
    bare = [
        Text(name, track.program, (grading.TEMPLATE / track.program).read_text("utf-8").strip("\n"))
        for name in ("ada", "bela")
        for track in TRACKS
    ]
    came = pairs_of(bare, 0.01)
    assert (came.pairs, came.least, came.of) == ([], 4, 4)


STRANGE = (
    "x",
    "def broken(:\n" * 40,
    "'" * 5000,
    "\0\x1b[2J\ud800" * 50,
    "\N{HIRAGANA LETTER A} = 1\n" * 60,
    "(" * 20000,
)


def test_what_is_no_program_is_a_text_all_the_same() -> None:
    """It is like its like, or has too little of its own; nothing ends by it, and its page can be written."""
    came = pairs_of([Text(name, f"{n}.py", text) for n, text in enumerate(STRANGE) for name in ("ada", "bela")])
    assert (len(came.pairs) + came.least // 2, came.lost) == (len(STRANGE), [])
    page_of(came, THRESHOLD / 100, []).encode("utf-8")


def test_lines_are_those_that_slices_touch() -> None:
    """From 1; an end is where the next letter would be; blank lines are nobody's."""
    text = "one\ntwo\n\nfour\nfive"
    assert lines_in(text, [[0], [4]]) == (1,)
    assert lines_in(text, [[5], [10]]) == (2, 4)
    assert lines_in(text, [[14], [99]]) == (5,)
    assert lines_in(text, []) == ()


def test_what_a_submission_is_compared_by(tmp_path: Path) -> None:
    """Its programs and, as one, its other files; what is no regular file or too large is told."""
    folder = tmp_path / "ada"
    (folder / "more").mkdir(parents=True)
    (folder / "blocking_server.py").write_bytes(b"\xef\xbb\xbf\r\n\r\nimport os\r\nos.fork()\xff\r\n")
    (folder / "forking_server.py").symlink_to("/etc/passwd")
    (folder / "more" / "a.py").write_text("a = 1\n")
    (folder / "b.py").write_text("b = 2\n")
    rooms = [tmp_path / "room", tmp_path / "another"]
    for room in rooms:
        room.mkdir()
    texts, notes = texts_of(Submission("ada", folder), rooms[0])
    assert texts == [
        Text("ada", "blocking_server.py", "import os\nos.fork()\ufffd"),
        Text("ada", OTHERS, "b = 2\n\na = 1"),
    ]
    assert notes == ["forking_server.py of ada is a symbolic link"]
    (folder / "b.py").write_text("b = 2\n" * LARGEST)
    texts, notes = texts_of(Submission("ada", folder), rooms[1])
    assert [one.program for one in texts] == ["blocking_server.py"]
    assert "other Python files of ada has more than 65,536 characters" in notes


def similarity(*arguments: str | Path, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, *(python or ("-m", "grader")), "similarity", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=grading.PROJECT, check=False)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """A class with one copy in it, whose names would be markup; what the command said, and its page."""
    folder = tmp_path_factory.mktemp("similarity")
    whole, copy = servers("forking", ("functions",))[0], under_other_names(servers("forking", ("functions",))[0])
    others = servers("forking", ("double_fork", "pidfds"))
    for text in (
        whole._replace(submission="<h1>ada"),
        copy._replace(text=f"# <script>document.title=1</script>\n{copy.text}"),
        *others,
    ):
        (folder / "class" / text.submission).mkdir(parents=True)
        (folder / "class" / text.submission / text.program).write_text(text.text)
    (folder / "class" / "lost.zip").write_bytes(b"no archive")
    return similarity(folder / "class", "--out", folder / "out"), folder / "out" / FILE


def test_the_command_names_the_pairs(found: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """Who, of which program, and how many lines; and what was not compared."""
    done, page = found
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ 100%  <h1>ada, copied  forking_server\.py, \d\d and \d\d lines$", done.stdout, re.MULTILINE)
    assert "5 submissions: 1 pair of programs at least 80 % alike" in done.stdout
    assert f"written: {page}" in done.stdout
    assert "not compared: blocking_server.py of lost" in done.stderr


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_reads_well(browser: Any, found: tuple[subprocess.CompletedProcess[str], Path], width: int) -> None:
    """By a screen reader's rules, on a desktop and on a phone; nothing in it runs, and nothing is fetched."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    asked: list[str] = []
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(found[1].as_uri())
    violations = Axe().run(page)
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    said = (page.title(), page.locator("h1").count(), page.locator("mark").count() > 40)
    page.context.close()
    assert violations.violations_count == 0, violations.generate_report()
    assert (beyond, len(asked)) == (0, 1)
    assert said == ("1 pair of programs, 80% alike or more", 1, True)


WITHOUT = "import sys; sys.modules['copydetect'] = None; from grader.__main__ import main; sys.exit(main())"
"""As Python does it where the library is not installed: it can't be found."""


def test_without_the_library_a_sentence_says_so(tmp_path: Path) -> None:
    """Which extra to install; the other commands go without it."""
    done = similarity(grading.SAMPLES, "--out", tmp_path, python=("-c", WITHOUT))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "pip install -e '.[similarity]'" in done.stderr


@pytest.mark.parametrize("threshold", ["0", "101", "much", "nan"])
def test_a_threshold_is_a_part_of_a_hundred(threshold: str) -> None:
    """Else the command line is wrong."""
    with pytest.raises(argparse.ArgumentTypeError, match=f"'{threshold}' is no number of per cent"):
        percent(threshold)
