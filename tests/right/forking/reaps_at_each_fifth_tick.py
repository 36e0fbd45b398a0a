# It wakes up ten times a second, and looks for ended children at each fifth tick.
import os
import select
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def give(connection, listener):
    if os.fork() == 0:
        listener.close()
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(REPLY)
        os._exit(0)
    connection.close()


def serve():
    listener = socket.create_server(("", PORT), backlog=1024)
    ticks = 0
    while True:
        ready, _, _ = select.select([listener], [], [], 0.1)
        ticks += 1
        if ticks % 5 == 0:
            reap()
        if not ready:
            continue
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        give(connection, listener)


serve()
