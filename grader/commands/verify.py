"""`verify`: every wrong and right server graded, and each outcome held against its header."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from grader import batch, grading, scratch, store, verify
from grader.apparatus.sandbox.choosing import TIERS, choose
from grader.assignment import Assignment, put_in_force
from grader.assignment.reading import read
from grader.commands import GRADED, NOT_ALL_GRADED
from grader.commands.grade import jobs_on, ports_of
from grader.commands.options import Commands, count, positive, share_of_a_core
from grader.commands.shown import Line
from grader.proof import telling
from grader.proof.cases import SERVERS, Unusable, cases_in
from grader.proof.filed import Filed
from grader.proof.trials import Trial
from grader.workers import Progress


def add_to(commands: Commands) -> None:
    """What `verify` understands."""
    proof = commands.add_parser("verify", help="run all wrong and right servers: are the outcomes true?")
    proof.set_defaults(command=_verify)
    proof.add_argument(
        "--out", type=Path, default=Path("verification"), help="folder of its files (default: verification)"
    )
    proof.add_argument("--repeat", type=positive, default=1, metavar="N", help="how often each is graded")
    proof.add_argument("--busy", type=count, default=0, metavar="N", help="busy loops beside it")
    proof.add_argument(
        "--cpu-share", type=share_of_a_core, metavar="F", help="share of one core for all of it: 0.1 is a tenth"
    )
    proof.add_argument("--jobs", type=positive, default=os.cpu_count() or 1, help="servers at once")
    proof.add_argument(
        "--seed", type=count, metavar="N", help="for the requests of hidden checks (default: drawn once)"
    )
    proof.add_argument("--again", action="store_true", help="forget what is filed already")
    proof.add_argument("--mutants", type=Path, default=SERVERS, metavar="DIR", help="folder with mutants/ and right/")
    proof.add_argument("--sandbox", choices=TIERS, default="auto", help="what holds the programs (default: auto)")
    proof.add_argument(
        "--assignment", type=Path, metavar="FILE", help="with its DELAY and limits (default: the lab's own)"
    )
    proof.add_argument("--only", default="", help="only files whose path has this in it")
    proof.add_argument("--json", type=Path, metavar="FILE", help="write verify.json there, too")
    proof.add_argument("--docs", type=Path, metavar="FILE", help="write what each check proves there, with the figures")
    proof.add_argument("--figures", type=Path, metavar="FILE", help="run nothing: --docs from this verify.json")


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
    with batch.alone_in(out), scratch.room(), ports_of(tier), Filed(out, anew=options.again) as filed:
        seed = batch.seed_of(out, options.seed)
        strain = (options.busy, options.cpu_share)
        settings = verify.Settings(out, tier.name, jobs_on(options, tier), *strain, seed, _assignment(options))
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


def _assignment(options: argparse.Namespace) -> Assignment:
    """DELAY and limits of an assignment, in force: what it says of checks and points is nothing to a proof."""
    there = read(options.assignment, grading.checks_declared()) if options.assignment else Assignment()
    proven = Assignment(delay=there.delay, limits=there.limits)
    put_in_force(proven)
    return proven


def _run_the_proof(work: Sequence[verify.Turn], settings: verify.Settings, filed: Filed) -> None:
    shown = Line(sys.stderr.isatty())

    def told(at: Progress[Trial]) -> None:
        for wrong in at.news.wrong if at.news else ():
            shown.say(wrong)
        shown.tell(at)

    verify.run(work, settings, filed, told)
    shown.end()
