"""Code that runs in a box and tries what it must not be able to do; whoever asks learns what it could."""

from __future__ import annotations

import json
import os
import socket
from contextlib import closing
from pathlib import Path

from grader import scratch
from grader.apparatus.sandbox.box import Box

_CANARY = """
import ctypes, json, os, resource, socket, sys
path, folder, pid, words, port, name, counted = json.loads(sys.argv[1])
did = []
def attempt(what, act):
    try:
        act()
    except Exception:
        return
    did.append(what)
def see_process():
    assert open(f"/proc/{pid}/cmdline", "rb").read().hex() == words
def abstract():
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("\\0" + name)
def namespace():
    assert not ctypes.CDLL(None).unshare(0x10000000)
def trace():
    assert not ctypes.CDLL(None).ptrace(0x4206, pid, 0, 0)  # PTRACE_SEIZE, which stops nobody
def fork():
    resource.setrlimit(resource.RLIMIT_NPROC, (1, resource.getrlimit(resource.RLIMIT_NPROC)[1]))
    if not os.fork():
        os._exit(0)
    os.wait()
def more():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard + 1))
attempt("read a file of the grader's user", lambda: open(path).read())
attempt("read the grader's code", lambda: open(folder + "/__init__.py").read())
attempt("see the grader's process", see_process)
if pid > 9:  # else it may be a process of the box, where pids begin anew
    attempt("signal the grader's process", lambda: os.kill(pid, 0))
    attempt("trace the grader's process", trace)
attempt("reach a TCP port of this machine", lambda: socket.create_connection(("127.0.0.1", port), 1))
attempt("reach an abstract socket of this machine", abstract)
attempt("write to /usr", lambda: open("/usr/forklab-canary", "w"))
attempt("become another user", lambda: os.setuid(0 if os.getuid() else 12345))
attempt("make a namespace of its own", namespace)
attempt("raise its own limits", more)
if counted:
    attempt("start more processes than it may", fork)
print(json.dumps(did))
"""


class NotUnderstood(Exception):
    """The canary said nothing that we understand: whether the box holds is not known."""


def what_it_could_do(box: Box) -> list[str]:
    """Let code in a box try what it must not be able to do; what it could do, in words.

    Raises:
        NotUnderstood: it did not say.
    """
    with (
        scratch.folder() as folder,
        closing(socket.create_server(("127.0.0.1", 0))) as reachable,
        closing(socket.socket(socket.AF_UNIX)) as abstract,
    ):
        secret = folder / "secret"
        secret.touch(0o600)
        name = f"forklab-canary-{os.getpid()}"
        abstract.bind("\0" + name)
        abstract.listen()
        port = reachable.getsockname()[1]
        grader = Path(__file__).parent.parent.parent
        words = Path("/proc/self/cmdline").read_bytes().hex()
        targets = json.dumps([str(secret), str(grader), os.getpid(), words, port, name, box.refuses_forks])
        reader, writer = os.pipe()
        try:
            box.start("", environment={}, outputs=(writer, writer), arguments=("-c", _CANARY, targets))
        finally:
            os.close(writer)
        with os.fdopen(reader, "rb") as told:
            said = told.read().decode("utf-8", "replace")
    try:
        done: list[str] = json.loads(said)
    except ValueError as error:
        raise NotUnderstood(f"the canary in it said nothing that we understand: {said[-300:].strip()!r}") from error
    return done
