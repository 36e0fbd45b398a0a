# multiprocessing's fork server makes the children, as it does by default since Python 3.14; it and its tracker stay.
import multiprocessing
import os
import socket
import threading
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))


def handle(connection):
    with connection:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


def wait_for(child):
    child.join()
    child.close()


def main():
    context = multiprocessing.get_context("forkserver")
    listener = socket.create_server(("", PORT), backlog=1024)
    while True:
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        child = context.Process(target=handle, args=(connection,))
        child.start()
        connection.close()
        threading.Thread(target=wait_for, args=(child,)).start()


if __name__ == "__main__":
    main()
