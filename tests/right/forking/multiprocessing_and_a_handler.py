# multiprocessing makes the children, and a SIGCHLD handler has it join those that have ended.
import multiprocessing
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
fork = multiprocessing.get_context("fork")


def join_the_ended(signum, frame):
    multiprocessing.active_children()  # joins those that have ended, and lets go of their pipes


def handle(listener, connection):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    listener.close()
    with connection:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


def main():
    listener = socket.create_server(("", PORT), backlog=1024)
    signal.signal(signal.SIGCHLD, join_the_ended)
    while True:
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        # A child may end before multiprocessing has written it down: its signal has to wait for that.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        fork.Process(target=handle, args=(listener, connection)).start()
        connection.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


if __name__ == "__main__":
    main()
