# An epoll object is made for each client and all of them are kept, so descriptors run out in time.
# fails: forking/leaves_no_descriptor_open, forking/outlives_its_descriptor_limit
# cause: a_poll_object_per_client
import os
import select
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
    pollers = []
    while True:
        try:
            connection, address = listener.accept()
        except InterruptedError:
            continue
        poller = select.epoll()
        pollers.append(poller)
        if os.fork() == 0:
            listener.close()
            poller.register(connection, select.EPOLLIN)
            poller.poll()
            handle(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    serve()
