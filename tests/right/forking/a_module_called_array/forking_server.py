# The module beside it is called like one that Python's socket needs: it comes first, also where accept is interrupted.
import os
import signal
import socket

from array import answer

PORT = int(os.environ.get("PORT", 8888))


def reap(signum, frame):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def serve():
    listener = socket.create_server(("", PORT), backlog=1024)
    signal.signal(signal.SIGCHLD, reap)
    while True:
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        if os.fork() == 0:
            listener.close()
            answer(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    serve()
