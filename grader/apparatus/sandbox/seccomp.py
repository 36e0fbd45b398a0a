"""Assembles the filter of system calls that a program in a box runs under: seccomp(2), classic BPF.

wrong machine?  -> allow nothing         (another ABI's numbers mean other calls)
denied call?    -> EPERM
clone3?         -> ENOSYS                (its flags lie in memory; libc falls back to clone)
clone, NEW*?    -> EPERM
socket, family? -> EAFNOSUPPORT but for UNIX, INET, INET6
ioctl, TIOCSTI? -> EPERM
else            -> allow
"""

from __future__ import annotations

import errno
import os
import socket
import struct

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_KILL = 0x80000000
_LOAD, _EQUAL, _MASK, _GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_NEW_NAMESPACES = 0x7E020000 | 0x00000080
_X32 = 0x40000000

_DENIED: dict[str, tuple[int, int]] = {
    # name: number on x86_64, on aarch64 (-1: not there)
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438), "kcmp": (312, 272), "perf_event_open": (298, 241),
    "bpf": (321, 280), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "unshare": (272, 97), "setns": (308, 268),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "acct": (163, 89),
    "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142), "syslog": (103, 116),
    "quotactl": (179, 60), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "personality": (135, 92), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "clock_adjtime": (305, 266), "adjtimex": (159, 171), "sethostname": (170, 161),
    "setdomainname": (171, 162), "mbind": (237, 235), "set_mempolicy": (238, 237),
    "migrate_pages": (256, 238), "move_pages": (279, 239), "fanotify_init": (300, 262),
    "mlock": (149, 228), "mlock2": (325, 284), "mlockall": (151, 230), "mknodat": (259, 33),
    "mknod": (133, -1), "modify_ldt": (154, -1), "iopl": (172, -1), "ioperm": (173, -1),
    "vhangup": (153, 58),
}  # fmt: skip
_CLONE, _CLONE3, _SOCKET, _IOCTL = (56, 220), (435, 435), (41, 198), (16, 29)
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C


def deny_list(machine: str = os.uname().machine) -> bytes:
    """The filter as an array of `struct sock_filter`; empty on a machine whose numbers we don't know."""
    if machine not in _MACHINES:
        return b""
    column = list(_MACHINES).index(machine)
    program = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, _MACHINES[machine], 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":
        program += [_instruction(_GREATER_EQUAL, _X32, 0, 1), _refuse(errno.ENOSYS)]
    for numbers in _DENIED.values():
        if numbers[column] >= 0:
            program += [_instruction(_EQUAL, numbers[column], 0, 1), _refuse(errno.EPERM)]
    program += [_instruction(_EQUAL, _CLONE3[column], 0, 1), _refuse(errno.ENOSYS)]
    program += _when(_CLONE[column], 0, [_instruction(_MASK, _NEW_NAMESPACES, 0, 1), _refuse(errno.EPERM)])
    program += _when(_SOCKET[column], 0, _unless(_FAMILIES, errno.EAFNOSUPPORT))
    for request in (_TIOCSTI, _TIOCLINUX):
        program += _when(_IOCTL[column], 1, [_instruction(_EQUAL, request, 0, 1), _refuse(errno.EPERM)])
    return b"".join([*program, _instruction(_RETURN, _ALLOW)])


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def _refuse(number: int) -> bytes:
    return _instruction(_RETURN, _ERRNO | number)


def _when(call: int, argument: int, body: list[bytes]) -> list[bytes]:
    """Look at the low half of an argument of one call; afterwards the number is loaded again."""
    load = _instruction(_LOAD, _ARGUMENTS + 8 * argument)
    whole = [load, *body, _instruction(_LOAD, _NUMBER)]
    return [_instruction(_EQUAL, call, 0, len(whole)), *whole]


def _unless(allowed: tuple[int, ...], number: int) -> list[bytes]:
    """Refuse every value but these."""
    count = len(allowed)
    jumps = [_instruction(_EQUAL, value, count - index, 0) for index, value in enumerate(allowed)]
    return [*jumps, _refuse(number)]
