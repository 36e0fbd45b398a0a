# multiprocessing makes the children, and its wait watches their sentinels beside the listening socket.
import multiprocessing
import multiprocessing.connection
import os
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
fork = multiprocessing.get_context("fork")


def handle(listener, connection):
    listener.close()
    with connection:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


def main():
    listener = socket.create_server(("", PORT), backlog=1024)
    children = {}
    while True:
        for ready in multiprocessing.connection.wait([listener, *children]):
            if ready is not listener:
                child = children.pop(ready)
                child.join()
                child.close()
                continue
            try:
                connection, _ = listener.accept()
            except InterruptedError:
                continue
            child = fork.Process(target=handle, args=(listener, connection))
            child.start()
            connection.close()
            children[child.sentinel] = child


if __name__ == "__main__":
    main()
