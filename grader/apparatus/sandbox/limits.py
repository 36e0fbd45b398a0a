"""What a program in a box may use. Each limit has a name that messages use."""

from __future__ import annotations

import resource
from typing import NamedTuple

MEBIBYTE = 1 << 20

PROCESSES = 100
"""Living processes at once; the largest crowd of a scene is 32 clients, a double fork makes two of each."""
TASKS = 300
"""Processes, zombies and threads at once, held by the kernel: 150 clients of a server that never waits leave 150 zombies."""
TASKS_BESIDE_OTHERS = 1000
"""The same where the uid is a person's: above what it has at the start, since it counts whatever they do meanwhile."""
MEMORY = 1024 * MEBIBYTE
"""Bytes of all processes of the box together, less what they share with files."""
OUTPUT = 16 * MEBIBYTE
"""Bytes on standard output and error together."""
REPLY = 16 * MEBIBYTE
"""Bytes to one client; the lab's own reply has seventeen."""
DESCRIPTORS = 256
"""Open descriptors of one process, unless the scene says otherwise."""
FILE_SIZE = 16 * MEBIBYTE
"""Bytes of one file."""
FOLDER = 32 * MEBIBYTE
"""Bytes in all files that the programs of a box keep."""
FILES = 2000
"""Files and folders that the programs of a box keep."""


class Allowed(NamedTuple):
    """Those of the limits that an instructor may set; each is what the constant of its name says."""

    processes: int = PROCESSES
    memory: int = MEMORY
    file_size: int = FILE_SIZE
    descriptors: int = DESCRIPTORS


ALLOWED = Allowed()


def of_a_process(descriptors: int = DESCRIPTORS, file_size: int = FILE_SIZE, *, tasks: int) -> dict[str, int]:
    """Limits of setrlimit(2), by name.

    Args:
        tasks: of the programs' uid in their user namespace; 0 where others run under it, and nobody can be counted.
    """
    limits = {
        "NOFILE": descriptors,
        "FSIZE": file_size,
        "CORE": 0,
        "CPU": 10,
        "DATA": 512 * MEBIBYTE,
    }
    if tasks:
        limits["NPROC"] = tasks
    assert all(hasattr(resource, f"RLIMIT_{name}") for name in limits)
    return limits
