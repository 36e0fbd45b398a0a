"""PID 1 of a box: starts programs, passes sockets of its network out, reaps, ends everything.

Runs alone (`python -I -S agent.py`), imports nothing of the grader, and trusts nothing but its control socket:

    grader                                agent
      {"do": "start", ...} + 2 pipes  ->    forks, limits, execs
                                      <-  {"pid": 7}
      {"do": "sockets", "count": 9}   ->
                                      <-  {} + TCP sockets
      {"do": "netlink"}               ->
                                      <-  {} + a netlink socket, sock_diag(7)
      {"do": "limit", "pid": 7, ...}  ->    sets a soft limit of a program
                                      <-  {"soft": 256}, what it was, or {"error": ...}
      {"do": "clear"}                 ->    kills all but itself, reaps all
                                      <-  {}
                                      <-  {"exited": 7, "status": 256}       at any time
      end of file                     ->    exits; the kernel ends the rest of its pid namespace
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

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2
LIBC = ctypes.CDLL(None, use_errno=True)


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


def become(order: dict[str, object], outputs: list[int]) -> None:
    """In the child: take the limits, the user, the filter; then become the program."""
    os.setsid()
    standard_input = os.open(os.devnull, os.O_RDONLY)
    for target, source in enumerate((standard_input, *outputs)):
        os.dup2(source, target)
    os.closerange(3, 4096)
    for number in range(1, signal.NSIG):
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            try:
                signal.signal(number, signal.SIG_DFL)
            except (OSError, ValueError):
                continue
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
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


def start(order: dict[str, object], outputs: list[int]) -> int:
    """Fork the program off; its pid."""
    pid = os.fork()
    if pid:
        for descriptor in outputs:
            os.close(descriptor)
        return pid
    try:
        become(order, outputs)
    except BaseException as error:
        os.write(2, f"the box could not start the program: {error!r}\n".encode())
    finally:
        os._exit(127)


def reap(control: socket.socket, *, until_none_is_left: bool = False) -> None:
    """Wait for whoever has ended, and say so."""
    while True:
        try:
            pid, status = os.waitpid(-1, 0 if until_none_is_left else os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        control.send(json.dumps({"exited": pid, "status": status}).encode())


def end_everything(control: socket.socket) -> None:
    """Kill every process of the box but this one, and reap them all."""
    if os.getpid() == 1:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        reap(control, until_none_is_left=True)
        return
    while below := descendants():
        for pid in below:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        reap(control)
        select.select([], [], [], 0.001)


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


def obey(control: socket.socket) -> bool:
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
        control.send(json.dumps({"pid": start(order, list(passed))}).encode())
    elif order["do"] == "limit":
        control.send(json.dumps(limit(order)).encode())
    elif order["do"] == "clear":
        end_everything(control)
        control.send(b"{}")
    elif order["do"] == "sockets":
        fresh = [socket.socket() for _ in range(order["count"])]
        _pass_out(control, *(one.detach() for one in fresh))
    elif order["do"] == "netlink":
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4)
        netlink.bind((0, 0))
        _pass_out(control, netlink.detach())
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
                goes_on = obey(control)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EINTR):
                goes_on = False
    if os.getpid() != 1:
        control.close()
        with socket.socketpair()[0] as nobody:
            end_everything_quietly(nobody)


def end_everything_quietly(nobody: socket.socket) -> None:
    """The same when the grader is gone: what is said is said to nobody."""
    while below := descendants():
        for pid in below:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        while True:
            try:
                if os.waitpid(-1, os.WNOHANG)[0] == 0:
                    break
            except ChildProcessError:
                break
        select.select([], [], [], 0.001)


if __name__ == "__main__":
    main()
