"""Assembles the filter of system calls that a program in a box runs under: seccomp(2), classic BPF.

wrong machine?  -> allow nothing         (another ABI's numbers mean other calls)
denied call?    -> EPERM
clone3?         -> ENOSYS                (its flags lie in memory; libc falls back to clone)
clone, NEW*?    -> EPERM
socket, family? -> EAFNOSUPPORT but for UNIX, INET, INET6
prctl, hide?    -> EPERM
ioctl, TIOCSTI? -> EPERM
else            -> allow

Without namespaces more is refused, as it would reach the machine: whatever Landlock does not know of.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from enum import Enum

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_KILL = 0x80000000
_LOAD, _EQUAL, _MASK, _GREATER_EQUAL, _RETURN, _AND, _JUMP = 0x20, 0x15, 0x45, 0x35, 0x06, 0x54, 0x05
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_NEW_NAMESPACES = 0x7E020000 | 0x00000080
_X32 = 0x40000000
_TYPE_MASK = 0xF
"""SOCK_TYPE_MASK, linux/net.h: the rest are SOCK_NONBLOCK and SOCK_CLOEXEC."""

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
    "vhangup": (153, 58), "memfd_create": (319, 279), "memfd_secret": (447, 447),
}  # fmt: skip
_REACHES_THE_MACHINE: dict[str, tuple[int, int]] = {
    # System V IPC and POSIX queues have a namespace of their own, or none
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190),
    "semop": (65, 193), "semtimedop": (220, 192), "semctl": (66, 191), "msgget": (68, 186),
    "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180),
    "mq_unlink": (241, 181),
}  # fmt: skip
_CHANGES_WHAT_THE_USER_OWNS: dict[str, tuple[int, int]] = {
    # Landlock asks nobody who changes the mode, the owner, the times or the attributes of a file
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, -1), "lchown": (94, -1), "fchown": (93, 55), "fchownat": (260, 54),
    "utime": (132, -1), "utimes": (235, -1), "futimesat": (261, -1), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "setxattrat": (463, 463),
    "removexattrat": (466, 466), "process_madvise": (440, 440),
}  # fmt: skip
_OF_ANOTHER_PROCESS: dict[str, tuple[int, int]] = {
    # their first argument is a pid, and 0 oneself
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274),
}  # fmt: skip
_PRCTL, _PR_SET_DUMPABLE = (157, 167), 4
"""A program that hides from core dumps hides from us, where we are no more than the same user: prctl(2)."""
_SETPRIORITY, _IOPRIO_SET = (141, 140), (251, 30)
_SENDTO, _SENDMSG, _SENDMMSG = (44, 206), (46, 211), (307, 269)
_CLONE, _CLONE3, _SOCKET, _IOCTL = (56, 220), (435, 435), (41, 198), (16, 29)
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C


class Reach(Enum):
    """What programs share with the rest of the machine, which decides what the filter must refuse."""

    NAMESPACES = "nothing"
    ANOTHER_USER = "its processes, network and files, as a user that owns nothing"
    SAME_USER = "its processes, network and files, as their owner"


def deny_list(reach: Reach = Reach.NAMESPACES, machine: str = os.uname().machine) -> bytes:
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
    for numbers in _refused(reach):
        if numbers[column] >= 0:
            program += [_instruction(_EQUAL, numbers[column], 0, 1), _refuse(errno.EPERM)]
    program += [_instruction(_EQUAL, _CLONE3[column], 0, 1), _refuse(errno.ENOSYS)]
    program += _when(_CLONE[column], 0, [_instruction(_MASK, _NEW_NAMESPACES, 0, 1), _refuse(errno.EPERM)])
    program += _when(_SOCKET[column], 0, _unless(_FAMILIES, errno.EAFNOSUPPORT))
    if reach is not Reach.NAMESPACES:
        program += _no_network_but_tcp(column)
    if reach is Reach.SAME_USER:
        program += _nothing_of_another_process(column)
    program += _when(_PRCTL[column], 0, [_instruction(_EQUAL, _PR_SET_DUMPABLE, 0, 1), _refuse(errno.EPERM)])
    for request in (_TIOCSTI, _TIOCLINUX):
        program += _when(_IOCTL[column], 1, [_instruction(_EQUAL, request, 0, 1), _refuse(errno.EPERM)])
    return b"".join([*program, _instruction(_RETURN, _ALLOW)])


def _refused(reach: Reach) -> list[tuple[int, int]]:
    tables = {
        Reach.NAMESPACES: (_DENIED,),
        Reach.ANOTHER_USER: (_DENIED, _REACHES_THE_MACHINE),
        Reach.SAME_USER: (_DENIED, _REACHES_THE_MACHINE, _CHANGES_WHAT_THE_USER_OWNS),
    }
    return [numbers for table in tables[reach] for numbers in table.values()]


def _no_network_but_tcp(column: int) -> list[bytes]:
    """Landlock knows connect(2) of plain TCP alone: no UDP, no other protocol, and no connecting by MSG_FASTOPEN.

    `socket` is looked at whole: its family, then its type without flags, then its protocol.
    """
    of_the_internet = [
        _instruction(_LOAD, _ARGUMENTS + 8),
        _instruction(_AND, _TYPE_MASK),
        _instruction(_EQUAL, socket.SOCK_STREAM, 1, 0),
        _refuse(errno.EACCES),
        _instruction(_LOAD, _ARGUMENTS + 16),
        *_unless((0, socket.IPPROTO_TCP), errno.EACCES),
    ]
    inet = _instruction(_EQUAL, socket.AF_INET, 2, 0)
    inet6 = _instruction(_EQUAL, socket.AF_INET6, 1, 0)
    program = _when(_SOCKET[column], 0, [inet, inet6, _jump(len(of_the_internet)), *of_the_internet])
    for call, argument in ((_SENDTO, 3), (_SENDMSG, 2), (_SENDMMSG, 3)):
        program += _when(
            call[column], argument, [_instruction(_MASK, socket.MSG_FASTOPEN, 0, 1), _refuse(errno.EACCES)]
        )
    return program


def _nothing_of_another_process(column: int) -> list[bytes]:
    """Limits and priorities of one's own alone, named by 0; Landlock does not know of these calls."""
    program: list[bytes] = []
    for numbers in _OF_ANOTHER_PROCESS.values():
        program += _when(numbers[column], 0, _unless((0,), errno.EPERM))
    program += _when(_SETPRIORITY[column], 0, _unless((os.PRIO_PROCESS,), errno.EPERM))
    program += _when(_SETPRIORITY[column], 1, _unless((0,), errno.EPERM))
    return program + _when(_IOPRIO_SET[column], 1, _unless((0,), errno.EPERM))


def _jump(over: int) -> bytes:
    return struct.pack("=HBBI", _JUMP, 0, 0, over)


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
