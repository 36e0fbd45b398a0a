# tries: tells a grader's run from a student's own
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

names = sorted(set(os.environ) - {"PATH", "LANG", "HOME", "USER", "LOGNAME", "PORT", "DELAY", "TMPDIR", "LD_LIBRARY_PATH", "LC_CTYPE"})
if set(names) - {"PYTHONDONTWRITEBYTECODE", "PYTHONNOUSERSITE", "PWD"}:
    print("got: variables", names, flush=True)

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
