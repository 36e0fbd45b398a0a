# tries: writes another program for the next scene over its own, or over the other track's
# holds: bubblewrap landlock
# checks: blocking/starts_again_at_once
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

with open(os.path.join(sys.path[0], "blocking_server.py")) as file:
    another = 'print("got: to be another program", flush=True)\n' + file.read()
for name in ("blocking_server.py", "forking_server.py"):
    for folder in (sys.path[0], "."):
        for act in (os.remove, lambda path: None):
            try:
                act(os.path.join(folder, name))
                with open(os.path.join(folder, name), "w") as file:
                    file.write(another)
            except OSError as error:
                print("refused:", error, flush=True)

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
