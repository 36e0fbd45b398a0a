"""Makes Landlock rulesets: what a process that takes one may still open, connect to and signal; landlock(7).

The grader makes them and hands their descriptors to the agent, whose child takes one for good before it becomes the
program: a system call of one argument, and nothing to be parsed on the other side.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from enum import IntFlag
from pathlib import Path

CREATE_RULESET, ADD_RULE = 444, 445
"""Numbers of the system calls; the same on every machine, as all calls since Linux 5.1 are."""
NEEDED = 6
"""The version of Linux 6.12, the first that keeps abstract sockets and signals within."""
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1
_CONNECT_TCP = 1 << 1
_SCOPE_ABSTRACT_UNIX_SOCKET, _SCOPE_SIGNAL = 1 << 0, 1 << 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class Access(IntFlag):
    """What a rule allows beneath a path: LANDLOCK_ACCESS_FS_*, linux/landlock.h."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


LIST = Access.READ_DIR
READ = Access.EXECUTE | Access.READ_FILE | Access.READ_DIR
READ_AND_WRITE = Access.READ_FILE | Access.WRITE_FILE | Access.TRUNCATE
OWN = (
    READ_AND_WRITE
    | Access.READ_DIR
    | Access.REMOVE_DIR
    | Access.REMOVE_FILE
    | Access.MAKE_DIR
    | Access.MAKE_REG
    | Access.MAKE_SOCK
    | Access.MAKE_FIFO
    | Access.MAKE_SYM
    | Access.REFER
)
"""Everything that an ordinary program does in its own folder, but running what it wrote there."""
FILES_ALONE = READ_AND_WRITE | Access.REMOVE_FILE | Access.MAKE_REG | Access.READ_DIR
_OF_A_FILE = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV
_ALL = Access((1 << 16) - 1)


def version() -> int:
    """The kernel's version of Landlock; else the negative errno that says why there is none, landlock_create_ruleset(2)."""
    told: int = _LIBC.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_CREATE_RULESET_VERSION))
    return told if told >= 0 else -ctypes.get_errno()


def for_the_agent() -> int:
    """A ruleset that forbids nothing but signals to the outside, so that `kill(-1)` hits what is below alone.

    Raises:
        OSError: the kernel refuses.
    """
    return _created(0, 0, _SCOPE_SIGNAL)


def for_programs(rules: Iterable[tuple[Path, Access]]) -> int:
    """A ruleset that opens these paths and no other, connects by no TCP, and reaches no abstract socket or process outside.

    A program may listen on any port: a server on a wrong one loses the points of that alone, as in every tier.

    Args:
        rules: what is allowed beneath a path; a path that is not there is left out.

    Raises:
        OSError: the kernel refuses.
    """
    ruleset = _created(_ALL, _CONNECT_TCP, _SCOPE_ABSTRACT_UNIX_SOCKET | _SCOPE_SIGNAL)
    try:
        for path, access in rules:
            with contextlib.suppress(FileNotFoundError):
                _allow(ruleset, path, access)
    except BaseException:
        os.close(ruleset)
        raise
    return ruleset


def _created(files: int, network: int, scopes: int) -> int:
    attributes = struct.pack("=QQQ", files, network, scopes)
    return _checked(_LIBC.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)))


def _allow(ruleset: int, path: Path, access: Access) -> None:
    beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(beneath).st_mode):
            access &= _OF_A_FILE
        rule = struct.pack("=Qi", access, beneath)
        _checked(_LIBC.syscall(ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, ctypes.c_uint32(0)))
    finally:
        os.close(beneath)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
