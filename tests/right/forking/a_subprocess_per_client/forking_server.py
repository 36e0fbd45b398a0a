# Each client is handed to a process that subprocess starts.
import os
import signal
import socket
import subprocess
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
        number = connection.fileno()
        subprocess.Popen([sys.executable, HANDLER, str(number)], pass_fds=[number])
        connection.close()


if __name__ == "__main__":
    serve()
