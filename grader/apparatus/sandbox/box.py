"""A box: a place that holds one track's programs, with an agent in it that does as the grader says."""

from __future__ import annotations

import array
import contextlib
import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple

from grader.apparatus.processes import ProcessTable
from grader.apparatus.sandbox import limits
from grader.apparatus.sandbox.paths import paths_of
from grader.apparatus.sockets import SocketTable

AGENT = Path(__file__).with_name("agent.py")
SHIM = Path(__file__).with_name("shim")
PATIENCE_WITH_THE_AGENT = 60.0
"""Seconds within which the agent answers; it does nothing but answer, so only a starved machine needs them."""
SOCKETS_AT_ONCE = 32
"""How many the agent makes at a time."""
_LIBC = ctypes.CDLL(None)
_PIDFD_GETFD = 438
_TIMEVAL = struct.Struct("@ll")
_TIMES = 20
"""How often a connection is asked for that is over: on a busy machine its end takes a moment."""
_AT_ONCE = struct.pack("ii", 1, 0)
"""struct linger: a connection ends by a reset, socket(7)."""


class BoxBroken(Exception):
    """The box did not start, or its agent is gone: never the submission's fault as far as we know."""


class Exited(NamedTuple):
    """A process of the box ended: its pid and its wait status, wait(2)."""

    pid: int
    status: int


class Kept(NamedTuple):
    """What the programs of a box have in files: how many, and how many bytes."""

    files: int
    size: int


class Plan(NamedTuple):
    """How a kind of box starts its agent and its programs.

    Args:
        command: starts the agent; `{fd}` stands for its control socket.
        folder: the submission's folder, as the programs see it.
        shim: folder of the grader's `sitecustomize`, as the programs see it.
        python: the interpreter of the programs.
        user: the uid that the programs take; None: they keep the agent's.
        tasks: how many processes and threads their uid may have here; 0: as many as it likes.
        filter: seccomp filter for the programs.
        keep_open: descriptors that the command inherits.
        powerless: the programs are root's, and lose every capability.
        environment: variables of the programs besides.
        instead: by path of this machine that the programs may name, what is written down for it.
    """

    command: tuple[str, ...]
    folder: str
    shim: str
    python: str
    user: int | None
    tasks: int
    filter: bytes
    keep_open: tuple[int, ...] = ()
    powerless: bool = False
    environment: Mapping[str, str] = MappingProxyType({})
    instead: Mapping[str, str] = MappingProxyType({})


class Box:
    """Owns an agent and all that runs under it; closing it ends everything."""

    tier = ""
    has_its_own_network = True
    may_refuse_what_others_give = False
    """A right program may be refused a file here that it gets elsewhere: its end by that proves nothing."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.paths = paths_of(plan.instead)
        self._exits: list[Exited] = []
        self._spare: list[socket.socket] = []
        self._seeds: set[int] = set()
        self.has_seen_a_spinner = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(PATIENCE_WITH_THE_AGENT)
        command = [word.replace("{fd}", str(theirs.fileno())) for word in plan.command]
        self._errors, errors = os.pipe()
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                pass_fds=(theirs.fileno(), *plan.keep_open),
                start_new_session=True,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            )
        finally:
            os.close(errors)
            theirs.close()
        try:
            self._answer()
            self.processes = ProcessTable(self._proc())
            self.sockets = SocketTable(socket.socket(fileno=self._passed({"do": "netlink"})[0]))
        except BaseException:
            self.close()
            raise

    def _proc(self) -> int:
        """A descriptor of the /proc that shows the box's processes."""
        return self._passed({"do": "folder", "path": "/proc"})[0]

    # --- what runs in it

    def pids(self) -> list[int]:
        """Every process of the box but the agent and its seeds, as the box's own /proc numbers them."""
        return [pid for pid in self._all_below_the_agent() if pid not in self._seeds]

    def _all_below_the_agent(self) -> list[int]:
        return [pid for pid in self.processes.pids() if pid != self.agent]

    @property
    def agent(self) -> int:
        """The agent's pid, as the box's own /proc numbers it; whatever is orphaned is its child."""
        return 1

    def start(
        self,
        program: str,
        *,
        environment: Mapping[str, str],
        outputs: tuple[int, int],
        allowed: limits.Allowed = limits.ALLOWED,
        descriptors: int = 0,
        shimmed: bool = False,
        seeded: bool = False,
        arguments: tuple[str, ...] = (),
    ) -> int:
        """Start a program of the submission as plain `python program`; its pid in the box.

        Args:
            outputs: write ends for its standard output and error.
            allowed: what holds for every program of the box.
            descriptors: its limit of open descriptors, where that is lower than theirs; 0 where it is not.
            shimmed: with the grader's `sitecustomize`.
            seeded: off an interpreter that stands ready, where one may: its environment then came after its start.
            arguments: words for the interpreter in place of the program.
        """
        variables = self._variables(environment)
        with_the_shim = {**variables, "PYTHONPATH": self._plan.shim}
        usual_limits = limits.of_a_process(allowed.descriptors, allowed.file_size, tasks=self._plan.tasks)
        order = {
            "do": "start",
            "command": [self._plan.python, *(arguments or (program,))],
            "environment": with_the_shim if shimmed else variables,
            "folder": self._plan.folder,
            "limits": {**usual_limits, "NOFILE": descriptors or allowed.descriptors},
            "user": self._plan.user,
            "powerless": self._plan.powerless,
            "filter": self._plan.filter.hex(),
            "seed": {"environment": with_the_shim, "limits": usual_limits} if seeded else None,
        }
        started = self._request(order, outputs)[0]
        if started["seed"]:
            self._seeds.add(started["seed"])
        return int(started["pid"])

    def _variables(self, more: Mapping[str, str]) -> dict[str, str]:
        """The environment that every program of the box has, and what is its own."""
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": self._plan.folder,
            "USER": "student",
            "LOGNAME": "student",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONNOUSERSITE": "1",
            **self._plan.environment,
            **more,
        }

    def kept(self) -> Kept:
        """What the programs have in files, where that is limited."""
        return Kept(0, 0)

    def renew(self) -> bool:
        """Have no file that a program has left be found in the next scene; whether that can be said of this box."""
        return True

    @property
    def refuses_forks(self) -> bool:
        """RLIMIT_NPROC holds for its programs: it does not for root, setrlimit(2)."""
        return self._plan.user is not None or os.geteuid() != 0

    def limit(self, pid: int, name: str, soft: int) -> int:
        """Set a soft limit of a running program, RLIMIT_name of setrlimit(2); what it was.

        Raises:
            BoxBroken: the kernel refuses.
        """
        order = {"do": "limit", "pid": pid, "name": name, "soft": soft}
        told = self._request({**order, "user": self._plan.user})[0]
        if "error" in told:
            raise BoxBroken(f"a limit of the program can't be set: {told['error']}")
        return int(told["soft"])

    def timeout_of_a_listener(self, pid: int, descriptor: int) -> float:
        """Seconds after which the kernel ends a call of accept, SO_RCVTIMEO of socket(7); infinite where it never does.

        Nothing in /proc shows it: the socket itself is asked, pidfd_getfd(2). Infinite, too, where that can't be done.
        """
        passed = self._passed({"do": "process", "pid": pid})
        if not passed:
            return float("inf")
        try:
            there = _LIBC.syscall(_PIDFD_GETFD, passed[0], descriptor, 0)
        finally:
            os.close(passed[0])
        if there < 0:
            return float("inf")
        with socket.socket(fileno=there) as listener:
            data = listener.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIMEVAL.size)
        seconds, microseconds = _TIMEVAL.unpack(data)
        return float(seconds + microseconds / 1e6) or float("inf")

    def signal(self, pid: int, number: signal.Signals) -> None:
        """Send a signal to a process of the box; one that has ended gets none.

        The descriptor of /proc/PID stands for that very process, so that no other can be hit: pidfd_send_signal(2).
        """
        try:
            with self.processes.descriptor_of(pid) as descriptor:
                signal.pidfd_send_signal(descriptor, number)
        except (FileNotFoundError, ProcessLookupError):
            return

    def fresh_socket(self) -> socket.socket:
        """A TCP socket of the box's network; the agent makes some at a time, since asking costs more than a socket."""
        if not self._spare:
            passed = self._passed({"do": "sockets", "count": SOCKETS_AT_ONCE})
            self._spare = [socket.socket(fileno=descriptor) for descriptor in passed]
        fresh = self._spare.pop()
        fresh.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # its port is to be had again: see free_ports
        return fresh

    def clear(self) -> None:
        """End every process in the box; the next program finds it empty."""
        self._request({"do": "clear"})
        self._exits.clear()

    def free_ports(self, ports: Collection[int]) -> None:
        """Have ports forget connections that are over, now that nobody listens; whoever binds next would meet them.

        A client that asks anew from the same port is told that it is not known, and answers with a reset, which ends
        TIME_WAIT (RFC 1337, unless the machine forbids it).

        Args:
            ports: where the network is not the box's own.
        """
        for _ in range(_TIMES):
            lingering = [ends for ends in self.sockets.lingering() if self.has_its_own_network or ends[0][1] in ports]
            if not lingering:
                return
            for server, client in lingering:
                with self.fresh_socket() as asking, contextlib.suppress(OSError):
                    asking.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                    asking.setblocking(False)
                    asking.bind(client)
                    asking.connect_ex(server)

    # --- what the agent says

    def fileno(self) -> int:
        """The control socket, to wait on: readable when a process has ended."""
        return self._control.fileno()

    def exits(self) -> list[Exited]:
        """The processes that have ended since the last call, of those that the agent waited for."""
        self._control.setblocking(False)
        try:
            while True:
                self._note(self._control.recv(4096))
        except BlockingIOError:
            pass
        finally:
            self._control.settimeout(PATIENCE_WITH_THE_AGENT)
        seen, self._exits = self._exits, []
        return seen

    def _note(self, message: bytes) -> dict[str, Any] | None:
        """Keep the news of an exit; hand any other message back."""
        if not message:
            raise BoxBroken(self._last_words())
        told: dict[str, Any] = json.loads(message)
        if "exited" not in told:
            return told
        self._seeds.discard(told["exited"])
        self._exits.append(Exited(told["exited"], told["status"]))
        return None

    def _passed(self, order: dict[str, Any]) -> array.array[int]:
        """The descriptors that the agent passes out for an order."""
        return self._request(order)[1]

    def _request(
        self, order: dict[str, Any], descriptors: tuple[int, ...] = ()
    ) -> tuple[dict[str, Any], array.array[int]]:
        """Say one thing to the agent and wait for its answer, and for the descriptors with it."""
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        try:
            self._control.sendmsg([json.dumps(order).encode()], rights if descriptors else [])
            return self._answer()
        except OSError as error:
            raise BoxBroken(f"the box's agent does not answer: {error}") from error

    def _answer(self) -> tuple[dict[str, Any], array.array[int]]:
        while True:
            message, ancillary, _, _ = self._control.recvmsg(4096, socket.CMSG_SPACE(4 * SOCKETS_AT_ONCE))
            told = self._note(message)
            if told is not None:
                passed = array.array("i")
                for _, _, data in ancillary:
                    passed.frombytes(data)
                return told, passed

    def _last_words(self) -> str:
        """What the box's starter said before it ended."""
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            return "the box's agent is gone"
        os.set_blocking(self._errors, False)
        try:
            said = os.read(self._errors, 4096).decode("utf-8", "replace").strip()
        except BlockingIOError:
            said = ""
        return f"the box ended with status {self._process.returncode}: {said or 'without a word'}"

    # --- its end

    def close(self) -> None:
        """End everything in it: the agent exits at the end of its control socket, the kernel ends the rest."""
        if self._control.fileno() < 0:  # it was closed before
            return
        self._control.close()
        try:
            self._process.wait(PATIENCE_WITH_THE_AGENT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for spare in self._spare:
            spare.close()
        for part in ("processes", "sockets"):
            if part in self.__dict__:
                getattr(self, part).close()
        if self._errors >= 0:
            os.close(self._errors)
            self._errors = -1

    def __enter__(self) -> Box:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
