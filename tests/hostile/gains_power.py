# tries: raises its limits, takes another user, makes namespaces and devices, loads code into the kernel
# holds: bubblewrap landlock
import json
import os
import sys

TARGETS = json.load(open(os.path.join(sys.path[0], "targets.json")))


def attempt(what, act):
    try:
        act()
    except Exception as error:
        print("refused:", what, type(error).__name__, flush=True)
    else:
        print("got:", what, flush=True)

import ctypes
import fcntl
import resource

libc = ctypes.CDLL(None, use_errno=True)
pid = TARGETS["pid"]


def call(*arguments):
    if libc.syscall(*map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def raised(name):
    kind = getattr(resource, "RLIMIT_" + name)
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (hard + 1, hard + 1))


for name in ("NOFILE", "FSIZE", "CPU", "DATA", "CORE"):
    attempt("a higher limit " + name, lambda: raised(name))
attempt("another user", lambda: os.setuid(0 if os.getuid() else 1))
attempt("another group", lambda: os.setgroups([0]))
for flag in (0x10000000, 0x20000000, 0x40000000, 0x00020000, 0x08000000):
    attempt(f"a namespace {flag:x}", lambda: call(272, flag))
    attempt(f"a clone in a namespace {flag:x}", lambda: call(56, flag, 0, 0, 0, 0))
attempt("a namespace of another", lambda: call(308, 0, 0))
attempt("a device", lambda: os.mknod("device", 0o20666, os.makedev(1, 1)))
attempt("another root", lambda: os.chroot("/"))
attempt("a mount", lambda: call(165, 0, 0, 0, 0, 0))
attempt("typing for others", lambda: fcntl.ioctl(0, 0x5412, b"x"))
for what, number in {"bpf": 321, "io_uring": 425, "keys": 250, "events": 298, "userfaultfd": 323}.items():
    attempt(what, lambda: call(number, 0, 0, 0, 0, 0))
attempt("a file by its handle", lambda: call(304, -100, 0, 0))
attempt("less time for another", lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)))
attempt("another's processors", lambda: os.sched_setaffinity(pid, {0}))
attempt("another's priority", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
attempt("to be invisible", lambda: call(157, 4, 0, 0, 0, 0))

import socket

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", int(os.environ["PORT"])))
listener.listen(5)
while True:
    connection, _ = listener.accept()
    connection.recv(1024)
    connection.sendall(b"Hello, I'm server")
    connection.close()
