"""The box of the second tier, where namespaces are refused: Landlock, a filter, limits, a subreaper; another user for root.

    scratch folder                      what programs may do there
      home/          the submission       list, read, write, but not execute; their HOME and TMPDIR; anew for each scene
      shim/          our sitecustomize    read
      python/        a virtual            execute; so that what is installed beside the interpreter is not found
                     environment

Processes and network are the machine's own: one server for a port, one submission at a time.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from grader import scratch
from grader.apparatus.sandbox import folders, limits, rulesets, seccomp
from grader.apparatus.sandbox.box import AGENT, SHIM, Kept, Plan
from grader.apparatus.sandbox.interpreter import (
    for_everybody,
    is_passable,
    package_folders,
    prefix_of_the_programs,
    python_of_the_programs,
)
from grader.apparatus.sandbox.on_the_machine import BoxOnTheMachine, tasks_of
from grader.apparatus.sandbox.paths import INTERPRETER, on_the_machine
from grader.apparatus.sandbox.rulesets import Access
from grader.apparatus.sandbox.uids import PooledUid, can_look_into_another_users_processes

SHARED_MEMORY = Path("/dev/shm")
"""sem_open(3) and shm_open(3) make their files there and nowhere else."""
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_FILES = (
    "/etc/ld.so.cache",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/localtime",
    f"/etc/python3.{sys.version_info[1]}",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


class LandlockBox(BoxOnTheMachine):
    """A box without namespaces."""

    tier = "landlock"
    may_refuse_what_others_give = True

    def __init__(self, submission: Path) -> None:
        """Start one.

        Args:
            submission: folder of the programs; they see a copy of it.

        Raises:
            BoxBroken: the agent did not start.
            OSError: the kernel refuses.
        """
        self._submission = submission
        self._until_the_end = contextlib.ExitStack()
        try:
            self._folder = self._until_the_end.enter_context(scratch.folder())
            self._uid: PooledUid | None = None
            if can_look_into_another_users_processes() and is_passable(self._folder):
                self._uid = PooledUid()
                self._until_the_end.callback(self._uid.give_back)
            self._prepare()
            super().__init__(self._planned())
        except BaseException:
            self._until_the_end.close()
            raise

    # --- its folders

    @property
    def _home(self) -> Path:
        return self._folder / "home"

    def _prepare(self) -> None:
        """Make the folders, once; the interpreter's is a virtual environment by hand, PEP 405."""
        prefix = for_everybody() if self._uid else prefix_of_the_programs()
        self._interpreter = prefix
        binaries = prefix / "bin" if prefix != prefix_of_the_programs() else Path(python_of_the_programs()).parent
        for name in ("home", "shim", "python", "python/bin"):
            (self._folder / name).mkdir()
            (self._folder / name).chmod(0o755)
        (self._folder / "python" / "pyvenv.cfg").write_text(f"home = {binaries}\n")
        (self._folder / "python" / "bin" / "python3").symlink_to(binaries / Path(python_of_the_programs()).name)
        for module in SHIM.glob("*.py"):
            shutil.copyfile(module, self._folder / "shim" / module.name)
        if self._uid:  # it may add files of its own, and neither change nor remove the submission's: the sticky bit
            os.chown(self._home, 0, self._uid.number)
            self._home.chmod(0o1770)
        else:
            self._home.chmod(0o700)
        self._until_the_end.callback(self._remove_what_is_left)
        self._renew()

    def _renew(self) -> None:
        """The submission's files as they were handed in, and nothing else."""
        self._remove_what_is_left()
        shutil.copytree(self._submission, self._home, dirs_exist_ok=True, copy_function=shutil.copyfile)
        if self._uid:
            self._home.chmod(0o1770)  # copytree gave it the submission's own mode

    def _remove_what_is_left(self) -> None:
        folders.empty(self._home)
        for path in self._in_shared_memory():
            path.unlink(missing_ok=True)

    def _in_shared_memory(self) -> Iterator[Path]:
        """The files that our uid has in /dev/shm; none are ours to name where we have no uid of our own."""
        if self._uid and SHARED_MEMORY.is_dir():
            for entry in os.scandir(SHARED_MEMORY):
                with contextlib.suppress(FileNotFoundError):
                    if entry.stat(follow_symlinks=False).st_uid == self._uid.number:
                        yield Path(entry.path)

    # --- what its programs may do

    def _planned(self) -> Plan:
        user = self._uid.number if self._uid else None
        fences = [rulesets.for_the_agent()]
        self._until_the_end.callback(os.close, fences[0])
        fences.append(rulesets.for_programs(self._rules()))
        self._until_the_end.callback(os.close, fences[1])
        return Plan(
            command=(sys.executable, "-I", "-S", str(AGENT), "{fd}", *map(str, fences)),
            folder=str(self._home),
            shim=str(self._folder / "shim"),
            python=str(self._folder / "python" / "bin" / "python3"),
            user=user,
            tasks=self._tasks(),
            filter=seccomp.deny_list(seccomp.Reach.ANOTHER_USER if user else seccomp.Reach.SAME_USER),
            keep_open=tuple(fences),
            powerless=user is None and os.geteuid() == 0,
            environment=self._environment(),
            instead=self._instead(),
        )

    def _instead(self) -> dict[str, str]:
        ours = on_the_machine(self._home, self._folder, self._folder / "shim")
        return {**ours, str(self._interpreter): INTERPRETER}

    def _tasks(self) -> int:
        """NPROC counts all that the uid has on this machine, and holds no root."""
        if self._uid:
            return limits.TASKS
        return 0 if os.geteuid() == 0 else tasks_of(os.geteuid()) + limits.TASKS_BESIDE_OTHERS

    def _environment(self) -> dict[str, str]:
        has_moved = self._interpreter != prefix_of_the_programs()
        libraries = {"LD_LIBRARY_PATH": str(self._interpreter / "lib")} if has_moved else {}
        return {"TMPDIR": str(self._home), **libraries}

    def _rules(self) -> Iterator[tuple[Path, Access]]:
        """The system and the interpreter without packages; a device or two; the box's own folders."""
        for root in {*map(Path, _SYSTEM), self._interpreter}:
            if root.is_dir():
                yield root, rulesets.LIST
                yield from ((path, rulesets.READ) for path in all_but(root.resolve(), package_folders()))
        yield from ((Path(path), rulesets.READ) for path in _FILES)
        yield from ((Path(path), rulesets.READ_AND_WRITE) for path in _DEVICES)
        yield self._folder / "python", rulesets.READ
        yield self._folder / "shim", rulesets.READ
        yield self._home, rulesets.OWN
        if self._uid:
            yield SHARED_MEMORY, rulesets.FILES_ALONE

    # --- its life

    def renew(self) -> bool:
        """Let its folder be as it was; no other can be written to."""
        self._renew()
        return True

    def kept(self) -> Kept:
        """What the programs have in files, those without a name included."""
        named = folders.kept_in(self._home, *self._in_shared_memory())
        nameless: dict[tuple[int, int], int] = {}
        for pid in self.pids():
            nameless |= self.processes.files_without_a_name(pid)
        return Kept(named.files + len(nameless), named.size + sum(nameless.values()))

    def close(self) -> None:
        """End everything in it; its folder goes, and its uid is given back."""
        super().close()
        self._until_the_end.close()


def all_but(folder: Path, excluded: list[Path]) -> Iterator[Path]:
    """The paths that together are a folder without some folders in it: a rule of Landlock's can't be taken back."""
    inside = [path for path in excluded if path.is_relative_to(folder)]
    if not inside:
        yield folder
        return
    for entry in sorted(folder.iterdir()):
        if entry in inside:
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from all_but(entry, inside)
        elif entry.exists():
            yield entry
