"""How Sphinx builds the documents: `tox -e docs`. The Markdown stays where it is, and is read on the forge as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

from sphinx.application import Sphinx

PROJECT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "student_template/README.md",
    "student_template/README.zh.md",
    "deploy/README.md",
)

project = "forklab"
extensions = ["myst_parser"]
root_doc = "README"
include_patterns = [*DOCUMENTS, "docs/*.md", "benchmarks/README.md"]
html_theme = "alabaster"
html_theme_options = {"fixed_sidebar": True, "page_width": "1100px"}
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
myst_heading_anchors = 3
"""Headings can be linked to as the forge has it."""
nitpicky = True


def pages() -> list[str]:
    """All but the first, as Sphinx calls them."""
    paths = sorted(path for pattern in include_patterns for path in PROJECT.glob(pattern))
    return [str(path.relative_to(PROJECT).with_suffix("")) for path in paths if path != PROJECT / f"{root_doc}.md"]


def add_contents(app: Sphinx, page: str, source: list[str]) -> None:
    """The README ends with a list of the others, which its reader on the forge does not need."""
    if page == root_doc:
        source[0] += "\n```{toctree}\n:hidden:\n:maxdepth: 1\n\n" + "\n".join(pages()) + "\n```\n"


def begin_with_the_readme(app: Sphinx, failed: Exception | None) -> None:
    """Whoever opens the folder looks for an index."""
    if failed is None and app.builder.format == "html":
        shutil.copyfile(app.outdir / f"{root_doc}.html", app.outdir / "index.html")


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("source-read", add_contents)
    app.connect("build-finished", begin_with_the_readme)
