"""`grade`: submissions in, results and pages out."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from grader import batch, grading, index, ports, rejudging, scratch, shards, store
from grader.apparatus.sandbox.choosing import TIERS, NoBox, Tier, choose
from grader.assignment import Assignment, in_force
from grader.commands import GRADED, NOT_ALL_GRADED
from grader.commands import intake as who
from grader.commands.assigned import assignment_for, file_of_the_assignment, takes_an_assignment
from grader.commands.options import Commands, count, language, positive, seconds
from grader.commands.shown import Line, counted, printable
from grader.intake import Class
from grader.model import Status, folder_name, points_shown
from grader.overview import Scored, Standing
from grader.submission import Submission

PATH_HELP = "a submission or many: a folder, or an archive (.zip, .tar, .tar.gz, .tar.xz)"


def add_to(commands: Commands) -> None:
    """What `grade` understands."""
    one = commands.add_parser("grade", help="grade submissions")
    one.set_defaults(command=_grade)
    one.add_argument("paths", nargs="+", type=Path, metavar="PATH", help=PATH_HELP)
    one.add_argument("--out", type=Path, default=Path("results"), help="results folder (default: results)")
    one.add_argument("--jobs", type=positive, default=os.cpu_count() or 1, help="submissions at once")
    one.add_argument("--shard", metavar="I/N", help="grade part I of N; N alone where Slurm or Kubernetes tells I")
    one.add_argument("--sandbox", choices=TIERS, default="auto", help="what holds the programs (default: auto)")
    one.add_argument("--time-limit", type=seconds, metavar="S", help="for one submission (default: 600)")
    one.add_argument("--count-bonus", action="store_true", help="count the stretch's points in the score")
    language(one, "as the results that are there, else as LANG says")
    one.add_argument("--seed", type=count, metavar="N", help="for the requests of hidden checks (default: drawn once)")
    one.add_argument("--again", action="store_true", help="grade anew what is graded already")
    who.add_to(one)
    takes_an_assignment(one)


def _grade(options: argparse.Namespace) -> int:
    assignment = assignment_for(options)
    file = file_of_the_assignment(options)
    if file:
        print(f"assignment: {assignment.name}, by {printable(str(file))}")
    shard = shards.shard_of_this_run(options.shard, os.environ)
    with scratch.room() as room:
        taken = who.class_of(options, room / "classes", os.environ)
        return _graded(taken, options, shard, assignment)


def _graded(taken: Class, options: argparse.Namespace, shard: shards.Shard | None, assignment: Assignment) -> int:
    """Grade what is not graded yet, and tell how all stand; the exit status."""
    submissions = part_of(taken.submissions, shard)
    tier = tier_for(submissions, options.sandbox)
    out = options.out.resolve()
    if shard and options.seed is None and not batch.has_a_seed(out):
        raise shards.NoShard(
            f"shard {shard.number} of {shard.total} needs --seed N, the same for all: hidden checks draw from it"
        )
    with batch.alone_in(out), ports_of(tier):
        settings = settings_of(options, tier, assignment)
        store.sweep(out)
        taken.file(out)
        filed = index.overview_in(out).standings if options.again else []
        before = {one.submission: one for one in filed}
        grade_the_rest(submissions, settings, tier, again=options.again)
        tell_in_one_language(submissions, settings)
        standings = file_the_class(out)
    folders = {folder_name(one.name) for one in submissions}
    return summed_up([one for one in standings if one.folder in folders], out, before)


def settings_of(options: argparse.Namespace, tier: Tier, assignment: Assignment) -> batch.Settings:
    """What holds for every submission of a batch; what later runs must know of it is filed in its results folder."""
    out = options.out.resolve()
    seed = batch.seed_of(out, options.seed)
    told_in = batch.language_in(out, options.lang or assignment.language, os.environ)
    batch.file_the_assignment(out, options.assignment)
    return batch.Settings(
        out,
        tier.name,
        jobs_on(options, tier),
        options.time_limit or assignment.limits.seconds,
        options.count_bonus or bool(assignment.bonus_counted),
        seed,
        told_in,
        (tier.notice,) if tier.notice else (),
        assignment,
    )


def grade_the_rest(submissions: Sequence[Submission], settings: batch.Settings, tier: Tier, *, again: bool) -> None:
    """Grade those of which no result is filed, or all of them again, and show how far the batch is."""
    work = batch.todo(submissions, settings, again=again)
    begun = {submission.name for submission, _ in work}
    batch.tell_whose([one for one in submissions if one.name not in begun], settings)
    same = len(submissions) - len(work)
    print(f"{counted(len(submissions))}, {len(work)} to grade" + (f", {same} graded already" if same else ""))
    if not work:
        return
    batch.file_the_reference(tier, settings.out, settings.seed)
    print("the reference earns all points on this machine")
    shown = Line(sys.stderr.isatty())
    batch.run(work, settings, shown.tell)
    shown.end()


def tell_in_one_language(submissions: Sequence[Submission], settings: batch.Settings) -> None:
    """What was graded before, and told in another language, is told in this one; no submission's code runs for it."""
    folders = [batch.folder_of(settings.out, one.name) for one in submissions]
    told = rejudging.retell_all(settings.out, folders, settings.language)
    if told:
        print(f"{counted(told)} graded before, now told in the language {settings.language}")
    batch.file_the_language(settings.out, settings.language)


def part_of(submissions: list[Submission], shard: shards.Shard | None) -> list[Submission]:
    """The submissions that this run grades: its shard's, of which it tells, or all."""
    if shard is None:
        return submissions
    taken = [one for one in submissions if shard.takes(one.name)]
    print(f"shard {shard.number} of {shard.total}: {len(taken)} of {counted(len(submissions))}")
    return taken


def file_the_class(out: Path) -> Sequence[Standing]:
    """Write the class page and the gradebook; how everybody stands of whom a result is filed."""
    return batch.file_the_class(out, title=in_force().name, made=batch.now())


def tier_for(submissions: Sequence[Submission], wanted: str) -> Tier:
    """The box for a batch: other people's code is not run without one, unless that was asked for.

    Raises:
        NoBox: none is to be had, and some of it is other people's.
    """
    tier = choose(wanted)
    ours = all(one.path.resolve().is_relative_to(grading.SAMPLES) for one in submissions)
    if tier.notice and tier.holds_others_code:
        print(f"graded in the {tier.name} box, one submission at a time: {tier.notice}.", file=sys.stderr)
    elif tier.notice:
        if not ours:
            raise NoBox(
                f"{tier.notice}. Other people's programs are not run without a box; "
                "to run them all the same, say --sandbox none"
            )
        print(f"{tier.notice}. The samples are our own code, and are graded all the same.", file=sys.stderr)
    return tier


def jobs_on(options: argparse.Namespace, tier: Tier) -> int:
    """Submissions at once: one where they would be in each other's way."""
    jobs: int = options.jobs
    return 1 if grading.needs_the_ports(tier) else jobs


@contextlib.contextmanager
def ports_of(tier: Tier) -> Iterator[None]:
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


def summed_up(scored: Sequence[Scored], out: Path, before: Mapping[str, Scored] = MappingProxyType({})) -> int:
    """Print a line for each submission, and where the pages are; the exit status.

    Args:
        before: by submission, what was filed when it was graded anew: both scores are shown.
    """
    for one in scored:
        old = before.get(one.submission)
        score = f"{points_shown(one.score)} of {points_shown(one.points)}"
        if old is not None:
            score = f"{points_shown(old.score)} -> {score}"
        flag = "" if one.status is Status.GRADED else f"   {one.status.value}: needs a human"
        bonus = f"bonus {points_shown(one.bonus)}" + (", counted" if one.bonus_counts else "")
        late = f"   {one.lateness}" if one.lateness else "   late" if one.whose.late else ""
        name = f"   {printable(one.whose.name)}" if one.whose.name not in ("", one.submission) else ""
        print(f"{printable(one.submission):30} {score:>12}   {bonus}{flag}{late}{name}")
    human = sum(one.status is not Status.GRADED for one in scored)
    print(
        f"{len(scored) - human} graded, {human} to be looked at by a human: {out / batch.INDEX}, {out / batch.GRADES}"
    )
    return NOT_ALL_GRADED if human else GRADED
