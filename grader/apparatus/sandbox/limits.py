"""What a program in a box may use. Each limit has a name that messages use."""

from __future__ import annotations

import resource

MEBIBYTE = 1 << 20

PROCESSES = 100
"""Living processes at once; the largest crowd of a scene is 32 clients, a double fork makes two of each."""
TASKS = 300
"""Processes, zombies and threads at once, held by the kernel: 150 clients of a server that never waits leave 150 zombies."""
MEMORY = 1024 * MEBIBYTE
"""Bytes of all processes of the box together, less what they share with files."""
OUTPUT = 16 * MEBIBYTE
"""Bytes on standard output and error together."""
DESCRIPTORS = 256
"""Open descriptors of one process, unless the scene says otherwise."""
FOLDER = 32 * MEBIBYTE
"""Bytes of /tmp and of the work folder, each."""


def of_a_process(descriptors: int = DESCRIPTORS, *, alone: bool) -> dict[str, int]:
    """Limits of setrlimit(2), by name.

    Args:
        alone: nobody else runs under this uid in this user namespace, so that its processes can be counted.
    """
    limits = {
        "NOFILE": descriptors,
        "FSIZE": 16 * MEBIBYTE,
        "CORE": 0,
        "CPU": 10,
        "DATA": 512 * MEBIBYTE,
    }
    if alone:
        limits["NPROC"] = TASKS
    assert all(hasattr(resource, f"RLIMIT_{name}") for name in limits)
    return limits
