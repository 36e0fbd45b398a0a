"""The documents as web pages: they are built without a warning, no link in them leads nowhere, and nothing is fetched."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pytest

from grader import grading

DOCUMENTS = [
    path
    for pattern in ("*.md", "docs/*.md", "deploy/*.md", "student_template/*.md", "benchmarks/*.md")
    for path in sorted(grading.PROJECT.glob(pattern))
]


class Link(NamedTuple):
    """Something that a page names.

    Args:
        is_fetched: the browser gets it by itself: a sheet, a script, a picture.
    """

    page: Path
    address: str
    is_fetched: bool


class Page(HTMLParser):
    """What a page names, and what in it can be named."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.anchors: set[str] = set()
        self._path = path
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Keep what matters of it."""
        there = dict(attributes)
        self.anchors.update(filter(None, (there.get("id"), there.get("name"))))
        for name in ("href", "src"):
            if (address := there.get(name)) and there.get("rel") not in ("index", "search", "next", "prev"):
                self.links.append(Link(self._path, address, tag != "a"))


def build(project: Path, to: Path) -> subprocess.CompletedProcess[str]:
    """As tox's environment `docs` does."""
    settings = (grading.PROJECT / "tox.ini").read_text("utf-8")
    (words,) = re.findall(r"^commands = python -m sphinx (.*) \{posargs:build/docs\}$", settings, re.MULTILINE)
    command = [sys.executable, "-m", "sphinx", *words.split(), str(to)]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Page]:
    """All that are built."""
    to = tmp_path_factory.mktemp("docs").resolve()
    done = build(grading.PROJECT, to)
    assert (done.returncode, done.stderr) == (0, "")
    return {path: Page(path) for path in to.rglob("*.html")}


def links_of(pages: dict[Path, Page]) -> Iterator[Link]:
    """Those of all pages."""
    for page in pages.values():
        yield from page.links


def test_every_document_is_a_page(pages: dict[Path, Page]) -> None:
    """And the first one is what the folder begins with."""
    names = {path.stem for path in pages}
    assert {path.stem for path in DOCUMENTS} <= names
    assert "index" in names


def test_links_within_the_pages_lead_somewhere(pages: dict[Path, Page]) -> None:
    """To a page, and in it to a place that there is."""
    nowhere = []
    for link in links_of(pages):
        parts = urlsplit(link.address)
        if parts.scheme:
            continue
        there = (link.page.parent / unquote(parts.path)).resolve() if parts.path else link.page
        if not there.is_file() or (parts.fragment and there in pages and parts.fragment not in pages[there].anchors):
            nowhere.append(f"{link.page.name}: {link.address}")
    assert nowhere == []


def test_nothing_is_fetched_from_elsewhere(pages: dict[Path, Page]) -> None:
    """No fonts, scripts or sheets of others; and links to other places are whole addresses."""
    outside = [link for link in links_of(pages) if urlsplit(link.address).scheme]
    assert [link for link in outside if link.is_fetched] == []
    assert [one.address for one in outside if not re.fullmatch(r"https://[\w.-]+\.\w+(/\S*)?", one.address)] == []
    sheets = [path for page in pages for path in page.parent.rglob("*.css")]
    assert not [path for path in sheets if re.search(r"(url\(|@import )['\"]?(https?:)?//", path.read_text("utf-8"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(grading.PROJECT)))
def test_links_within_the_repository_lead_somewhere(document: Path) -> None:
    """As a reader of the forge follows them: a file, whether it is a page or not."""
    text = re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.DOTALL)
    linked = [urlsplit(address) for address in re.findall(r"\]\(([^)\s]+)\)", text)]
    paths = [document.parent / unquote(one.path) for one in linked if not one.scheme and one.path]
    assert [path for path in paths if not path.exists()] == []


@pytest.mark.parametrize("wrong", ["[there](docs/gone.md)", "[there](#gone)", "[there](other.md#gone)"])
def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path, wrong: str) -> None:
    """Of a document that is not there, or of a place that is not in it."""
    (tmp_path / "docs").mkdir()
    shutil.copyfile(grading.PROJECT / "docs" / "conf.py", tmp_path / "docs" / "conf.py")
    (tmp_path / "docs" / "other.md").write_text("# Other\n")
    (tmp_path / "README.md").write_text(f"# First\n\n{wrong.replace('other', 'docs/other')}\n")
    done = build(tmp_path, tmp_path / "built")
    assert (done.returncode, "gone" in done.stderr) == (1, True)
