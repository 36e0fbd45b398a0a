# Twelve workers are forked before the first client comes, and each serves one client after another.
# fails: forking/gives_each_client_a_child, forking/children_close_listener
# cause: workers_made_beforehand
import os
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
WORKERS = 12


def work(listener):
    while True:
        try:
            connection, address = listener.accept()
        except InterruptedError:
            continue
        with connection:
            connection.recv(1024)
            time.sleep(DELAY)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


def start_worker(listener):
    if os.fork() == 0:
        work(listener)


def main():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", PORT))
    listener.listen(1024)
    for _ in range(WORKERS):
        start_worker(listener)
    while True:
        os.wait()
        start_worker(listener)


main()
