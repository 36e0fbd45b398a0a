"""Who may import whom, start a process, print or read argv: held against the syntax tree of every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader

PACKAGE = Path(grader.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

MODEL, RECORDING, CLUES = "grader.model", "grader.recording", "grader.clues"
PEOPLE = "grader.people"
"""Who is in a class, and whose a submission is."""
WORDING = "grader.wording"
"""What says a sentence in the language that is spoken; the catalogues are loaded elsewhere."""
WORDS = "grader"
"""The check author's words: `from grader import check`."""
SANDBOX, APPARATUS, EXPERIMENTS = "grader.apparatus.sandbox", "grader.apparatus", "grader.experiments"

MAY_IMPORT: dict[str, set[str]] = {
    # pure: data, and questions to data
    PEOPLE: set(),
    "grader.lesson_recorded": set(),
    WORDING: set(),
    MODEL: {"grader.lesson", PEOPLE, WORDING},
    RECORDING: {MODEL, WORDING},
    "grader.declaring": {MODEL},
    "grader.reference": {MODEL, RECORDING},
    "grader.replies": {MODEL, RECORDING, WORDING},
    "grader.timing": {RECORDING, WORDING},
    "grader.explaining": {WORDING},
    "grader.listing": {WORDING},
    "grader.source": {MODEL},
    "grader.shards": set(),
    "grader.rosters": {PEOPLE, "grader.listing"},
    "grader.forgiving": {MODEL, WORDING},
    "grader.layouts": {PEOPLE, "grader.listing"},
    WORDS: {"grader.declaring", MODEL, RECORDING, "grader.reference", WORDING},
    "grader.checks": {WORDS, "grader.timing", "grader.replies"},
    "grader.rubric": {"grader.checks", "grader.declaring", MODEL},
    "grader.hidden": {"grader.declaring", EXPERIMENTS, MODEL, "grader.rubric", APPARATUS},
    "grader.needed": set(),
    "grader.answers": {"grader.reference"},
    "grader.judging": {"grader.explaining", MODEL, RECORDING, "grader.reference", "grader.checks", WORDING},
    CLUES: {MODEL, RECORDING, "grader.reference", "grader.replies", "grader.explaining"},
    "grader.causes": {CLUES, MODEL, RECORDING, "grader.explaining", "grader.timing"},
    "grader.diagnosing": {"grader.causes", CLUES, MODEL, RECORDING, "grader.reference", WORDING},
    "grader.overview": {MODEL, PEOPLE},
    "grader.comparing": {MODEL},
    "grader.store": {MODEL, PEOPLE, RECORDING, "grader.overview"},
    "grader.assignment.rubric": {"grader.assignment", MODEL},
    "grader.assignment.lateness": {"grader.assignment", MODEL, PEOPLE, WORDING},
    "grader.assignment.for_students": {"grader.assignment", "grader.assignment.rubric", MODEL},
    "grader.renewing": {"grader.lesson", MODEL, "grader.replies"},
    "grader.index": {MODEL, PEOPLE, "grader.overview", "grader.store"},
    # the figures draw what timing reads
    "grader.report": {MODEL, PEOPLE, RECORDING, "grader.listing", "grader.overview", "grader.timing", WORDING},
    # clean text and the words for it are the report's, cells that are no formula are the gradebook's
    "grader.exports": {
        "grader.assignment",
        MODEL,
        PEOPLE,
        RECORDING,
        "grader.report",
        "grader.rosters",
        "grader.store",
        WORDING,
    },
    "grader.proof.trials": {MODEL, "grader.proof.cases"},
    "grader.proof.figures": {MODEL, "grader.proof.cases", "grader.proof.trials"},
    "grader.proof.telling": {MODEL, "grader.proof.cases", "grader.proof.trials", "grader.proof.figures"},
    "grader.proof.verdicts": {MODEL, "grader.proof.figures", "grader.proof.telling"},
    "grader.proof.page": {MODEL, "grader.proof.cases", "grader.proof.figures", "grader.proof.telling", "grader.report"},
    # what leaves the project: it reads files, and the reference as it was seen
    "grader.parcels": {"grader.answers", "grader.assignment", MODEL, "grader.reference", "grader.store"},
    # what touches the outside
    SANDBOX: {"grader.apparatus.processes", "grader.apparatus.sockets", "grader.scratch", WORDING},
    APPARATUS: {MODEL, RECORDING, "grader.explaining", WORDING},
    EXPERIMENTS: {APPARATUS, MODEL, "grader.timing", WORDING},
    # what an instructor settles; the settings themselves know nothing of what they are for
    "grader.assignment": set(),
    "grader.assignment.lines": set(),
    "grader.assignment.reading": {
        "grader.assignment",
        "grader.assignment.lines",
        "grader.assignment.rubric",
        "grader.assignment.lateness",
        MODEL,
    },
    "grader.lesson": {"grader.lesson_recorded"},  # read before anything else: what the reference says is the lab's
    "grader.archives": {WORDING},
    "grader.submission": {MODEL, PEOPLE, "grader.archives"},
    "grader.levels": set(),
    "grader.downloads": {"grader.archives", "grader.layouts", "grader.levels", "grader.submission"},
    "grader.finding": {
        MODEL,
        "grader.archives",
        "grader.downloads",
        "grader.layouts",
        "grader.levels",
        "grader.listing",
        "grader.submission",
    },
    "grader.languages": {WORDING},
    "grader.copying": {"grader.archives", "grader.submission", WORDING},
    "grader.gathering": {"grader.archives", "grader.copying", "grader.forgiving", "grader.submission", WORDING},
    "grader.anonymity": {PEOPLE, "grader.store", "grader.submission"},
    "grader.intake": {MODEL, PEOPLE, "grader.anonymity", "grader.rosters", "grader.store", "grader.submission"},
    "grader.similarity.texts": {MODEL, "grader.gathering", "grader.submission"},
    "grader.similarity.pairs": {"grader.similarity.texts", "grader.workers"},
    "grader.similarity.page": {"grader.similarity.pairs", "grader.report"},
    "grader.programs": {"grader.listing", WORDING},
    "grader.workers": set(),
    "grader.scratch": set(),
    "grader.proof.strain": {"grader.workers"},
    "grader.proof.filed": {"grader.proof.trials", "grader.store"},
    "grader.looking": {APPARATUS, EXPERIMENTS, "grader.explaining", MODEL, "grader.programs", RECORDING, WORDING},
    "grader.doctor": {APPARATUS, MODEL, "grader.ports"},
}
"""Each part of the grader may import itself and these. A part is a module, or a folder and what lies in it; what is in
a smaller part of its own is not in the folder's. What is not named here puts the parts together."""

PYTEST = {
    "grader.plugin": "it is pytest's plugin",
    "grader.page_of_pytest": "it is a plugin that gives pytest-html the page",
    "grader.progress_of_pytest": "it draws on the terminal of pytest",
    "grader.rendering": "it has pytest-html write the page of a result that is known",
}
COMMANDS = "grader.commands"
FAMILIES = ("grade", "intake", "machine", "verify", "filed", "export", "renew", "parcels", "similarity")
"""Each module holds the commands of one family."""
PRINTS = {
    "grader.__main__": "it is the command line",
    f"{COMMANDS}.shown": "it shows progress",
    **{f"{COMMANDS}.{family}": "it is one of its families" for family in FAMILIES},
}
STARTS_PROCESSES = {
    "grader.workers": "our own workers, by multiprocessing",
    "grader.proof.strain": "busy loops beside a run, by multiprocessing",
    "grader.parcels.wheels": "pip, which fetches packages",
}
READS_ARGV = {
    "grader.__main__": "it is the command line",
    **{f"{COMMANDS}.{one}": "it says what it understands" for one in ("options", "assigned", *FAMILIES)},
    "grader.apparatus.sandbox.agent": "it is a program of its own, PID 1 in the box",
}
LAST = {"grader.__main__", "grader.plugin"}
"""Nobody imports these."""


def tree_of(module: str) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(MODULES[module].read_text("utf-8"))


def imports_of(module: str) -> Iterator[str]:
    """Every module that a module imports, wherever in it: of `from a import b`, a.b where that is a module, else a."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by dots"
            origin = node.module or ""
            for alias in node.names:
                yield f"{origin}.{alias.name}" if f"{origin}.{alias.name}" in MODULES else origin


def part_of(module: str) -> str:
    """The part of the table that a module belongs to, itself if none: the longest of those that it lies in."""
    lies_in = [part for part in MAY_IMPORT if module == part or (part != WORDS and module.startswith(f"{part}."))]
    return max(lies_in, key=len, default=module)


def is_in(module: str, part: str) -> bool:
    """A module is that part, or lies in it."""
    return module == part or (part != WORDS and module.startswith(f"{part}."))


def names_used_in(module: str) -> Iterator[str]:
    """Every `a.b` that a module says, and every name that it calls or imports from somewhere as `somewhere.name`."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


@pytest.mark.parametrize("module", MODULES)
def test_a_part_imports_no_more_than_it_may(module: str) -> None:
    """Arrows never go back."""
    part = part_of(module)
    ours = {name for name in imports_of(module) if is_in(name, WORDS) or name.startswith("grader.")}
    assert ours & LAST <= {module}
    if part in MAY_IMPORT:
        assert {name for name in ours if not any(is_in(name, one) for one in (part, *MAY_IMPORT[part]))} == set()


def test_the_table_names_no_part_that_is_gone() -> None:
    """Each is a module, or a folder with modules in it."""
    assert {part for part in MAY_IMPORT if part not in MODULES} == set()


def test_pytest_is_imported_by_its_plugins_alone() -> None:
    """The rest of the grader runs without it."""
    importing = {m for m in MODULES if any(name.split(".")[0] in ("pytest", "_pytest") for name in imports_of(m))}
    assert importing == set(PYTEST)


def test_processes_are_started_and_ended_in_the_sandbox_alone() -> None:
    """One owner per danger; what else starts processes starts our own."""
    starts = {
        "os.fork", "os.forkpty", "os.kill", "os.killpg", "os.system", "os.popen", "os.posix_spawn", "os.posix_spawnp",
        "os.execv", "os.execve", "os.execvp", "os.execvpe", "signal.pidfd_send_signal", "pty.fork", "pty.spawn",
    }  # fmt: skip
    modules = {"subprocess", "multiprocessing", "concurrent.futures"}
    dangerous = {
        module
        for module in MODULES
        if starts & set(names_used_in(module))
        or any(is_in(name, one) for name in imports_of(module) for one in modules)
    }
    assert {module for module in dangerous if not is_in(module, SANDBOX)} == set(STARTS_PROCESSES)


def test_printing_is_the_command_lines() -> None:
    """Everything else returns what there is to say."""
    assert {module for module in MODULES if "print" in set(names_used_in(module))} == set(PRINTS)


def test_argv_is_read_by_programs_alone() -> None:
    """Nothing else depends on how it was called."""
    reading = {m for m in MODULES if "sys.argv" in set(names_used_in(m)) or "argparse" in set(imports_of(m))}
    assert reading == set(READS_ARGV)


PURE = [
    MODEL, WORDING, RECORDING, "grader.declaring", "grader.reference", "grader.replies", "grader.timing",
    "grader.explaining", "grader.listing", "grader.shards", "grader.overview", "grader.comparing", "grader.rubric",
    "grader.judging", "grader.diagnosing", PEOPLE, "grader.rosters", "grader.forgiving", "grader.assignment.rubric",
    "grader.assignment.lateness",
    "grader.assignment.for_students", "grader.assignment.lines", "grader.renewing", "grader.lesson_recorded",
    "grader.answers", "grader.needed",
    *(m for m in MODULES if any(is_in(m, part) for part in ("grader.checks", CLUES, "grader.causes", "grader.exports"))),
    *(m for m in MODULES if is_in(m, "grader.layouts")),
]  # fmt: skip
OUTSIDE = {
    "os",
    "socket",
    "subprocess",
    "threading",
    "time",
    "signal",
    "select",
    "psutil",
    "pathlib",
    "random",
}
FILES_AND_CLOCKS = {"open", "input", "datetime.now", "datetime.today", "datetime.utcnow", "date.today"}


@pytest.mark.parametrize("module", PURE)
def test_what_is_pure_touches_nothing(module: str) -> None:
    """No file, socket, process or clock: a recording is judged the same in years."""
    assert {name.split(".")[0] for name in imports_of(module)} & OUTSIDE == set()
    assert not FILES_AND_CLOCKS & set(names_used_in(module))
