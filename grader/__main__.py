"""The command line: one command is carried out, and what went wrong is said in one sentence."""

from __future__ import annotations

import sys

from grader.needed import WHY_NOT_HERE

if WHY_NOT_HERE:  # before anything is imported that only Linux has
    sys.stderr.write(f"forklab: {WHY_NOT_HERE}\n")
    sys.exit(2)

import argparse
import contextlib
import ctypes
import os
import signal
from collections.abc import Sequence
from types import FrameType

from grader import anonymity, batch, finding, grading, index, ports, rejudging, rosters, shards, store
from grader.apparatus.sandbox.choosing import NoBox
from grader.assignment.reading import Misread
from grader.commands import NOT_ALL_GRADED, USAGE, export, filed, grade, machine, parcels, renew, similarity, verify
from grader.exports.shapes import DoesNotFit
from grader.hidden import Unloadable
from grader.lesson import Untold
from grader.parcels.parcel import Unpackable
from grader.proof.cases import Unusable
from grader.proof.strain import NoShare
from grader.renewing import Unclear
from grader.similarity.pairs import NoLibrary

WRONG_USE = (
    finding.NotASubmission,
    NoBox,
    batch.Busy,
    batch.Unwritable,
    ports.Taken,
    Unusable,
    NoShare,
    shards.NoShard,
    index.NoIndex,
    rejudging.NothingFiled,
    Unloadable,
    Misread,
    Untold,
    Unclear,
    DoesNotFit,
    rosters.NoRoster,
    anonymity.NotAnonymous,
    NoLibrary,
    Unpackable,
)
"""What was asked for can't be done as it was asked: one sentence says why."""


PR_SET_PDEATHSIG = 1
STOPPED = "forklab: stopped; what is graded is filed, run the same command again for the rest"


class Stopped(Exception):
    """SIGTERM, or the terminal was closed (SIGHUP): end in order."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; its exit status."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup(1) has us go on without a terminal
            signal.signal(number, _stop)
    if "TOX_ENV_NAME" in os.environ:
        _end_with_the_parent()
    try:
        status: int = options.command(options)
        sys.stdout.flush()  # while a reader that has gone is still no error of ours
    except WRONG_USE as error:
        _say(f"forklab: {error}")
        return USAGE
    except (grading.CannotGrade, store.Unreadable) as error:
        _say(f"forklab: {error}")
        return NOT_ALL_GRADED
    except BrokenPipeError:  # whoever read what we print has gone: head(1), a pager
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _say(STOPPED)
        return NOT_ALL_GRADED
    except OSError as error:
        where = f" {error.filename!r}" if error.filename else ""
        _say(f"forklab: {error.strerror or error}{where}")
        return USAGE
    except (KeyboardInterrupt, Stopped):
        _say(f"\n{STOPPED}")
        return NOT_ALL_GRADED
    return status


def _end_with_the_parent() -> None:
    """Have the kernel send SIGTERM when tox ends: a tox that is killed tells nobody. prctl(2)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _say(sentence: str) -> None:
    with contextlib.suppress(OSError):  # nobody is there to read it
        print(sentence, file=sys.stderr)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grader", description="Grades blocking and forking TCP servers.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for family in (grade, machine, verify, filed, export, renew, parcels, similarity):
        family.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
