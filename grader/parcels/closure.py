"""Which files of the grader a module needs: all that it imports, all that this imports in turn, and programs run by path.

Read from the syntax trees, so that no list of files can be out of date.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def files_needed_by(module: str, root: Path) -> list[Path]:
    """The files below a folder that a module can't do without, itself included, in order.

    Args:
        module: its dotted name.
        root: the folder that holds its outermost package.
    """
    package = root / module.partition(".")[0]
    needed: set[Path] = set()
    new = set(_files_of(module, root))
    while new:
        needed |= new
        named = {path for file in new for path in _named_in(ast.parse(file.read_bytes()), file, root, package)}
        new = named - needed
    return sorted(needed)


def _named_in(tree: ast.Module, file: Path, root: Path, package: Path) -> Iterator[Path]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files_of(alias.name, root)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield from _files_of(f"{node.module}.{alias.name}", root)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _programs(node.value, file, package)


def _files_of(module: str, root: Path) -> Iterator[Path]:
    """A module's file, and those of the packages that it lies in; of `module.name`, the module's."""
    path = root
    for part in module.split("."):
        if (path / f"{part}.py").is_file():
            yield path / f"{part}.py"
        path /= part
        if (path / "__init__.py").is_file():
            yield path / "__init__.py"


def _programs(text: str, file: Path, package: Path) -> Iterator[Path]:
    """What a text may name beside a module or above it: a program, or a folder of programs that is no package.

    Rather one too many than one too few: a module that is started by its path is imported by nobody.
    """
    if not text.isprintable() or "/" in text or text in ("", ".", ".."):
        return
    for folder in (file.parent, *file.parent.parents):
        there = folder / text
        if there.suffix == ".py" and there.is_file():
            yield there
        elif there.is_dir() and not (there / "__init__.py").exists():
            yield from there.glob("*.py")
        if folder == package:
            return
