"""PID 1 of a box: starts programs, passes sockets of its network out, reaps, ends everything.

Runs alone (`python -I -S agent.py`), imports nothing of the grader, and trusts nothing but its control socket:

    grader                                agent
      {"do": "start", ...} + 2 pipes  ->    forks, limits, execs; or has a seed fork, see shim/seed.py
                                      <-  {"pid": 7, "seed": 5}
      {"do": "sockets", "count": 9}   ->
                                      <-  {} + TCP sockets
      {"do": "netlink"}               ->
                                      <-  {} + a netlink socket, sock_diag(7)
      {"do": "process", "pid": 7}     ->
                                      <-  {} + a pidfd, pidfd_open(2); none of one that has ended
      {"do": "limit", "pid": 7, ...}  ->    sets a soft limit of a program
                                      <-  {"soft": 256}, what it was, or {"error": ...}
      {"do": "clear"}                 ->    kills all but itself and its seeds, reaps all
                                      <-  {}
                                      <-  {"exited": 7, "status": 256}       at any time
      end of file                     ->    exits; the kernel ends the rest of its pid namespace

Where it is not PID 1 of a namespace it is the subreaper of all that it starts. Two Landlock rulesets may be handed to it
as descriptors: one that it takes itself, so that kill(-1) reaches nothing but what is below it, and one that each
program takes before it is executed.
"""

import array
import ctypes
import errno
import json
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Iterable

PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2
PR_CAPBSET_DROP = 24
LANDLOCK_RESTRICT_SELF = 446
LIBC = ctypes.CDLL(None, use_errno=True)
FENCES = tuple(int(word) for word in sys.argv[2:])
"""Descriptors of rulesets: the agent's own, the programs'; none where namespaces are the fence, or nothing is."""
PATIENCE_WITH_A_SEED = 20.0
"""Seconds within which a seed forks a server off; then the program is started anew, which is never wrong, only slower."""
SURPRISES = 5
"""How often somebody new may be there when everybody was sent SIGKILL; who multiplies faster is ended at one instant."""


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def prctl(option: int, *arguments: object) -> None:
    """prctl(2).

    Raises:
        OSError: as the kernel says.
    """
    if LIBC.prctl(option, *arguments, *(0,) * (4 - len(arguments))):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class Seed:
    """An interpreter that has started and stands before its program's first line; servers are forked off it."""

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid = pid
        self.control = control


SEEDS: dict[str, Seed | None] = {}
"""By the program that it stands before; None: it failed us, or was ended, and the program is started anew from then on."""


def become(order: dict[str, object], outputs: list[int], kept: int) -> None:
    """In the child: take the limits, the user, the filter; then become the program.

    Args:
        kept: the only descriptor besides the standard ones that stays open until then, and after it if inheritable.
    """
    os.setsid()
    standard_input = os.open(os.devnull, os.O_RDONLY)
    for target, source in enumerate((standard_input, *outputs)):
        os.dup2(source, target)
    if FENCES:
        restrict_self(FENCES[1])
    os.closerange(3, kept)
    os.closerange(kept + 1, 4096)
    for number in range(1, signal.NSIG):
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            try:
                signal.signal(number, signal.SIG_DFL)
            except (OSError, ValueError):
                continue
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if order["powerless"]:
        drop_every_capability()
    take_the_user(order["user"])
    for name, value in order["limits"].items():  # type: ignore[attr-defined]
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    os.chdir(str(order["folder"]))
    instructions = bytes.fromhex(str(order["filter"]))
    if instructions:
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        program = _Filter(len(instructions) // 8, instructions)
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program))
    command = [str(word) for word in order["command"]]  # type: ignore[attr-defined]
    os.execve(command[0], command, order["environment"])  # type: ignore[arg-type]


def restrict_self(ruleset: int) -> None:
    """landlock_restrict_self(2), for good.

    Raises:
        OSError: as the kernel says.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    if LIBC.syscall(LANDLOCK_RESTRICT_SELF, ruleset, ctypes.c_uint32(0)):
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")


def drop_every_capability() -> None:
    """Leave none to be gained: a root without a bounding set has no capability after exec, capabilities(7).

    Raises:
        OSError: as the kernel says.
    """
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno == errno.EINVAL:  # there are no more
                return
            raise


def take_the_user(user: object) -> None:
    """Become the user of the programs, for good; None: we are it already."""
    if isinstance(user, int):
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def limit(order: dict[str, object]) -> dict[str, object]:
    """Set a soft limit of a running program, prlimit(2); what it was.

    The kernel asks for the program's own uid, whatever else we may do: a child of ours takes it and does it.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            take_the_user(order["user"])
            kind = getattr(resource, f"RLIMIT_{order['name']}")
            soft, hard = resource.prlimit(int(str(order["pid"])), kind)
            resource.prlimit(int(str(order["pid"])), kind, (int(str(order["soft"])), hard))
            os.write(writer, json.dumps({"soft": soft}).encode())
        except BaseException as error:
            os.write(writer, json.dumps({"error": str(error)}).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        answer: dict[str, object] = json.loads(told.read())
    os.waitpid(child, 0)
    return answer


def start(order: dict[str, object], outputs: list[int]) -> dict[str, int]:
    """Start the program, off its seed where it may have one; its pid, and its seed's."""
    try:
        pid = forked_off_a_seed(order, outputs) if order["seed"] else 0
        pid = pid or started_anew(order, outputs)
    finally:
        for descriptor in outputs:
            os.close(descriptor)
    seed = SEEDS.get(program_of(order))
    return {"pid": pid, "seed": seed.pid if seed else 0}


def program_of(order: dict[str, object]) -> str:
    """The command that the order starts."""
    return json.dumps(order["command"])


def started_anew(order: dict[str, object], outputs: list[int]) -> int:
    """Fork the program off; its pid, once it is the program: until then it is a copy of us, which nobody may look into."""
    it_runs, executed = os.pipe()
    pid = os.fork()
    if not pid:
        _become_or_say_why(order, outputs, executed)
    os.close(executed)
    os.read(it_runs, 1)  # its end: execve(2) closes the other one
    os.close(it_runs)
    return pid


def forked_off_a_seed(order: dict[str, object], outputs: list[int]) -> int:
    """Have the program's seed fork a server off; its pid once it runs as our child, 0 if that can't be."""
    program = program_of(order)
    if program not in SEEDS:
        SEEDS[program] = planted(order)
    seed = SEEDS[program]
    if seed is None:
        return 0
    limits = ",".join(f"{name}={value}" for name, value in order["limits"].items())  # type: ignore[attr-defined]
    environment = [f"{name}={value}" for name, value in order["environment"].items()]  # type: ignore[attr-defined]
    try:
        os.kill(seed.pid, signal.SIGCONT)  # a program may have sent SIGSTOP to everybody
        socket.send_fds(seed.control, ["\0".join([limits, *environment]).encode()], outputs)
        pid = int(seed.control.recv(64))
        if pid and parent_of(pid) != os.getpid():
            raise ValueError(f"{pid} is no child of ours")
    except (OSError, ValueError):  # it was ended, has no patience, or says what no seed says
        kill_each([seed.pid])
        forget_seed(seed.pid)
        return 0
    return pid


def parent_of(pid: int) -> int:
    """From `stat`, proc(5).

    Raises:
        OSError: there is no such process.
    """
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[1])


def planted(order: dict[str, object]) -> Seed:
    """Start a program's interpreter with our `sitecustomize`, in which it waits for orders."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    reader, silent = os.pipe()  # a pipe, as the servers will have: the interpreter sizes its buffers by what it sees
    seed: dict[str, object] = dict(order["seed"])  # type: ignore[call-overload]
    seed["environment"] = {**seed["environment"], "FORKLAB_SEED": str(theirs.fileno())}  # type: ignore[dict-item]
    pid = os.fork()
    if not pid:
        theirs.set_inheritable(True)
        _become_or_say_why({**order, **seed}, [silent, silent], theirs.fileno())
    theirs.close()
    os.close(reader)
    os.close(silent)
    ours.settimeout(PATIENCE_WITH_A_SEED)
    return Seed(pid, ours)


def forget_seed(pid: int) -> None:
    """It is no seed any more."""
    for program, seed in SEEDS.items():
        if seed and seed.pid == pid:
            seed.control.close()
            SEEDS[program] = None


def _become_or_say_why(order: dict[str, object], outputs: list[int], kept: int) -> None:
    """Never returns."""
    try:
        become(order, outputs, kept)
    except BaseException as error:
        os.write(2, f"the box could not start the program: {error!r}\n".encode())
    finally:
        os._exit(127)


def reap(control: socket.socket | None, *, until_none_is_left: bool = False) -> None:
    """Wait for whoever has ended, and say so."""
    while True:
        try:
            pid, status = os.waitpid(-1, 0 if until_none_is_left else os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        forget_seed(pid)
        if control:
            control.send(json.dumps({"exited": pid, "status": status}).encode())


def end_all_servers(control: socket.socket, woken: int) -> None:
    """Kill every process of the box but this one and the seeds, and reap them all; tell of each."""
    known: set[int] = set()
    surprises = 0
    while others := everybody() - {seed.pid for seed in SEEDS.values() if seed}:
        surprises += not others <= known
        if surprises > SURPRISES:
            end_everything(control)
            return
        known |= others
        kill_each(others)
        reap(control)
        if select.select([woken], [], [], 0.001)[0]:
            os.read(woken, 4096)
            reap(control)


def everybody() -> set[int]:
    """Every process of the box but this one."""
    if os.getpid() == 1:
        return {int(name) for name in os.listdir("/proc") if name.isdigit()} - {1}
    return set(descendants())


def end_everything(control: socket.socket | None) -> None:
    """Kill every process of the box but this one, and reap them all; tell of each, unless the grader is gone."""
    if os.getpid() == 1:
        kill_all_there_are()
        reap(control, until_none_is_left=True)
        return
    while below := descendants():
        if FENCES:
            kill_all_there_are()
        else:
            kill_each(below)
        reap(control)
        select.select([], [], [], 0.001)


def kill_all_there_are() -> None:
    """SIGKILL to every process that we may send a signal to: those of the box alone, at one instant.

    Raises:
        RuntimeError: the grader is among them, which must never be.
    """
    if os.getpid() != 1:
        try:
            os.kill(os.getppid(), 0)
        except PermissionError:
            pass
        else:
            raise RuntimeError("Landlock does not keep our signals within")
    try:
        os.kill(-1, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def kill_each(pids: Iterable[int]) -> None:
    """SIGKILL to each of these."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def descendants() -> list[int]:
    """Every process below this one: orphans too, since it is their subreaper."""
    found: list[int] = []
    todo = [os.getpid()]
    while todo:
        parent = todo.pop()
        try:
            tasks = os.listdir(f"/proc/{parent}/task")
            for task in tasks:
                with open(f"/proc/{parent}/task/{task}/children", encoding="ascii") as file:
                    children = [int(word) for word in file.read().split()]
                found += children
                todo += children
        except OSError:
            continue
    return found


def obey(control: socket.socket, woken: int) -> bool:
    """Carry out one order; False at the end of the box."""
    try:
        message, ancillary, _, _ = control.recvmsg(1 << 18, socket.CMSG_SPACE(8))
    except OSError:
        return False
    if not message:
        return False
    order = json.loads(message)
    passed = array.array("i")
    for _, _, data in ancillary:
        passed.frombytes(data)
    if order["do"] == "start":
        control.send(json.dumps(start(order, list(passed))).encode())
    elif order["do"] == "limit":
        control.send(json.dumps(limit(order)).encode())
    elif order["do"] == "clear":
        end_all_servers(control, woken)
        control.send(b"{}")
    elif order["do"] == "sockets":
        fresh = [socket.socket() for _ in range(order["count"])]
        _pass_out(control, *(one.detach() for one in fresh))
    elif order["do"] == "netlink":
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4)
        netlink.bind((0, 0))
        _pass_out(control, netlink.detach())
    elif order["do"] == "process":
        try:
            descriptors = [os.pidfd_open(order["pid"])]
        except OSError:
            descriptors = []
        _pass_out(control, *descriptors)
    elif order["do"] == "folder":
        _pass_out(control, os.open(order["path"], os.O_RDONLY | os.O_DIRECTORY))
    return True


def _pass_out(control: socket.socket, *descriptors: int) -> None:
    rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))
    control.sendmsg([b"{}"], [rights])
    for descriptor in descriptors:
        os.close(descriptor)


def main() -> None:
    """Obey until the control socket is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    prctl(PR_SET_DUMPABLE, 0)  # nobody else in the box may look into this process
    if os.getpid() != 1:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        if FENCES:
            restrict_self(FENCES[0])
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    control.send(b"{}")
    goes_on = True
    while goes_on:
        ready, _, _ = select.select([control.fileno(), woken], [], [])
        try:
            if woken in ready:
                os.read(woken, 4096)
                reap(control)
            if control.fileno() in ready:
                goes_on = obey(control, woken)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EINTR):
                goes_on = False
    control.close()
    if os.getpid() != 1:
        end_everything(None)


if __name__ == "__main__":
    main()
