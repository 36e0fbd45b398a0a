# tries: ends and stops every process it can reach, its parent, its group; looks into them
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
import signal

pid = TARGETS["pid"]
libc = ctypes.CDLL(None)
for number in (signal.SIGSTOP, signal.SIGKILL):
    for one in (pid, TARGETS["grader"], os.getppid(), 1):
        try:
            os.kill(one, number)
        except OSError as error:
            print("refused:", error)
        try:
            os.killpg(one, number)
        except OSError as error:
            print("refused:", error)


def trace(one):
    if libc.ptrace(16, one, 0, 0):
        raise OSError


attempt("trace its parent", lambda: trace(os.getppid()))
attempt("trace another", lambda: trace(pid))
attempt("write to its parent's memory", lambda: open(f"/proc/{os.getppid()}/mem", "r+b"))
attempt("take a descriptor of its parent's", lambda: os.open(f"/proc/{os.getppid()}/fd/3", os.O_RDWR))
try:
    os.kill(-1, signal.SIGKILL)
except OSError as error:
    print("refused:", error)

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
