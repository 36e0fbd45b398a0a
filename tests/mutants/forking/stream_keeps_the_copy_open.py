# The parent has made a stream of the connection, and its close waits for the stream's.
# fails: forking/parent_closes_connections, forking/closes_after_reply
# cause: parent_keeps_its_copy
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
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


def handle(stream):
    while stream.readline().strip():
        pass
    time.sleep(DELAY)
    stream.write(REPLY)
    stream.flush()


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
        stream = connection.makefile("rwb")
        if os.fork() == 0:
            listener.close()
            handle(stream)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    serve()
