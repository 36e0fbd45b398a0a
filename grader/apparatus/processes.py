"""Reads the processes of a box from proc(5); changes nothing.

psutil has no word for system calls, pending signals and context switches, and reads only the /proc of its own
pid namespace; these files are read relative to the descriptor of the box's own /proc.
"""

from __future__ import annotations

import os
import re
import signal
import stat
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

CALLS_BY_MACHINE: dict[str, dict[int, str]] = {
    "x86_64": {
        0: "read", 1: "write", 7: "poll", 19: "readv", 20: "writev", 23: "select", 34: "pause",
        35: "nanosleep", 42: "connect", 43: "accept", 44: "sendto", 45: "recvfrom", 46: "sendmsg",
        47: "recvmsg", 61: "wait4", 73: "flock", 128: "rt_sigtimedwait", 130: "rt_sigsuspend",
        202: "futex", 219: "restart_syscall", 230: "clock_nanosleep", 232: "epoll_wait",
        247: "waitid", 270: "pselect6", 271: "ppoll", 281: "epoll_pwait", 288: "accept4",
        441: "epoll_pwait2",
    },
    "aarch64": {
        22: "epoll_pwait", 32: "flock", 63: "read", 64: "write", 65: "readv", 66: "writev",
        72: "pselect6", 73: "ppoll", 95: "waitid", 98: "futex", 101: "nanosleep",
        115: "clock_nanosleep", 128: "restart_syscall", 133: "rt_sigsuspend", 137: "rt_sigtimedwait",
        202: "accept", 203: "connect", 206: "sendto", 207: "recvfrom", 211: "sendmsg",
        212: "recvmsg", 242: "accept4", 260: "wait4", 441: "epoll_pwait2",
    },
}  # fmt: skip
CALLS = CALLS_BY_MACHINE.get(os.uname().machine, CALLS_BY_MACHINE["x86_64"])
CALLS_ON_A_DESCRIPTOR = frozenset(
    {"read", "write", "readv", "writev", "accept", "accept4", "recvfrom", "recvmsg", "sendto",
     "sendmsg", "connect"}
)  # fmt: skip
PF_EXITING = 0x4
"""linux/sched.h."""
TIMER_ABSTIME = 1
FUTEX_CLOCK_REALTIME = 256
FUTEX_WAIT_BITSET = 9

_STATUS = re.compile(
    rb"^(State|PPid|Threads|SigPnd|ShdPnd|SigBlk|SigIgn|SigCgt|voluntary_ctxt_switches|"
    rb"nonvoluntary_ctxt_switches):\s+(\S+)",
    re.MULTILINE,
)
_ALARM = 1 << (signal.SIGALRM - 1)
_NOT_OF_FILES = re.compile(rb"^Rss(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)
_SHARE_NOT_OF_FILES = re.compile(rb"^Pss_(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)


class Thread(NamedTuple):
    """One thread, as it was when it was read.

    Args:
        switches: context switches, voluntary and not; they grow whenever it has run.
        pending: an unblocked signal that is not ignored is on its way to it.
        call: name of the system call in which it sleeps; "" where it is in none.
        inode: of the socket that the call is about; 0 if about none.
        catches_alarms: its process has a handler for SIGALRM.
    """

    pid: int
    tid: int
    parent: int
    state: str
    switches: tuple[int, int]
    pending: bool
    call: str
    arguments: tuple[int, ...]
    inode: int
    catches_alarms: bool = False

    @property
    def sleeps(self) -> bool:
        """It is in an interruptible sleep, within a system call, and no signal will wake it."""
        return self.state == "S" and bool(self.call) and not self.pending


class Gone(Exception):
    """The process ended while it was being read."""


class ProcessTable:
    """The processes of one box, read through the descriptor of its /proc; owned by the box."""

    def __init__(self, proc: int) -> None:
        self._proc = proc

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._proc)

    @contextmanager
    def descriptor_of(self, pid: int) -> Iterator[int]:
        """A descriptor that stands for one process, whoever gets its pid later."""
        descriptor = os.open(str(pid), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._proc)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _opened(self, path: str, flags: int = 0) -> int:
        """A descriptor of a file or folder of proc(5).

        Raises:
            Gone: the process has ended, or is about to: then its own user may not look into it any more.
        """
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC | flags, dir_fd=self._proc)
        except (FileNotFoundError, ProcessLookupError) as gone:
            raise Gone(path) from gone
        except PermissionError as refused:
            pid, _, rest = path.partition("/")
            if rest != "stat" and self._is_at_its_end(int(pid)):
                raise Gone(path) from refused
            raise

    def _is_at_its_end(self, pid: int) -> bool:
        """Its memory is gone already; PF_EXITING in the flags of `stat`, proc(5)."""
        return bool(int(self.read(f"{pid}/stat").rpartition(b")")[2].split()[6]) & PF_EXITING)

    def read(self, path: str) -> bytes:
        """The contents of a small file of proc(5).

        Raises:
            Gone: the process has ended.
        """
        descriptor = self._opened(path)
        try:
            return os.read(descriptor, 65536)
        except ProcessLookupError as gone:
            raise Gone(path) from gone
        finally:
            os.close(descriptor)

    def names(self, path: str) -> list[str]:
        """The names in a folder of proc(5).

        Raises:
            Gone: the process has ended.
        """
        descriptor = self._opened(path, os.O_DIRECTORY)
        try:
            return os.listdir(descriptor)
        except (FileNotFoundError, ProcessLookupError) as gone:
            raise Gone(path) from gone
        finally:
            os.close(descriptor)

    def pids(self) -> list[int]:
        """Every process that this /proc shows."""
        # only digits come before a colon, and it is asked often
        return [int(name) for name in self.names(".") if name < ":"]

    def threads(self, pid: int) -> list[Thread]:
        """The threads of a process.

        Raises:
            Gone: it has ended.
        """
        leader, count = self._thread(pid, pid)
        if count == 1:
            return [leader]
        tids = (int(name) for name in self.names(f"{pid}/task"))
        return [leader, *(self._thread(pid, tid)[0] for tid in sorted(tids) if tid != pid)]

    def _thread(self, pid: int, tid: int) -> tuple[Thread, int]:
        status = dict(_STATUS.findall(self.read(f"{pid}/task/{tid}/status")))
        state = status[b"State"].decode()
        pending = 0
        if status[b"SigPnd"].strip(b"0") or status[b"ShdPnd"].strip(b"0"):
            pending = (int(status[b"SigPnd"], 16) | int(status[b"ShdPnd"], 16)) & ~(
                int(status[b"SigBlk"], 16) | int(status[b"SigIgn"], 16)
            )
        call, inode = "", 0
        arguments: tuple[int, ...] = ()
        if state in "SDT":
            call, arguments, inode = self._call(pid, tid)
        thread = Thread(
            pid=pid,
            tid=tid,
            parent=int(status[b"PPid"]),
            state=state,
            switches=(
                int(status[b"voluntary_ctxt_switches"]),
                int(status[b"nonvoluntary_ctxt_switches"]),
            ),
            pending=bool(pending),
            call=call,
            arguments=arguments,
            inode=inode,
            catches_alarms=bool(int(status[b"SigCgt"], 16) & _ALARM),
        )
        return thread, int(status.get(b"Threads", b"1"))

    def _call(self, pid: int, tid: int) -> tuple[str, tuple[int, ...], int]:
        fields = self.read(f"{pid}/task/{tid}/syscall").split()
        if not fields or fields[0] in (b"running", b"-1"):
            return "", (), 0
        call = CALLS.get(int(fields[0]), f"system call {int(fields[0])}")
        arguments = tuple(int(field, 16) for field in fields[1:7])
        inode = self.inode(pid, arguments[0]) if call in CALLS_ON_A_DESCRIPTOR else 0
        return call, arguments, inode

    def inode(self, pid: int, descriptor: int) -> int:
        """Inode of the socket behind a process's descriptor; 0 if it is none."""
        try:
            target = os.readlink(f"{pid}/fd/{descriptor}", dir_fd=self._proc)
        except OSError:
            return 0
        return int(target[8:-1]) if target.startswith("socket:[") else 0

    def descriptors(self, pid: int) -> dict[int, str]:
        """Number and target of every open descriptor of a process; none of one that has ended."""
        try:
            numbers = sorted(int(name) for name in self.names(f"{pid}/fd"))
        except Gone:
            return {}
        found = {}
        for number in numbers:
            try:
                found[number] = os.readlink(f"{pid}/fd/{number}", dir_fd=self._proc)
            except OSError:
                continue
        return found

    def files_without_a_name(self, pid: int) -> dict[tuple[int, int], int]:
        """Bytes on the disk of files that a process holds and nobody can find any more, by device and inode."""
        found = {}
        with suppress(Gone):
            for number in self.names(f"{pid}/fd"):
                with suppress(OSError):
                    status = os.stat(f"{pid}/fd/{number}", dir_fd=self._proc)
                    if stat.S_ISREG(status.st_mode) and not status.st_nlink:
                        found[status.st_dev, status.st_ino] = status.st_blocks * 512
        return found

    def sockets_of(self, pid: int) -> set[int]:
        """Inodes of the sockets that a process holds."""
        targets = self.descriptors(pid).values()
        return {int(target[8:-1]) for target in targets if target.startswith("socket:[")}

    def would_block(self, pid: int, inode: int) -> bool:
        """A process's socket is in blocking mode: O_NONBLOCK in the flags of `fdinfo`, proc(5)."""
        numbers = [n for n, target in self.descriptors(pid).items() if target == f"socket:[{inode}]"]
        try:
            fields = self.read(f"{pid}/fdinfo/{numbers[0]}").split() if numbers else []
        except Gone:
            return False
        return b"flags:" in fields and not int(fields[fields.index(b"flags:") + 1], 8) & os.O_NONBLOCK

    def children(self, pid: int) -> list[int]:
        """The children of a process, of all its threads."""
        try:
            tids = self.names(f"{pid}/task")
            lists = [self.read(f"{pid}/task/{tid}/children") for tid in tids]
        except Gone:
            return []
        return [int(child) for line in lists for child in line.split()]

    def seconds_run(self, pid: int, tid: int) -> tuple[float, float]:
        """Seconds that a thread has run, and seconds that it stood runnable without a core.

        From `schedstat` (proc(5)), in nanoseconds there; (0, 0) once the thread has ended.
        """
        try:
            fields = self.read(f"{pid}/task/{tid}/schedstat").split()
        except Gone:
            return 0.0, 0.0
        return int(fields[0]) / 1e9, int(fields[1]) / 1e9

    def bytes_at_most(self, pid: int) -> int:
        """Resident memory of a process that no file stands for, in bytes; what several share counts for each of them."""
        return self._sum(pid, "status", _NOT_OF_FILES)

    def bytes_of_its_share(self, pid: int) -> int:
        """The same, but of what several share only its share: `smaps_rollup`, proc(5)."""
        return self._sum(pid, "smaps_rollup", _SHARE_NOT_OF_FILES)

    def _sum(self, pid: int, file: str, lines: re.Pattern[bytes]) -> int:
        try:
            return sum(int(kilobytes) << 10 for kilobytes in lines.findall(self.read(f"{pid}/{file}")))
        except Gone:
            return 0

    def memory(self, pid: int, address: int, size: int) -> bytes | None:
        """Some bytes of a process's memory; None where they can't be had."""
        try:
            descriptor = os.open(f"{pid}/mem", os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return None
        try:
            return os.pread(descriptor, size, address)
        except OSError:
            return None
        finally:
            os.close(descriptor)

    def polled(self, thread: Thread) -> frozenset[int] | None:
        """Inodes of the sockets that a thread in poll(2) waits for; None where we can't tell."""
        if thread.call not in ("poll", "ppoll") or not 0 < thread.arguments[1] <= 64:
            return None
        array = self.memory(thread.pid, thread.arguments[0], 8 * thread.arguments[1])
        if array is None or len(array) % 8:
            return None
        return frozenset(self.inode(thread.pid, descriptor) for descriptor, _, _ in struct.iter_unpack("=ihh", array))

    def time_left(self, thread: Thread) -> float | None:
        """Seconds until a thread's timer wakes it; infinite where it has none, None where we can't tell.

        A relative timeout counts from when the sleep began, so that what is returned is an upper bound.
        """
        call, arguments = thread.call, thread.arguments
        if call == "poll":
            return _milliseconds(arguments[2])
        if call in ("epoll_wait", "epoll_pwait"):
            return _milliseconds(arguments[3])
        if call == "select":
            return self._timeout(thread, arguments[4], unit=1e6)
        if call in ("pselect6",):
            return self._timeout(thread, arguments[4])
        if call in ("ppoll", "rt_sigtimedwait"):
            return self._timeout(thread, arguments[2])
        if call == "epoll_pwait2":
            return self._timeout(thread, arguments[3])
        if call == "nanosleep":
            return self._timeout(thread, arguments[0])
        if call == "clock_nanosleep":
            until = self._timeout(thread, arguments[2])
            if until is None or not arguments[1] & TIMER_ABSTIME:
                return until
            return until - time.clock_gettime(arguments[0])
        if call == "futex":
            until = self._timeout(thread, arguments[3])
            if until is None or until == float("inf") or arguments[1] & 127 != FUTEX_WAIT_BITSET:
                return until
            real = arguments[1] & FUTEX_CLOCK_REALTIME
            return until - time.clock_gettime(time.CLOCK_REALTIME if real else time.CLOCK_MONOTONIC)
        return None if call == "restart_syscall" else float("inf")

    def _timeout(self, thread: Thread, address: int, unit: float = 1e9) -> float | None:
        """A `struct timespec` or `struct timeval` of the thread's memory, in seconds."""
        if not address:
            return float("inf")
        data = self.memory(thread.pid, address, 16)
        if data is None or len(data) != 16:
            return None
        whole, part = struct.unpack("=qq", data)
        return float(whole + part / unit)


def _milliseconds(argument: int) -> float:
    """The timeout of poll(2) and epoll_wait(2): negative is none."""
    signed = argument & 0xFFFFFFFF
    return float("inf") if signed >= 1 << 31 else signed / 1000
