# A supervisor starts the server anew whenever it ends, without a pause; the server ends at once, for its port is a string.
# fails: forking/listens
# cause: runs_without_listening
import os
import signal
import socket
import time

PORT = os.environ.get("PORT", "8888")
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def reap(number, frame):
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
    try:
        listener.bind(("", PORT))
    except TypeError:
        return
    listener.listen(1024)
    signal.signal(signal.SIGCHLD, reap)
    while True:
        connection, address = listener.accept()
        if os.fork() == 0:
            listener.close()
            handle(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    while True:
        server = os.fork()
        if server == 0:
            serve()
            os._exit(1)
        os.waitpid(server, 0)
