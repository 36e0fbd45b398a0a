# tries: writes another program for the next scene over its own, or over the other track's
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

here = sys.path[0]
for name in ("blocking_server.py", "forking_server.py"):
    path = os.path.join(here, name)
    attempt("write over " + name, lambda: open(path, "w"))
    attempt("remove " + name, lambda: os.remove(path))
    attempt("replace " + name, lambda: (open("other", "w").close(), os.rename("other", path)))

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
