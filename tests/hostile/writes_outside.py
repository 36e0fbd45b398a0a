# tries: writes over a file outside, removes it, changes its mode and its times, adds one beside it or to the system
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

kept = TARGETS["kept"]
attempt("write over it", lambda: open(kept, "w"))
attempt("cut it", lambda: os.truncate(kept, 0))
attempt("remove it", lambda: os.remove(kept))
attempt("rename it", lambda: os.rename(kept, kept + "x"))
attempt("change its mode", lambda: os.chmod(kept, 0))
attempt("change its owner", lambda: os.chown(kept, os.getuid(), -1))
attempt("change its times", lambda: os.utime(kept, (0, 0)))
attempt("add to it", lambda: os.setxattr(kept, "user.hostile", b"x"))
for folder in (os.path.dirname(kept), TARGETS["project"], TARGETS["project"] + "/grader", "/usr", "/usr/lib", "/etc", "/"):
    attempt("write to " + folder, lambda: open(folder + "/hostile", "w"))

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
