# PORT is read under a misspelt name, so the server takes a default that is not the lesson's port.
# fails: forking/listens
# passes: forking/answers
# cause: listens_on_another_port
import os
import signal
import socket
import time

PORT = int(os.environ.get("PROT", 8000))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def reap(signum, frame):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def handle(connection):
    connection.recv(1024)
    time.sleep(DELAY)
    connection.sendall(REPLY)
    connection.close()


def serve():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", PORT))
    listener.listen(1024)
    signal.signal(signal.SIGCHLD, reap)
    while True:
        try:
            connection, address = listener.accept()
        except InterruptedError:
            continue
        if os.fork() == 0:
            listener.close()
            handle(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    serve()
