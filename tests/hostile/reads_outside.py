# tries: reads a file outside, the reference, the grader's code, argv and environment, another process's memory
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

pid = TARGETS["pid"]
for path in (
    TARGETS["secret"],
    TARGETS["project"] + "/reference/blocking_server.py",
    TARGETS["project"] + "/grader/__init__.py",
    TARGETS["project"] + "/reference/checks/test_strangers.py",
    "/etc/shadow",
    f"/proc/{pid}/environ",
    f"/proc/{pid}/mem",
    f"/proc/{pid}/maps",
):
    attempt("read " + path, lambda: open(path, "rb").read(1) or open(path, "rb").read(10))
attempt("see who runs", lambda: [pid for pid in os.listdir("/proc") if pid == str(TARGETS["pid"])][0])
attempt("follow a link", lambda: (os.symlink(TARGETS["secret"], "link"), open("link").read()))
attempt("link a file here", lambda: (os.link(TARGETS["secret"], "hard"), open("hard").read()))

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
