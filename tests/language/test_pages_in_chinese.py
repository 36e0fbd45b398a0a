"""A page in Chinese reads as well as one in English: by a screen reader's rules, and no word of a picture is cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.languages import spoken
from grader.replaying import page_of
from grader.wording import speaking
from tests.language.chinese import english_in
from tests.language.test_told_in_chinese import shown_by, told_of
from tests.right_scenes import REFERENCES

MISTAKES = {"threads_in_place_of_processes": 390}
"""And how wide the window is."""
OUT_OF_THE_PICTURE = """() => { document.querySelectorAll('details').forEach(d => d.open = true); const out = [];
document.querySelectorAll('svg').forEach(s => { const v = s.viewBox.baseVal; s.querySelectorAll('text').forEach(t => {
const b = t.getBBox(); if (b.x < v.x - 1 || b.x + b.width > v.x + v.width + 1 || b.y + b.height > v.y + v.height + 1)
out.push(t.textContent) }) }); return out }"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page for each of some mistakes."""
    here = tmp_path_factory.mktemp("chinese")
    references = {track: seen.recordings for track, seen in REFERENCES.items()}
    for name in MISTAKES:
        recorded = shown_by(name)
        with speaking(spoken("zh")):
            report = told_of(recorded)
        (here / f"{name}.html").write_bytes(page_of(report, recorded, references))
    return here


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(("name", "width"), MISTAKES.items())
def test_a_page_reads_well_in_chinese(folder: Path, browser: Any, name: str, width: int) -> None:
    """It says that it is Chinese, and so do the words of pytest-html's own table."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((folder / f"{name}.html").as_uri())
    found = Axe().run(page)
    spoken_by = page.evaluate("document.documentElement.lang")
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    cut = page.evaluate(OUT_OF_THE_PICTURE)
    shown = page.evaluate("document.body.innerText").replace("ada", "").replace("pytest-html", "")
    page.close()
    assert found.violations_count == 0, found.generate_report()
    assert (spoken_by, beyond, cut) == ("zh-Hans", 0, [])
    assert english_in(shown) == []
