# It keeps the pids of its children and asks for each of them, while SIGCHLD is held back from the list.
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


children = set()


def reap(signum, frame):
    for child in list(children):
        try:
            pid, status = os.waitpid(child, os.WNOHANG)
        except ChildProcessError:
            continue
        if pid == child:
            children.remove(child)


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
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            listener.close()
            handle(connection)
            os._exit(0)
        children.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        connection.close()


if __name__ == "__main__":
    serve()
