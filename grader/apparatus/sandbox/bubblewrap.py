"""The box of the first tier: bubblewrap, with namespaces of its own for processes, network, files, IPC and users.

                run by root                                by an ordinary user
agent           root with SETUID, SETGID and KILL          the user, in a user namespace without more
programs        a uid of the pool, no capability           the same uid, no capability
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from grader.apparatus.sandbox import limits, seccomp
from grader.apparatus.sandbox.box import AGENT, SHIM, Box, Kept, Plan
from grader.apparatus.sandbox.interpreter import package_folders, prefix_of_the_programs, python_of_the_programs
from grader.apparatus.sandbox.paths import SUBMISSION
from grader.apparatus.sandbox.uids import PooledUid

WRITABLE = (SUBMISSION, "/tmp", "/dev/shm")
ROOM = str(2 * limits.FOLDER)
"""Bytes of each: so much is never written, since whoever is seen above the limit is ended."""
_HOSTS = "127.0.0.1 localhost lab\n::1 localhost\n"
_NSSWITCH = "hosts: files\npasswd: files\ngroup: files\n"


class BubblewrapBox(Box):
    """A box of bubblewrap's."""

    tier = "bubblewrap"

    def __init__(self, submission: Path) -> None:
        """Start one.

        Args:
            submission: folder of the programs; they see its files read-only, within a folder they may write to.

        Raises:
            BoxBroken: bubblewrap is missing, or the kernel refuses.
        """
        self._uid = PooledUid() if os.geteuid() == 0 else None
        self._files = _files_of_the_system(self._uid.number if self._uid else os.getuid())
        self._writable: list[int] = []
        self._at_the_start = Kept(0, 0)
        try:
            super().__init__(self._planned(submission))
            self._writable += [self._passed({"do": "folder", "path": path})[0] for path in WRITABLE]
        except BaseException:
            self._give_back()
            raise
        self._at_the_start = self.kept()

    def _planned(self, submission: Path) -> Plan:
        user = self._uid.number if self._uid else None
        command = [
            shutil.which("bwrap") or "bwrap",
            *_namespaces(as_root=user is not None),
            *_environment(),
            *_system(self._files),
            *_interpreter(),
            *_without_packages(),
            *_submission(submission),
            "--ro-bind", str(AGENT), "/agent.py",
            "--ro-bind", str(SHIM), "/shim",
            "--chdir", "/",
            "--remount-ro", "/",
            "--", python_of_the_programs(), "-I", "-S", "/agent.py", "{fd}",
        ]  # fmt: skip
        return Plan(
            command=tuple(command),
            folder=SUBMISSION,
            shim="/shim",
            python=python_of_the_programs(),
            user=user,
            tasks=limits.TASKS,
            filter=seccomp.deny_list(),
            keep_open=tuple(self._files.values()),
        )

    def kept(self) -> Kept:
        """What the programs have in files, those without a name included: as the file systems count it, statvfs(3)."""
        now = [_used(folder) for folder in self._writable]
        return Kept(
            sum(seen.files for seen in now) - self._at_the_start.files,
            sum(seen.size for seen in now) - self._at_the_start.size,
        )

    def renew(self) -> bool:
        """Another box costs less than to look for files that are their owner's alone to remove."""
        return self.kept() == Kept(0, 0)

    def close(self) -> None:
        """End everything in it, and give its uid back."""
        super().close()
        self._give_back()

    def _give_back(self) -> None:
        for descriptor in (*self._files.values(), *self._writable):
            os.close(descriptor)
        self._files, self._writable = {}, []
        if self._uid:
            self._uid.give_back()


def is_installed() -> bool:
    """There is a `bwrap` on the PATH."""
    return shutil.which("bwrap") is not None


def _namespaces(*, as_root: bool) -> list[str]:
    words = [
        "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
        "--as-pid-1", "--new-session", "--hostname", "lab", "--cap-drop", "ALL",
    ]  # fmt: skip
    if as_root:  # a user namespace would hide the uids of the pool
        return [
            *words, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_KILL",
        ]  # fmt: skip
    return [*words, "--unshare-user", "--disable-userns"]


def _environment() -> list[str]:
    return ["--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LANG", "C.UTF-8"]


def _files_of_the_system(user: int) -> dict[str, int]:
    """What stands in /etc, by path: descriptors from which bubblewrap can read it. The user has a name, and so has the host."""
    group = os.getgid() if user == os.getuid() else user
    contents = {
        "/etc/hosts": _HOSTS,
        "/etc/nsswitch.conf": _NSSWITCH,
        "/etc/passwd": f"student:x:{user}:{group}:student:{SUBMISSION}:/bin/sh\n",
        "/etc/group": f"student:x:{group}:\n",
    }
    return {path: _readable(text.encode()) for path, text in contents.items()}


def _system(files: Mapping[str, int]) -> list[str]:
    """The operating system, read-only, and what is writable in it."""
    words = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib32", "lib64", "sbin"):
        path = Path("/", name)
        if path.is_symlink():
            words += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    words += ["--perms", "0755", "--dir", "/etc"]  # else what is in it can't be reached
    words += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for path_in_box, descriptor in files.items():
        words += ["--perms", "0444", "--ro-bind-data", str(descriptor), path_in_box]
    return [
        *words,
        "--proc", "/proc",
        "--dev", "/dev",
        "--size", ROOM, "--perms", "1777", "--tmpfs", "/dev/shm",
        "--remount-ro", "/dev",
        "--size", ROOM, "--perms", "1777", "--tmpfs", "/tmp",
    ]  # fmt: skip


def _interpreter() -> list[str]:
    """Its files, where they do not lie under /usr; each folder above them is made passable first."""
    prefix = prefix_of_the_programs()
    if prefix.is_relative_to("/usr"):
        return []
    words: list[str] = []
    for parent in reversed(prefix.parents[:-1]):
        words += ["--perms", "0755", "--dir", str(parent)]
    return [*words, "--ro-bind", str(prefix), str(prefix)]


def _without_packages() -> list[str]:
    """Nothing but the standard library: what is installed beside it here (a package, a `.pth`) must change no grade.

    It saves the programs' start what such files do at every one, too; site(3).
    """
    return [word for folder in package_folders() for word in ("--tmpfs", str(folder), "--remount-ro", str(folder))]


def _submission(folder: Path) -> list[str]:
    """A writable folder that holds the submission's own files read-only."""
    words = ["--size", ROOM, "--perms", "1777", "--tmpfs", SUBMISSION]
    for entry in sorted(folder.iterdir()):
        words += ["--ro-bind", str(entry), f"{SUBMISSION}/{entry.name}"]
    return words


def _used(folder: int) -> Kept:
    """What lies in the file system of a folder."""
    seen = os.fstatvfs(folder)
    return Kept(seen.f_files - seen.f_ffree, (seen.f_blocks - seen.f_bfree) * seen.f_frsize)


def _readable(data: bytes) -> int:
    """A descriptor from which bubblewrap can read these bytes."""
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    return reader
