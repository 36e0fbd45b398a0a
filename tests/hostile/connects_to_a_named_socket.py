# tries: connects to a UNIX socket with a path, which every user may write to
# holds: bubblewrap
# gap: landlock: Landlock does not know connect(2) of sockets with a path: their modes alone hold, and the programs are another user where root grades
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

import socket


def named():
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(TARGETS["named"])


attempt("a socket with a path", named)

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
