# tries: writes to every descriptor that it finds as if it were the box's agent
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

import socket

for number in range(3, 4096):
    attempt(f"descriptor {number}", lambda: os.fstat(number)) if os.path.exists(f"/proc/self/fd/{number}") else None
    try:
        with socket.socket(fileno=number) as control:
            control.send(b'{"exited": 2, "status": 0}')
            print("got: a socket that is not its own", flush=True)
    except OSError:
        pass

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
