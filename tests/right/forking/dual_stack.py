# It listens on :: and takes IPv4 clients as mapped addresses, where the machine can.
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


def handle(connection):
    connection.recv(1024)
    time.sleep(DELAY)
    connection.sendall(REPLY)
    connection.close()


def serve():
    if socket.has_dualstack_ipv6():
        listener = socket.create_server(("", PORT), family=socket.AF_INET6, dualstack_ipv6=True, backlog=1024)
    else:
        listener = socket.create_server(("", PORT), backlog=1024)
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
