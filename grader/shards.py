"""Which part of a class this machine grades: every submission is in exactly one shard, whatever machine asks.

--shard 2/8                          shard 2 of 8
--shard 8                            of 8; which one is told by the cluster, from variables of the environment:
    SLURM_ARRAY_TASK_ID=2            sbatch --array=1-8, or a part of it to grade that anew
    JOB_COMPLETION_INDEX=1           an Indexed Job of Kubernetes with 8 completions; it counts from 0
(nothing, in a Slurm array)          the array as it was submitted: SLURM_ARRAY_TASK_COUNT, _MIN, _MAX and _STEP

Sources: sbatch(1), "OUTPUT ENVIRONMENT VARIABLES"; kubernetes.io, "Jobs", "Completion mode".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple

SLURM, KUBERNETES = "SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"
SLURM_COUNT, SLURM_STEP = "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_STEP"
SLURM_FIRST, SLURM_LAST = "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX"


class NoShard(Exception):
    """What was asked for, or what the cluster says, is no shard; the message says which, and what to do."""


class Shard(NamedTuple):
    """One part of a class.

    Args:
        number: from 1 to total.
    """

    number: int
    total: int

    def takes(self, name: str) -> bool:
        """The submission of that name is in this shard, and in no other of as many."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest) % self.total == self.number - 1


def shard_of_this_run(asked: str | None, environment: Mapping[str, str]) -> Shard | None:
    """The shard that was asked for, else the one that the cluster tells; None where the whole class is meant.

    Args:
        asked: I/N, or N alone.

    Raises:
        NoShard: that is none, or it is not told which of N, or of how many.
    """
    if asked is None:
        return _shard_of_the_cluster(environment)
    parts = re.fullmatch(r"(?:([0-9]{1,9})/)?([0-9]{1,9})", asked)
    if not parts:
        raise NoShard(
            f"--shard {asked!r} is no shard: say I/N for part I of N, as in 2/8, or N alone where a cluster tells the rest"
        )
    total = int(parts[2])
    if not total:
        raise NoShard(f"--shard {asked}: there must be 1 shard at least, as in 1/1")
    if parts[1] is None:
        return _one_of(total, environment)
    if not 1 <= int(parts[1]) <= total:
        raise NoShard(f"--shard {asked}: shards are numbered from 1 to {total}")
    return Shard(int(parts[1]), total)


def _shard_of_the_cluster(environment: Mapping[str, str]) -> Shard | None:
    if SLURM in environment:
        if SLURM_COUNT not in environment:
            raise _of_how_many(SLURM, environment, "the number of the array's tasks")
        return _task_of_an_array(environment)
    if KUBERNETES in environment:
        raise _of_how_many(KUBERNETES, environment, "the Job's completions")
    return None


def _of_how_many(name: str, environment: Mapping[str, str], what: str) -> NoShard:
    return NoShard(
        f"{name} is {environment[name]!r}, and nothing says of how many: say --shard N, where N is {what}, or --shard 1/1 for all"
    )


def _task_of_an_array(environment: Mapping[str, str]) -> Shard:
    """The array's tasks in their order are the shards, whatever their numbers; a list of numbers would leave some out."""
    task, total = _number(SLURM, environment), _number(SLURM_COUNT, environment)
    first, step = _number(SLURM_FIRST, environment, 1), max(1, _number(SLURM_STEP, environment, 1))
    run = range(first, first + step * total, step)
    last = _number(SLURM_LAST, environment, run[-1] if run else 0)
    if task not in run or last != run[-1]:
        raise NoShard(
            f"{SLURM} is {task}, and the array's {total} tasks, {first} to {last}, are no plain run: "
            "say --shard N, with N for all shards that there are, and submit with --array=1-N or a part of it"
        )
    return Shard(run.index(task) + 1, total)


def _one_of(total: int, environment: Mapping[str, str]) -> Shard:
    """One of a number that is known; part of a Slurm array may be submitted anew, so that its tasks count from 1."""
    if SLURM in environment:
        number = _number(SLURM, environment)
        rule = f"counts tasks from 1 to {total}: submit with --array=1-{total}, or a part of it"
    elif KUBERNETES in environment:
        number = _number(KUBERNETES, environment) + 1
        rule = f"counts from 0 to {total - 1}: N in --shard N must be the Job's completions"
    else:
        raise NoShard(
            f"--shard {total} does not say which of the {total}, and neither {SLURM} nor {KUBERNETES} is set: "
            f"say --shard I/{total}, with I from 1 to {total}"
        )
    if not 1 <= number <= total:
        name = SLURM if SLURM in environment else KUBERNETES
        raise NoShard(f"{name} is {environment[name]}, and --shard {total} {rule}")
    return Shard(number, total)


def _number(name: str, environment: Mapping[str, str], default: int | None = None) -> int:
    text = environment.get(name)
    if text is None and default is not None:
        return default
    if text is None or not re.fullmatch("[0-9]{1,10}", text):
        raise NoShard(f"{name} is {text!r}, and should be a whole number: unset it, or say --shard I/N")
    return int(text)
