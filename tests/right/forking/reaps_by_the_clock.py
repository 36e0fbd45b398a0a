# accept has a short timeout, and the clock says when to look for ended children: twice a second.
import os
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
    listener.settimeout(0.1)
    looked = time.monotonic()
    while True:
        if time.monotonic() - looked >= 0.5:
            reap()
            looked = time.monotonic()
        try:
            connection, _ = listener.accept()
        except (InterruptedError, TimeoutError):
            continue
        connection.settimeout(None)
        give(connection, listener)


serve()
