"""The command line: alone in printing and in reading argv."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from grader import batch, doctor, grading, ports, rejudging, scratch, store, submission, verify
from grader.apparatus.sandbox.choosing import TIERS, NoBox, Tier, choose
from grader.hidden import Unloadable
from grader.model import Report, Status, points_shown
from grader.proof import telling
from grader.proof.cases import SERVERS, Unusable, cases_in
from grader.proof.filed import Filed
from grader.proof.strain import LEAST_SHARE, NoShare
from grader.proof.trials import Trial
from grader.report.words import STRETCH
from grader.rubric import rubric
from grader.workers import Progress

GRADED, NOT_ALL_GRADED, USAGE = 0, 1, 2
WRONG_USE = (
    submission.NotASubmission,
    NoBox,
    batch.Busy,
    batch.Unwritable,
    ports.Taken,
    Unusable,
    NoShare,
    rejudging.NothingFiled,
    Unloadable,
)
"""What was asked for can't be done as it was asked: one sentence says why."""
LINE_EVERY = 10.0
"""Seconds between two lines of progress in a log."""


class Stopped(Exception):
    """SIGTERM: end in order."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; its exit status."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    try:
        status: int = options.command(options)
    except WRONG_USE as error:
        print(f"forklab: {error}", file=sys.stderr)
        return USAGE
    except (grading.CannotGrade, store.Unreadable) as error:
        print(f"forklab: {error}", file=sys.stderr)
        return NOT_ALL_GRADED
    except OSError as error:
        where = f" {error.filename!r}" if error.filename else ""
        print(f"forklab: {error.strerror or error}{where}", file=sys.stderr)
        return USAGE
    except (KeyboardInterrupt, Stopped):
        print("\nforklab: stopped; what is graded is filed, run the same command again for the rest", file=sys.stderr)
        return NOT_ALL_GRADED
    return status


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grader", description="Grades blocking and forking TCP servers.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("grade", help="grade submissions")
    one.set_defaults(command=_grade)
    one.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a submission, or a folder of them")
    one.add_argument("--out", type=Path, default=Path("results"), help="results folder (default: results)")
    one.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, help="submissions at once")
    one.add_argument("--sandbox", choices=TIERS, default="auto", help="what holds the programs (default: auto)")
    one.add_argument("--time-limit", type=_seconds, default=grading.TIME_LIMIT, metavar="S", help="for one submission")
    one.add_argument("--count-bonus", action="store_true", help="count the stretch's points in the score")
    one.add_argument("--seed", type=_count, metavar="N", help="for the requests of hidden checks (default: drawn once)")
    one.add_argument("--again", action="store_true", help="grade anew what is graded already")
    listing = commands.add_parser("rubric", help="print requirements and points")
    listing.set_defaults(command=_rubric)
    listing.add_argument("--json", action="store_true", help="for programs")
    commands.add_parser("doctor", help="say what this machine can do").set_defaults(command=_doctor)
    proof = commands.add_parser("verify", help="run all wrong and right servers: are the outcomes true?")
    proof.set_defaults(command=_verify)
    proof.add_argument(
        "--out", type=Path, default=Path("verification"), help="folder of its files (default: verification)"
    )
    proof.add_argument("--repeat", type=_positive, default=1, metavar="N", help="how often each is graded")
    proof.add_argument("--busy", type=_count, default=0, metavar="N", help="busy loops beside it")
    proof.add_argument("--cpu-share", type=_share, metavar="F", help="share of one core for all of it: 0.1 is a tenth")
    proof.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, help="servers at once")
    proof.add_argument(
        "--seed", type=_count, metavar="N", help="for the requests of hidden checks (default: drawn once)"
    )
    proof.add_argument("--again", action="store_true", help="forget what is filed already")
    proof.add_argument("--mutants", type=Path, default=SERVERS, metavar="DIR", help="folder with mutants/ and right/")
    proof.add_argument("--sandbox", choices=TIERS, default="auto", help="what holds the programs (default: auto)")
    proof.add_argument("--only", default="", help="only files whose path has this in it")
    proof.add_argument("--json", type=Path, metavar="FILE", help="write verify.json there, too")
    proof.add_argument("--docs", type=Path, metavar="FILE", help="write what each check proves there, with the figures")
    proof.add_argument("--figures", type=Path, metavar="FILE", help="run nothing: --docs from this verify.json")
    again = commands.add_parser("rejudge", help="judge recordings anew with today's checks; no student's code runs")
    again.set_defaults(command=_rejudge)
    again.add_argument("out", type=Path, metavar="OUT", help="results folder")
    pages = commands.add_parser("report", help="write all pages anew from the results")
    pages.set_defaults(command=_report)
    pages.add_argument("out", type=Path, metavar="OUT", help="results folder")
    pages.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, help="pages at once")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not LEAST_SHARE <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share of a core between {LEAST_SHARE} and 1")
    return share


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


# ------------------------------------------------------------------ grade


def _grade(options: argparse.Namespace) -> int:
    submissions = submission.find(options.paths)
    tier = _tier_for(submissions, options.sandbox)
    out = options.out.resolve()
    with batch.alone_in(out), scratch.room(), _ports_of(tier):
        seed = batch.seed_of(out, options.seed)
        settings = batch.Settings(out, tier.name, _jobs(options, tier), options.time_limit, options.count_bonus, seed)
        store.sweep(settings.out)
        work = batch.todo(submissions, settings, again=options.again)
        same = len(submissions) - len(work)
        print(f"{_counted(len(submissions))}, {len(work)} to grade" + (f", {same} graded already" if same else ""))
        if work:
            batch.file_the_reference(tier, settings.out, seed)
            print("the reference earns all points on this machine")
            shown = _Line(sys.stderr.isatty())
            batch.run(work, settings, shown.tell)
            shown.end()
        reports = _file_the_class(settings.out)
    names = {one.name for one in submissions}
    return _summed_up([report for report in reports if report.submission in names], settings.out)


def _file_the_class(out: Path) -> list[Report]:
    return batch.file_the_class(out, title="Blocking and forking servers", made=time.strftime("%Y-%m-%d %H:%M"))


def _tier_for(submissions: Sequence[submission.Submission], wanted: str) -> Tier:
    """The box for a batch: other people's code is not run without one, unless that was asked for.

    Raises:
        NoBox: none is to be had, and some of it is other people's.
    """
    tier = choose(wanted)
    ours = all(one.folder.resolve().is_relative_to(grading.SAMPLES) for one in submissions)
    if tier.notice:
        if not ours:
            raise NoBox(
                f"{tier.notice}. Other people's programs are not run without a box; "
                "to run them all the same, say --sandbox none"
            )
        print(f"{tier.notice}. The samples are our own code, and are graded all the same.", file=sys.stderr)
    return tier


def _jobs(options: argparse.Namespace, tier: Tier) -> int:
    """Submissions at once: one where they would be in each other's way."""
    jobs: int = options.jobs
    return 1 if grading.needs_the_ports(tier) else jobs


@contextlib.contextmanager
def _ports_of(tier: Tier) -> Iterator[None]:
    """Have the lab's ports to ourselves, where the boxes share them.

    Raises:
        ports.Taken: a process of somebody else's has one.
    """
    if not grading.needs_the_ports(tier):
        yield
        return
    with ports.alone(lambda sentence: print(f"forklab: {sentence}", file=sys.stderr, flush=True)):
        ports.make_free()
        yield


def _counted(number: int) -> str:
    return f"{number} submission" + ("" if number == 1 else "s")


def _summed_up(reports: Sequence[Report], out: Path) -> int:
    for report in reports:
        score = f"{points_shown(report.score)} of {points_shown(report.points)}"
        flag = "" if report.status is Status.GRADED else f"   {report.status.value}: needs a human"
        bonus = f"bonus {points_shown(report.bonus)}" + (", counted" if report.bonus_counts else "")
        print(f"{_printable(report.submission):30} {score:>12}   {bonus}{flag}")
    human = sum(report.status is not Status.GRADED for report in reports)
    print(
        f"{len(reports) - human} graded, {human} to be looked at by a human: {out / batch.INDEX}, {out / batch.GRADES}"
    )
    return NOT_ALL_GRADED if human else GRADED


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)


class _Line:
    """Progress: one line that is written over on a terminal, a line now and then in a log."""

    def __init__(self, terminal: bool, done: str = "graded") -> None:
        self._done = done
        self._terminal = terminal
        self._last = 0.0

    def tell(self, at: Progress[Any]) -> None:
        """Show where the batch is."""
        now = time.monotonic()
        if not self._terminal and now - self._last < LINE_EVERY and at.finished < at.total:
            return
        self._last = now
        left = "" if at.seconds_left is None else f", {at.seconds_left:.0f} s left"
        names = " ".join(map(_printable, at.under_way))
        line = f"{at.finished}/{at.total} {self._done}, {at.rate:.1f} per second{left}" + (
            f": {names}" if names else ""
        )
        if self._terminal:
            print(f"\r\x1b[K{line[: _columns() - 1]}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def say(self, line: str) -> None:
        """A line that stays, above the one that is written over."""
        print(f"\r\x1b[K{line}" if self._terminal else line, file=sys.stderr, flush=True)

    def end(self) -> None:
        """The line is done with."""
        if self._terminal:
            print(file=sys.stderr)


def _columns() -> int:
    """Of the terminal behind standard error; it says 0 where it does not know."""
    return os.get_terminal_size(2).columns or 80


# ------------------------------------------------------------------ the other commands


def _rubric(options: argparse.Namespace) -> int:
    checks = rubric()
    if options.json:
        rows = [{"id": c.id, "points": c.points, "stretch": c.stretch, "requirement": c.requirement} for c in checks]
        print(json.dumps(rows, indent=1))
        return GRADED
    width = max(len(check.id) for check in checks)
    for title, stretch in (("Core", False), (STRETCH, True)):
        part = [check for check in checks if check.stretch is stretch]
        print(f"{points_shown(sum(check.points for check in part)):>3}  {title}")
        for check in part:
            print(f"{points_shown(check.points):>5}  {check.id:{width}}  {check.requirement}")
    return GRADED


def _doctor(options: argparse.Namespace) -> int:
    findings = doctor.examine()
    for finding in findings:
        print(f"{'ok ' if finding.good else 'NO '} {finding.about}: {finding.told}")
        if finding.mend:
            print(f"     mend it with: {finding.mend}")
    return GRADED if all(finding.good or not finding.needed for finding in findings) else NOT_ALL_GRADED


def _verify(options: argparse.Namespace) -> int:
    if options.figures:
        verify.write_the_docs(options.docs or verify.DOCS, options.figures.read_bytes())
        return GRADED
    cases = [case for case in cases_in(options.mutants) if options.only in str(case.path)]
    if not cases:
        raise Unusable(f"--only {options.only}: no server in {options.mutants} has this in its path")
    out = options.out.resolve()
    tier = choose(options.sandbox)
    whole = not options.only and options.mutants.resolve() == SERVERS
    with batch.alone_in(out), scratch.room(), _ports_of(tier), Filed(out, anew=options.again) as filed:
        seed = batch.seed_of(out, options.seed)
        settings = verify.Settings(out, tier.name, _jobs(options, tier), options.busy, options.cpu_share, seed)
        work = verify.todo(cases, options.repeat, settings, filed)
        total = options.repeat * len(cases)
        print(f"{total} gradings, {len(work)} to do" + (f", {total - len(work)} filed already" * (len(work) < total)))
        if work:
            _run_the_proof(work, settings, filed)
        proof = verify.proof_of(cases, options.repeat, settings, filed, whole=whole)
        about = verify.about(settings, options.repeat, made=time.strftime("%Y-%m-%d %H:%M"))
        verify.file_the_proof(out, proof, about)
        if options.json:
            store.commit(options.json, telling.as_json(proof, about))
        if options.docs:
            verify.write_the_docs(options.docs, telling.as_json(proof, about))
    for line in telling.lines(proof):
        print(line)
    print(f"{out / verify.PAGE}, {out / verify.JSON}")
    return GRADED if proof.is_clean else NOT_ALL_GRADED


def _run_the_proof(work: Sequence[verify.Turn], settings: verify.Settings, filed: Filed) -> None:
    shown = _Line(sys.stderr.isatty())

    def told(at: Progress[Trial]) -> None:
        for wrong in at.news.wrong if at.news else ():
            shown.say(wrong)
        shown.tell(at)

    verify.run(work, settings, filed, told)
    shown.end()


def _rejudge(options: argparse.Namespace) -> int:
    out = options.out.resolve()
    rejudging.folders_in(out)
    came: list[rejudging.Rejudged | rejudging.LeftAlone] = []

    def told(one: rejudging.Rejudged | rejudging.LeftAlone) -> None:
        came.append(one)
        for line in _changes(one):
            print(line)

    began = time.monotonic()
    with batch.alone_in(out):
        rejudging.rejudge(out, told)
        _file_the_class(out)
    took, sums = time.monotonic() - began, rejudging.sums_of(came)
    for check, count in sums.unjudged.items():
        print(f"{check} is as it was in {_counted(count)}: what it reads was not recorded; grade anew to have it")
    print(
        f"{_counted(len(came))} judged anew in {took:.1f} s: {sums.gained} gained points, {sums.lost} lost points, "
        f"{sums.same} have as many as before, {sums.left_alone} left alone, {sums.human} to be looked at by a human"
    )
    return NOT_ALL_GRADED if sums.left_alone or sums.human else GRADED


def _changes(one: rejudging.Rejudged | rejudging.LeftAlone) -> list[str]:
    """What became of one submission, its score first."""
    if isinstance(one, rejudging.LeftAlone):
        return [f"{_printable(one.name)} is left alone: {_printable(one.why)}"]
    name, before, after = _printable(one.after.submission), one.before.score, one.after.score
    lines = [f"  {_printable(change.told)}" for change in one.changes]
    score = f"{points_shown(before)} -> {points_shown(after)}" if before != after else points_shown(after)
    return [f"{name}: {score} of {points_shown(one.after.points)}", *lines] if lines else []


def _report(options: argparse.Namespace) -> int:
    out = options.out.resolve()
    rejudging.folders_in(out)
    shown = _Line(sys.stderr.isatty(), "pages written")
    with batch.alone_in(out):
        rejudging.reports(out, options.jobs, shown.tell)
        _file_the_class(out)
    shown.end()
    print(f"pages written anew: {out / batch.INDEX}")
    return GRADED


if __name__ == "__main__":
    sys.exit(main())
