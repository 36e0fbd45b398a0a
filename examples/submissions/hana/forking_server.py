"""Chapter 2 (Hana)"""
import os
import signal
import socket
from time import sleep

PORT = int(os.environ.get("PORT", "8888"))
DELAY = float(os.environ.get("DELAY", "0"))


def no_more_zombies(signum, frame):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
        except ChildProcessError:
            break


def answer(connection):
    question = b""
    while not question.endswith(b"\r\n\r\n"):
        part = connection.recv(1024)
        if not part:
            return
        question += part
    sleep(DELAY)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
    server.bind(("", PORT))
    server.listen(1024)
    signal.signal(signal.SIGCHLD, no_more_zombies)
    while True:
        connection, address = server.accept()
        pid = os.fork()
        if pid == 0:
            server.close()
            try:
                answer(connection)
            finally:
                os._exit(0)
        connection.close()
