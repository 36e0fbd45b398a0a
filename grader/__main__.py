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

from grader import batch, doctor, grading, ports, scratch, store, submission, verify
from grader.apparatus.sandbox.choosing import TIERS, NoBox, Tier, choose
from grader.model import Report, Status, points_shown
from grader.rubric import rubric

GRADED, NOT_ALL_GRADED, USAGE = 0, 1, 2
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
    except (submission.NotASubmission, NoBox, batch.Busy, batch.Unwritable, ports.Taken, verify.Unusable) as error:
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
    one.add_argument("--again", action="store_true", help="grade anew what is graded already")
    listing = commands.add_parser("rubric", help="print requirements and points")
    listing.set_defaults(command=_rubric)
    listing.add_argument("--json", action="store_true", help="for programs")
    commands.add_parser("doctor", help="say what this machine can do").set_defaults(command=_doctor)
    proof = commands.add_parser("verify", help="run all wrong and right servers: are the outcomes true?")
    proof.set_defaults(command=_verify)
    proof.add_argument("--repeat", type=_positive, default=1, help="how often each is graded")
    proof.add_argument("--busy", type=_count, default=0, help="busy loops beside it")
    proof.add_argument("--jobs", type=_positive, default=os.cpu_count() or 1, help="servers at once")
    proof.add_argument("--mutants", type=Path, default=verify.SERVERS, help="folder with mutants/ and right/")
    proof.add_argument("--sandbox", choices=TIERS, default="auto", help="what holds the programs (default: auto)")
    proof.add_argument("--only", default="", help="only files whose path has this in it")
    proof.add_argument("--json", type=Path, metavar="FILE", help="write every outcome there, too")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


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
    settings = batch.Settings(options.out.resolve(), tier.name, _jobs(options, tier), options.time_limit)
    with batch.alone_in(settings.out), scratch.room(), _ports_of(tier):
        store.sweep(settings.out)
        work = batch.todo(submissions, settings, again=options.again)
        same = len(submissions) - len(work)
        print(f"{_counted(len(submissions))}, {len(work)} to grade" + (f", {same} graded already" if same else ""))
        if work:
            batch.file_the_reference(tier, settings.out)
            print("the reference earns all points on this machine")
            shown = _Line(sys.stderr.isatty())
            batch.run(work, settings, shown.tell)
            shown.end()
        reports = batch.file_the_class(
            settings.out, title="Blocking and forking servers", made=time.strftime("%Y-%m-%d %H:%M")
        )
    names = {one.name for one in submissions}
    return _summed_up([report for report in reports if report.submission in names], settings.out)


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
        print(f"{_printable(report.submission):30} {score:>12}{flag}")
    human = sum(report.status is not Status.GRADED for report in reports)
    print(
        f"{len(reports) - human} graded, {human} to be looked at by a human: {out / batch.INDEX}, {out / batch.GRADES}"
    )
    return NOT_ALL_GRADED if human else GRADED


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in name)


class _Line:
    """Progress: one line that is written over on a terminal, a line now and then in a log."""

    def __init__(self, terminal: bool) -> None:
        self._terminal = terminal
        self._last = 0.0

    def tell(self, at: batch.Progress) -> None:
        """Show where the batch is."""
        now = time.monotonic()
        if not self._terminal and now - self._last < LINE_EVERY and at.finished < at.total:
            return
        self._last = now
        rate = at.finished / at.elapsed if at.elapsed else 0.0
        left = "" if at.seconds_left is None else f", {at.seconds_left:.0f} s left"
        names = " ".join(map(_printable, at.under_way))
        line = f"{at.finished}/{at.total} graded, {rate:.1f} per second{left}" + (f": {names}" if names else "")
        if self._terminal:
            print(f"\r\x1b[K{line[: _columns() - 1]}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

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
    for check in checks:
        print(f"{points_shown(check.points):>3}  {check.id:{width}}  {check.requirement}")
    core = sum(check.points for check in checks if not check.stretch)
    print(f"{points_shown(core):>3}  points in all")
    return GRADED


def _doctor(options: argparse.Namespace) -> int:
    findings = doctor.examine()
    for finding in findings:
        print(f"{'ok ' if finding.good else 'NO '} {finding.about}: {finding.told}")
        if finding.mend:
            print(f"     mend it with: {finding.mend}")
    return GRADED if all(finding.good or not finding.needed for finding in findings) else NOT_ALL_GRADED


def _verify(options: argparse.Namespace) -> int:
    tier = choose(options.sandbox)
    cases = [case for case in verify.cases_in(options.mutants) if options.only in str(case.path)]
    if not cases:
        raise verify.Unusable(f"no server's path has {options.only!r} (--only) in it: see {options.mutants}")
    began = time.monotonic()
    jobs, tell = _jobs(options, tier), _told_of_a_case(began)
    with scratch.room(), _ports_of(tier):
        proof = verify.prove(cases, tier, repeat=options.repeat, busy=options.busy, jobs=jobs, progress=tell)
    print()
    for line in verify.told(proof):
        print(line)
    if options.json:
        store.commit(options.json, verify.as_json(proof))
    return GRADED if proof.is_clean else NOT_ALL_GRADED


def _told_of_a_case(began: float) -> verify.Told:
    def tell(done: int, total: int, trial: verify.Trial) -> None:
        passed = time.monotonic() - began
        left = passed / done * (total - done)
        if sys.stderr.isatty():
            print(f"\r\x1b[K{done}/{total}, {left:.0f} s left: {trial.case.name}", end="", file=sys.stderr, flush=True)
        elif done % 50 == 0 or done == total:
            print(f"{done}/{total}, {left:.0f} s left", file=sys.stderr, flush=True)
        for wrong in trial.wrong:
            print(f"\n{wrong}", file=sys.stderr, flush=True)

    return tell


if __name__ == "__main__":
    sys.exit(main())
