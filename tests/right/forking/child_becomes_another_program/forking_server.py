# The child becomes another program, which gets the connection as a number.
import os
import signal
import socket
import sys

PORT = int(os.environ.get("PORT", 8888))
HANDLER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "handler.py")


def reap(signum, frame):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


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
            connection.set_inheritable(True)
            os.execv(sys.executable, [sys.executable, HANDLER, str(connection.fileno())])
        connection.close()


if __name__ == "__main__":
    serve()
