# The module beside forking_server.py: what a child does with its client.
import os
import time

DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def answer(connection):
    with connection:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(REPLY)
