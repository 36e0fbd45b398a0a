"""The command line: one command is carried out, and what went wrong is said in one sentence."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from grader import batch, finding, grading, ports, rejudging, store
from grader.apparatus.sandbox.choosing import NoBox
from grader.commands import NOT_ALL_GRADED, USAGE, filed, grade, machine, verify
from grader.hidden import Unloadable
from grader.proof.cases import Unusable
from grader.proof.strain import NoShare

WRONG_USE = (
    finding.NotASubmission,
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
    for family in (grade, machine, verify, filed):
        family.add_to(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
