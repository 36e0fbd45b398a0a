# tries: listens on another port of this machine
# holds: bubblewrap
# gap: landlock: the ports are the machine's; a server on a wrong one must lose the points of that alone, so it is not forbidden
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
import time

other = socket.create_server(("127.0.0.1", TARGETS["free"]))
time.sleep(0.3)  # long enough for whoever looks now and then

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
