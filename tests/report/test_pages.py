"""What instructors and students open: pages that stand alone, complete, readable by everybody, and never a student's code."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from grader import grading
from grader.model import Status
from grader.overview import Asked, Overview, Standing, Was
from grader.report.class_page import class_page
from grader.rubric import rubric

MARKUP = "<img src=x onerror=alert(1)>"
NAMES = (MARKUP, "=1+1", "+1", "-1", "@sum", "\x1b[31mred", "\u202egnp.exe", "'\"&amp;")
"""Names of folders, as a student may give them; each is a bare template."""
HOSTILE_PROGRAM = r"""
import sys
print("<script>document.title='owned'</script>\x1b[2J\u202eabc \0 </pre></details><h1>100 of 100</h1>", flush=True)
sys.exit("<script>document.title='owned'</script>\x1b[2J\u202e ']]>")
"""


class Seen(HTMLParser):
    """A page as a browser without scripts shows it: its text, and what it would ask for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.wanted: list[str] = []
        self.tags: list[str] = []
        self._silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is loaded; a link that somebody may follow is no request."""
        self.tags.append(tag)
        self._silent += tag in ("script", "style", "template")
        self.wanted += [value or "" for name, value in attrs if name in ("src", "srcset", "data", "poster", "action")]
        self.wanted += [value or "" for name, value in attrs if name.endswith("href") and tag not in ("a", "use")]

    def handle_endtag(self, tag: str) -> None:
        """Text after a script is shown again."""
        self._silent -= tag in ("script", "style", "template")

    def handle_data(self, data: str) -> None:
        """Text, where it is shown."""
        if not self._silent:
            self.text += data


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a class: right, wrong, bare, one that prints markup, and those with strange names."""
    here = tmp_path_factory.mktemp("pages")
    for name in ("ada", "fay", "gus"):
        shutil.copytree(grading.SAMPLES / name, here / "class" / name)
    for name in ("hostile", *NAMES):
        shutil.copytree(grading.SAMPLES / "chen", here / "class" / name)
    (here / "class" / "hostile" / "forking_server.py").write_text(HOSTILE_PROGRAM)
    command = [sys.executable, "-m", "grader", "grade", str(here / "class"), "--out", str(here / "out")]
    done = subprocess.run(command, cwd=grading.PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    return here / "out"


def pages(out: Path) -> list[Path]:
    """Every page of a class."""
    return [out / "index.html", *sorted(out.glob("*/report.html")), *sorted(out.glob("*/instructor.html"))]


def test_pages_stand_alone(out: Path) -> None:
    """Nothing is asked for: not from the net, and not from the folder that they lie in."""
    for page in pages(out):
        text = page.read_text("utf-8")
        assert not any(Seen(text).wanted), page  # templates for scripts have empty ones
        assert not re.search(r"@import|url\(\s*['\"]?(?!data:|#)", text), page
        assert len(text.encode()) < 150_000, page


@pytest.mark.parametrize("name", ["ada", "fay", "gus"])
def test_a_report_is_complete_without_scripts(out: Path, name: str) -> None:
    """Score, every requirement, and all that is told of a failure stand in the page itself."""
    told = json.loads((out / name / "result.json").read_text())
    shown = " ".join(Seen((out / name / "report.html").read_text("utf-8")).text.split())
    assert f"{told['score']:g} of 100 points" in shown
    for check in told["checks"]:
        assert (check["id"] in shown) is not check["hidden"]
        if check["hidden"]:
            continue
        assert " ".join(check["requirement"].split()) in shown
        if check["outcome"] == "failed":
            for part in ("expected", "observed", "hint"):
                assert " ".join(check[part].split()) in shown
        elif check["outcome"] != "passed":
            assert " ".join(check["message"].split()) in shown


def test_a_failure_shows_the_lines_that_it_is_about(out: Path) -> None:
    """As they were graded, with their numbers; a program that is none has no lines."""
    told = json.loads((out / "gus" / "result.json").read_text())["excerpts"]
    assert {track: [one["part"] for one in parts] for track, parts in told.items()} == {
        "blocking": ["accept loop"],
        "forking": ["accept loop"],
    }
    source = (grading.SAMPLES / "gus" / "blocking_server.py").read_text().splitlines()
    (loop,) = told["blocking"]
    assert loop["lines"] == source[loop["first"] - 1 :][: len(loop["lines"])]
    shown = Seen((out / "gus" / "report.html").read_text("utf-8")).text
    assert all(line in shown for line in loop["lines"])
    assert json.loads((out / "hostile" / "result.json").read_text())["excerpts"] == {}


def test_the_class_page_leads_to_every_report(out: Path) -> None:
    """Without scripts, whatever a student's folder is called."""
    links = re.findall(r'href="([^"]+/\w+\.html)"', (out / "index.html").read_text("utf-8"))
    assert {unquote(link) for link in links} == {str(page.relative_to(out)) for page in out.glob("*/*.html")}


def test_what_a_student_wrote_is_shown_and_never_run(out: Path) -> None:
    """Names and output: markup as text, and what steers a terminal or turns text round as an escape."""
    for page in pages(out):
        text = page.read_text("utf-8")
        assert not re.search("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), page
        assert MARKUP not in text
        assert "<script>document.title" not in text
        assert "</pre></details><h1>" not in text
        assert Seen(text).tags.count("h1") == 1, page
    shown = Seen((out / "hostile" / "report.html").read_text("utf-8")).text
    assert r"<script>document.title='owned'</script>\x1b[2J\u202e" in shown
    shown = Seen((out / "index.html").read_text("utf-8")).text
    assert all(name in shown for name in (MARKUP, r"\x1b[31mred", r"\u202egnp.exe", "'\"&amp;"))


def test_the_gradebook_is_no_program(out: Path) -> None:
    """No cell begins as a formula of a spreadsheet does."""
    with (out / "grades.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {row["submission"] for row in rows}
    assert {"'=1+1", "'+1", "'-1", "'@sum", "ada"} <= names
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t\r" and cell]
    assert len(rows) == len(list(out.glob("*/result.json")))


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "name",
    [
        *("index.html", "ada/report.html", "gus/report.html", "hostile/report.html", "@sum/report.html"),
        "hostile/instructor.html",
    ],
)
def test_a_page_reads_well(out: Path, browser: Any, name: str, width: int, colours: str) -> None:
    """By a screen reader's rules, on a desktop and on a phone, in light and in dark, and nothing is fetched."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    asked: list[str] = []
    wrong: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=colours)
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((out / name).as_uri())
    found = Axe().run(page)
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    title, rows = page.title(), page.locator("#results-table tbody").count()
    page.close()
    assert found.violations_count == 0, found.generate_report()
    assert beyond == 0
    assert wrong == []
    assert rows == (len(rubric()) if name.endswith("report.html") else 0)
    assert len(asked) == 1  # the page itself
    assert title != "owned"


@pytest.mark.needs("chromium")
def test_the_class_page_can_be_sorted_and_searched(out: Path, browser: Any) -> None:
    """By keys alone: who earned least, and who is called fay; the matrix goes along."""
    page = browser.new_page()
    page.goto((out / "index.html").as_uri())
    page.get_by_role("button", name="score").press("Enter")
    assert page.locator("#fl-all tbody tr").last.locator("td").first.inner_text() == "ada"
    assert page.locator(".fl-each").first.locator("tbody tr").last.locator("th").inner_text() == "ada"
    assert page.locator("#fl-all th[aria-sort]").get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="score").press(" ")
    assert page.locator("#fl-all tbody tr").first.locator("td").first.inner_text() == "ada"
    page.get_by_label("show submissions with these words").fill("fay")
    page.get_by_text("1 of 12 shown").wait_for()
    assert page.locator("#fl-all tbody tr:visible td:first-child").all_inner_texts() == ["fay"]
    assert page.locator(".fl-each").first.locator("tbody tr:visible th").all_inner_texts() == ["fay"]
    page.close()


def crowd(number: int) -> Overview:
    """A class in which every third failed, every fifth changed, and one needs a human."""
    asked = (
        Asked("forking/answers", 6.0, False, False, "It answers."),
        Asked("forking/reaps", 6.0, False, False, "It."),
    )
    standings = [
        Standing(
            *(f"s{n:03}", f"s{n:03}", 12.0 - n % 13, 12.0, 0.0, False),
            *(Status.INCONCLUSIVE if n == 7 else Status.GRADED, "bubblewrap", "pf" if n % 3 == 0 else "pp"),
            was=None if n % 5 else Was(6.0, Status.GRADED, "rejudge", "2026-11-02 10:00", 1),
        )
        for n in range(number)
    ]
    return Overview(asked, standings)


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_crowd_can_be_sorted_and_filtered(tmp_path: Path, browser: Any, colours: str) -> None:
    """Who changed, who needs a human, who failed one check; whoever has no old score comes last, whichever way one sorts."""
    from axe_playwright_python.sync_playwright import Axe

    (tmp_path / "index.html").write_text(class_page(crowd(150), title="Lab", made="now"), "utf-8")
    page = browser.new_page(color_scheme=colours)
    page.goto((tmp_path / "index.html").as_uri())
    which = page.get_by_label("which submissions")

    def shown(where: str = "#fl-all tbody tr") -> int:
        return int(page.evaluate(f"[...document.querySelectorAll({where!r})].filter(r => !r.hidden).length"))

    for choice, count in (("=changed", 30), ("=hand", 1), ("forking/reaps", 50), ("", 150)):
        which.select_option(choice)
        assert (shown(), shown(".fl-each tbody tr")) == (count, count)
        page.get_by_text(f"{count} of 150 shown").wait_for()
    for _ in range(2):
        page.get_by_role("button", name="before").press("Enter")
        assert page.locator("#fl-all tbody tr").first.locator("td").nth(1).text_content() == "6"
        assert page.evaluate("document.querySelector('#fl-all').tBodies[0].rows[149].cells[1].textContent") == ""
    found = Axe().run(page)
    page.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.needs("chromium")
def test_the_class_page_is_complete_without_script(tmp_path: Path, browser: Any) -> None:
    """Everybody with old score, new score and outcomes; the tools that need a script are not there."""
    (tmp_path / "index.html").write_text(class_page(crowd(150), title="Lab", made="now"), "utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    assert page.locator("#fl-all tbody tr").count() == page.locator(".fl-matrix tbody tr").count() == 150
    assert not page.locator("#fl-tools").is_visible()
    assert page.locator("#fl-all tbody tr").first.locator("td").all_text_contents()[:3] == ["s000", "6", "12"]
    context.close()
