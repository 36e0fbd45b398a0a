"""The pytest plugin: `pytest` in a folder with the programs grades that folder.

    collect the checks -> look once, at what the selected ones need -> judge each -> tell it as a requirement

Under pytest-xdist every worker collects everything; whoever needs a recording first looks, behind a lock, and files
what it saw for the others. (`xdist_group` would do, but pytest 9.2 ignores `--dist loadgroup`.)
"""

from __future__ import annotations

import pytest

from grader.needed import WHY_NOT_HERE

if WHY_NOT_HERE:  # before anything is imported that only Linux has
    raise pytest.UsageError(WHY_NOT_HERE)

import contextlib
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Generator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

import grader.checks
from grader import grading, hidden, ports, scratch
from grader.answers import ANSWERS, NoAnswers, decoded
from grader.apparatus.sandbox.choosing import TIERS, NoBox, Tier, choose, python_in_the_box
from grader.assignment import FILE, in_force
from grader.assignment.reading import Misread, settle
from grader.declaring import checks_of
from grader.diagnosing import diagnoses
from grader.experiments import EXPERIMENTS
from grader.judging import result_of, whole
from grader.languages import LANGUAGES, language_of, spoken
from grader.looking import Looked, Tell
from grader.model import Check, Excerpt, Outcome, Report, Result, report_of, track_named
from grader.page_of_pytest import Page
from grader.progress_of_pytest import ProgressOfPytest
from grader.recording import Recording
from grader.reference import Reference
from grader.report import text
from grader.report.scenes import scene_of
from grader.report.words import track_of
from grader.store import packed, unpacked
from grader.submission import Submission, programs_in
from grader.wording import language, retold, say, speak, speaking

CHECKS = Path(grader.checks.__file__).parent
GRADING = pytest.StashKey["Grading"]()
_KEY = "forklab"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The student's options."""
    group = parser.getgroup("forklab")
    group.addoption("--submission", metavar="DIR", help="grade the programs in this folder")
    group.addoption("--lang", choices=LANGUAGES, help="what is said in (default: as LANG says)")
    group.addoption("--sandbox", choices=TIERS, default="auto", help="what holds the programs (default: auto)")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Take no settings from a submission that lies elsewhere: pytest reads them where an argument is a folder.

    Raises:
        pytest.UsageError: it did, and would import what they name.
    """
    named = early_config.known_args_namespace.submission
    here = early_config.invocation_params.dir
    if not named or early_config.inipath is None or here.is_relative_to(Path(here, named).resolve()):
        return
    if early_config.inipath.resolve().is_relative_to(Path(here, named).resolve()):
        raise pytest.UsageError(
            f"{early_config.inipath.name} in {named} would be pytest's settings for this run, and it is the submission's: "
            f"say --submission={named}, in one word"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Grade, if that is what this run is for."""
    wanted = spoken(config.getoption("lang") or language_of(os.environ))
    with speaking(wanted):
        folder = _folder_to_grade(config)
    if folder is None:
        return
    config.option.submission = str(folder)
    config.option.lang = wanted.language  # and so the workers of pytest-xdist
    speak(wanted)
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    until_the_end = contextlib.ExitStack()
    shared = Path(worker[_KEY]) if worker else until_the_end.enter_context(scratch.room())
    run = Grading(config, folder, shared, until_the_end, is_worker=worker is not None)
    config.stash[GRADING] = run
    config.args[:] = [str(CHECKS), *map(str, hidden.files_in())]
    config.addinivalue_line("python_files", "test_*.py")  # a pytest.ini of the student's may say otherwise
    config.addinivalue_line("python_functions", "test")
    _hand_over_hidden_scenes(config)
    _settle_the_assignment(config)
    if not worker:
        if not config.getoption("htmlpath", None):
            config.option.htmlpath = "report.html"
        config.option.self_contained_html = True
        config.option.reportchars = ""
        run.verbose, config.option.verbose = config.option.verbose, min(config.option.verbose, 0)
        config.pluginmanager.register(Page(run.known, run.is_shown), "forklab-page")
    config.pluginmanager.register(run, "forklab-grading")


def _hand_over_hidden_scenes(config: pytest.Config) -> None:
    """Make the instructor's own checks known, where there are any, and a fixture of each scene that they bring.

    Raises:
        pytest.UsageError: a file of them is not what it should be.
    """
    try:
        hidden.hidden_checks()
    except hidden.Unloadable as error:
        raise pytest.UsageError(str(error)) from error
    theirs = ModuleType("forklab_hidden_scenes")
    for name in set(EXPERIMENTS) - set(_BUNDLED):
        setattr(theirs, f"_recording_of_{name}", _recording_fixture(name))
    config.pluginmanager.register(theirs)


def _settle_the_assignment(config: pytest.Config) -> None:
    """Work for the assignment of the project or the hand-out, else for the one that lies where pytest was started: a
    submission that lies elsewhere settles nothing.

    Raises:
        pytest.UsageError: its file is not what it should be.
    """
    there = [place / FILE for place in (grading.PROJECT, config.invocation_params.dir) if (place / FILE).is_file()]
    try:
        settle(next(iter(there), None), grading.checks_declared())
    except Misread as error:
        raise pytest.UsageError(str(error)) from error


def _folder_to_grade(config: pytest.Config) -> Path | None:
    """The folder that a run is to grade; None where it is to do something else.

    Raises:
        pytest.UsageError: the folder that was named holds no program.
    """
    named = config.getoption("submission")
    if named:
        folder = Path(config.invocation_params.dir, named)
        if not folder.is_dir():
            raise pytest.UsageError(say("--submission {folder}: there is no such folder", folder=named))
        if not programs_in(folder):
            raise pytest.UsageError(
                say("--submission {folder}: neither blocking_server.py nor forking_server.py lies there", folder=named)
            )
        return folder.resolve()
    if config.getoption("help") or config.args_source is pytest.Config.ArgsSource.ARGS:
        only = [Path(config.invocation_params.dir, argument) for argument in config.args]
        one = len(only) == 1 and only[0].is_dir() and programs_in(only[0]) and not config.getoption("help")
        return only[0].resolve() if one else None
    here = Path(config.invocation_params.dir)
    if programs_in(here):
        return here.resolve()
    return grading.TEMPLATE if here == grading.PROJECT and programs_in(grading.TEMPLATE) else None


class Grading:
    """One pytest run that grades one folder."""

    def __init__(
        self, config: pytest.Config, folder: Path, shared: Path, until_the_end: contextlib.ExitStack, *, is_worker: bool
    ) -> None:
        """Nothing is looked at yet.

        Args:
            shared: folder of this run that all its workers see.
            until_the_end: what is given back when the run ends.
        """
        self.verbose = 0
        self._config = config
        self._folder = folder
        self._shared = shared
        self._is_worker = is_worker
        self._began = time.monotonic()
        self._results: dict[str, Result] = {}
        self._looked: dict[str, dict[str, Recording]] | None = None
        self._reference: dict[str, dict[str, Recording]] = {}
        self._answers = _recorded_answers(folder)
        self._wanted: tuple[Check, ...] = ()
        self._tier: Tier | None = None
        self._until_the_end = until_the_end

    # --- collecting

    @pytest.hookimpl
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """A check on two tracks is two items."""
        checks = checks_of(metafunc.function)
        if checks:
            metafunc.fixturenames.append("track_of_item")
            metafunc.parametrize("track_of_item", [check.track.name for check in checks], indirect=True)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """`-k` finds a check by the id that is shown."""
        item.extra_keyword_matches.add(_check_of(item).id)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """The rubric's order, and what is a bonus after all the rest, so that `-x` stops at what counts; nothing that is off."""
        order = {check.id: place for place, check in enumerate(grading.checks_here())}
        items[:] = [item for item in items if _check_of(item).id in order]
        items.sort(key=lambda item: (_check_of(item).stretch, order[_check_of(item).id]))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """The selected checks, `-k` and `--lf` included."""
        self._wanted = tuple(_check_of(item) for item in session.items)

    # --- looking

    def recording(self, track: str, experiment: str) -> Recording:
        """A recording of this run.

        Raises:
            Broken: the apparatus failed.
        """
        return whole(self._recordings()[track], experiment)

    def reference(self, track: str) -> Reference:
        """What the reference did in this run, or what it answered when the hand-out was made."""
        self._recordings()
        return self._references().get(track, Reference({}))

    def _references(self) -> dict[str, Reference]:
        return {**self._answers, **grading.references_of(self._reference)}

    def _recordings(self) -> dict[str, dict[str, Recording]]:
        """What was seen: looked at by whoever comes first, read by the others."""
        if self._looked is None:
            with (self._shared / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                path = self._shared / "looked"
                if not path.exists():
                    self._look(path)
                self._looked = unpacked(path.read_bytes(), path)
                theirs = self._shared / "reference"
                self._reference = unpacked(theirs.read_bytes(), theirs)
        return self._looked

    def _look(self, path: Path) -> None:
        tier = self._tier or choose(self._config.getoption("sandbox"), with_canary=False)
        if tier.notice:
            (self._shared / "notice").write_text(tier.notice)
        (self._shared / "tier").write_text(tier.name)
        progress = ProgressOfPytest(self._config)
        self._reference = self._seen_of_the_reference(tier, progress.tell)
        (self._shared / "reference").write_bytes(packed(self._reference))
        references = {check.track.name: Reference({}) for check in self._wanted} | self._references()
        theirs = Submission("", self._folder)
        seen = grading.look_at(theirs, tier, self._wanted, grading.bounds_here(), references, progress.tell)
        progress.end()
        (self._shared / "notes").write_bytes(msgspec.json.encode(seen.gathered.notes))
        (self._shared / "excerpts").write_bytes(msgspec.json.encode(seen.excerpts))
        path.write_bytes(packed(seen.looked))

    def _seen_of_the_reference(self, tier: Tier, tell: Tell) -> Looked:
        """What the reference itself does in this very run, where it lies here: nothing of it in a hand-out."""
        if not grading.REFERENCE.is_dir():
            return {}
        asked = tuple(check for check in self._wanted if "reference" in check.needs)
        here = Submission("", grading.REFERENCE)
        return grading.look_at(here, tier, asked, grading.bounds_here(), tell=tell).looked

    # --- telling

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Outcome by the type of what was raised, wherever it was raised."""
        report = yield
        check = _check_of(item)
        report.location = (report.location[0], report.location[1], check.id)
        if call.excinfo is None and call.when != "call":
            return report
        if call.excinfo is not None and isinstance(call.excinfo.value, KeyboardInterrupt | pytest.exit.Exception):
            return report
        result = result_of(check, lambda: _raise_again(call))
        report.when = "call"
        report.outcome = "passed" if result.outcome is Outcome.PASSED else "failed"
        report.longrepr = None
        if result.outcome is not Outcome.PASSED:
            report.longrepr = "\n".join(text.failure(result, _width(), False))
        report.user_properties.append((_KEY, msgspec.json.encode(result).decode()))
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Categories are outcomes; the line is ours to write."""
        result = _result_of(report)
        if result is None:
            return ("", "", "")
        return ("hidden" if result.hidden else result.outcome.words, "", "")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A line for each requirement, as it comes."""
        result = _result_of(report)
        if result is None or self._is_worker:
            return
        self._results[result.id] = result
        terminal = self._terminal
        if terminal and self._config.option.verbose >= 0 and not result.hidden:
            terminal.ensure_newline()
            terminal.write_line(text.result_line(result, _width(), terminal.hasmarkup))

    @property
    def _terminal(self) -> Any:
        return self._config.pluginmanager.get_plugin("terminalreporter")

    def pytest_sessionstart(self) -> None:
        """No file names with dots behind them; and, before anything is graded, whether this machine can.

        Raises:
            pytest.UsageError: no box is to be had, or somebody else's process has a port of the lab.
        """
        if self._terminal:
            self._terminal.showfspath = False
        if self._is_worker or self._config.getoption("collectonly"):
            return
        try:
            self._tier = choose(self._config.getoption("sandbox"), with_canary=False)
            if grading.needs_the_ports(self._tier):
                self._until_the_end.enter_context(ports.alone(self._say))
                ports.make_free()
        except (NoBox, ports.Taken) as error:
            raise pytest.UsageError(retold(str(error))) from error

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Failures are told as this terminal has room for; a bonus that was missed fails nobody's run."""
        if self._terminal and not self._is_worker:
            self._tell_for_the_terminal()
        owed = [result for result in self._results.values() if not result.stretch or result.hidden]
        missed_a_bonus_only = bool(self._results) and all(result.passed for result in owed)
        if session.exitstatus == pytest.ExitCode.TESTS_FAILED and missed_a_bonus_only:
            session.exitstatus = pytest.ExitCode.OK

    def _tell_for_the_terminal(self) -> None:
        """In its colours, which a worker of xdist does not know; with `-v` each scene from beginning to end."""
        looked = self._recordings() if self.verbose > 0 and (self._shared / "looked").exists() else {}
        for report in (one for reports in self._terminal.stats.values() for one in reports):
            result = _result_of(report) if isinstance(report, pytest.TestReport) else None
            if result and not result.passed:
                scene = looked.get(track_of(result), {}).get(scene_of(result))
                report.longrepr = "\n".join(text.failure(result, _width(), self._terminal.hasmarkup, scene))

    def _say(self, sentence: str) -> None:
        if self._terminal:
            self._terminal.write_line(f"forklab: {retold(sentence)}")

    def pytest_report_header(self) -> str:
        """What is graded."""
        return say("forklab: grading {folder}", folder=str(self._folder))

    def is_shown(self, check_id: str) -> bool:
        """A check was judged, and it is one that a student may see."""
        return check_id in self._results and not self._results[check_id].hidden

    def known(self) -> tuple[Report, dict[str, dict[str, Recording]], dict[str, dict[str, Recording]]] | None:
        """What the page shows; None where nothing was judged that a student may see."""
        if all(result.hidden for result in self._results.values()):
            return None
        results = tuple(self._results[check.id] for check in grading.checks_here() if check.id in self._results)
        if (self._shared / "looked").exists():
            self._recordings()
        report = report_of(
            self._folder.name,
            results,
            sandbox=self._noted("tier") or "none",
            seconds=time.monotonic() - self._began,
            python=python_in_the_box(),
            diagnoses=diagnoses(results, self._looked or {}, self._references()),
            language=language(),
            bonus_counts=bool(in_force().bonus_counted),
            excerpts=msgspec.json.decode(self._noted("excerpts") or "{}", type=dict[str, tuple[Excerpt, ...]]),
            notes=msgspec.json.decode(self._noted("notes") or "[]", type=tuple[str, ...]),
        )
        return grading.named(report).for_the_student, self._looked or {}, self._reference

    def _noted(self, name: str) -> str:
        path = self._shared / name
        return path.read_text() if path.exists() else ""

    @pytest.hookimpl(wrapper=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None]:
        """Failures told as requirements; the most important comes last, so that it is on the screen."""
        yield
        known = self.known()
        if known is None:
            return
        told = (self._noted("notice"), *known[0].notes)
        notices = [line for one in told for line in text.note(retold(one), _width())]
        for line in (*notices, *text.closing(known[0], _width(), terminalreporter.hasmarkup)):
            terminalreporter.write_line(line)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """The shared folder goes with the run, and the ports are the next one's."""
        self._until_the_end.close()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """A worker of pytest-xdist learns which folder the run shares."""
        node.workerinput[_KEY] = str(self._shared)


def _recorded_answers(folder: Path) -> dict[str, Reference]:
    """By track, the reference of which a hand-out tells the answers alone: this one's, or that of the folder's own.

    Raises:
        pytest.UsageError: the file is torn.
    """
    if grading.REFERENCE.is_dir():
        return {}
    for path in (grading.PROJECT / ANSWERS, folder / ANSWERS):
        if path.is_file():
            try:
                return decoded(path.read_bytes(), path.name)
            except NoAnswers as error:
                raise pytest.UsageError(str(error)) from error
    return {}


def _raise_again(call: pytest.CallInfo[None]) -> None:
    if call.excinfo is not None:
        raise call.excinfo.value


def _check_of(item: pytest.Item) -> Check:
    """The check that an item stands for."""
    track = item.callspec.params["track_of_item"]  # type: ignore[attr-defined]
    checks = checks_of(item.function)  # type: ignore[attr-defined]
    bare = next(check for check in checks if check.track == track_named(track))
    return next((check for check in grading.checks_here() if check.id == bare.id), bare)


def _result_of(report: pytest.TestReport) -> Result | None:
    told = dict(report.user_properties).get(_KEY) if report.when == "call" else None
    return msgspec.json.decode(str(told), type=Result) if told else None


def _width() -> int:
    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 120))


@pytest.fixture
def track_of_item(request: pytest.FixtureRequest) -> str:
    """Name of the track that an item is about."""
    return str(request.param)


@pytest.fixture
def reference(request: pytest.FixtureRequest, track_of_item: str) -> Reference:
    """What the reference did in the same scenes."""
    return request.config.stash[GRADING].reference(track_of_item)


def _recording_fixture(name: str) -> Any:
    @pytest.fixture(name=name)
    def recording(request: pytest.FixtureRequest, track_of_item: str) -> Recording:
        return request.config.stash[GRADING].recording(track_of_item, name)

    recording.__doc__ = EXPERIMENTS[name].sentence
    return recording


_BUNDLED = tuple(EXPERIMENTS)
for _name in _BUNDLED:
    setattr(sys.modules[__name__], f"_recording_of_{_name}", _recording_fixture(_name))
