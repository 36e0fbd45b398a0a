# It says at its start as whom it runs and at which address its own host's name stands for.
import getpass
import os
import signal
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
    print("serving as", getpass.getuser(), "at", socket.gethostbyname(socket.gethostname()), PORT, flush=True)
    listener = socket.create_server(("", PORT), backlog=1024)
    signal.signal(signal.SIGCHLD, lambda number, frame: reap())
    while True:
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        give(connection, listener)


serve()
