# The handler joins every child that there is, so it blocks while one of them is alive.
# fails: forking/goes_on_while_children_live
# follows: forking/reaps_each_child, forking/serves_others_while_one_is_silent: with a child that stays, the first other one that ends blocks the handler, and nobody else is served
# cause: handler_blocks
import multiprocessing
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"
children = []


def reap(signum, frame):
    while children:
        children.pop().join()


def handle(listener, connection):
    listener.close()
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
    fork = multiprocessing.get_context("fork")
    while True:
        try:
            connection, address = listener.accept()
        except InterruptedError:
            continue
        child = fork.Process(target=handle, args=(listener, connection))
        child.start()
        children.append(child)
        connection.close()


if __name__ == "__main__":
    serve()
