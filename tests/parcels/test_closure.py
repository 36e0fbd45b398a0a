"""What the hand-out holds of the grader is what its plugin imports: no less, and nothing of the instructor's."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import PROJECT
from grader.parcels.closure import files_needed_by

NEEDED = {path.relative_to(PROJECT).as_posix() for path in files_needed_by("grader.plugin", PROJECT)}


@pytest.mark.parametrize(
    "part",
    [
        "batch", "verify", "proof", "exports", "parcels", "commands", "index", "rejudging", "shards", "workers",
        "__main__", "doctor", "finding", "report/class_page",
    ],
)  # fmt: skip
def test_no_part_of_the_instructors_is_needed(part: str) -> None:
    """What grades a class, proves outcomes or talks to platforms stays."""
    assert (PROJECT / "grader" / part).exists() or (PROJECT / "grader" / f"{part}.py").exists()
    assert [path for path in NEEDED if path.startswith((f"grader/{part}/", f"grader/{part}.py"))] == []


@pytest.mark.parametrize(
    "file",
    [
        "grader/__init__.py", "grader/plugin.py", "grader/checks/test_both.py", "grader/causes/reaping.py",
        "grader/apparatus/sandbox/agent.py", "grader/apparatus/sandbox/shim/sitecustomize.py",
    ],
)  # fmt: skip
def test_what_is_imported_or_run_by_its_path_is_needed(file: str) -> None:
    """Imports, packages around them, and programs that nobody imports."""
    assert file in NEEDED


def test_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    """In functions, by `from`, by dots in a name, with the packages on the way; and nothing that is not imported."""
    files = {
        "p/__init__.py": "",
        "p/start.py": "def later():\n    from p.inner import leaf, name\n    import p.other\n",
        "p/inner/__init__.py": "name = 1\n",
        "p/inner/leaf.py": "PROGRAM = 'program.py'\nFOLDER = 'programs'\n",
        "p/inner/program.py": "",
        "p/programs/one.py": "",
        "p/other.py": "import json\n",
        "p/alone.py": "from p import start\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert {path.relative_to(tmp_path).as_posix() for path in files_needed_by("p.start", tmp_path)} == {*files} - {
        "p/alone.py"
    }
