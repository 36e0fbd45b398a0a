# SIGCHLD is blocked everywhere, and a thread takes it with sigwait and reaps.
import os
import signal
import socket
import threading
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def reap_at_each_signal():
    while True:
        signal.sigwait({signal.SIGCHLD})
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass


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
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    threading.Thread(target=reap_at_each_signal, daemon=True).start()
    while True:
        try:
            connection, address = listener.accept()
        except InterruptedError:
            continue
        if os.fork() == 0:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            listener.close()
            handle(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    serve()
