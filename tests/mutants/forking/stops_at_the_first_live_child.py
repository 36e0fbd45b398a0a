# The handler goes through its children from the oldest on and stops at the first that is still alive.
# fails: forking/reaps_each_child
# cause: one_live_child_hides_the_others
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"
children = {}


def reap(signum, frame):
    for child in list(children):
        try:
            pid, status = os.waitpid(child, os.WNOHANG)
        except ChildProcessError:
            pid = child
        if pid == 0:
            break
        children.pop(child, None)


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
        pid = os.fork()
        if pid == 0:
            listener.close()
            handle(connection)
            os._exit(0)
        children[pid] = address
        connection.close()


if __name__ == "__main__":
    serve()
