# A generator accepts the clients, and a loop serves what it yields.
import contextlib
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))


def clients():
    with socket.create_server(("", PORT), backlog=5) as listener:
        while True:
            connection, _ = listener.accept()
            with contextlib.closing(connection):
                yield connection


for client in clients():
    client.recv(1024)
    time.sleep(DELAY)
    client.sendall(b"Hello, I'm server")
