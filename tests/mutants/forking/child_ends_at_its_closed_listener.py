# The child does not end: back in the loop its closed listener ends it by a traceback, and what the parent has not flushed is printed again.
# fails: forking/prints_nothing_twice
# cause: children_print_the_parents_lines, no_descriptor_ends_it
import os
import signal
import socket
import sys
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!"


def open_listener():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", PORT))
    listener.listen(1024)
    return listener


def reap(signum, frame):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def next_client(listener):
    while True:
        try:
            connection, address = listener.accept()
            return connection
        except InterruptedError:
            continue


def read_request(connection):
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(1024)
        if not piece:
            return b""
        request += piece
    return request


def drain(connection):
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(0.2)
    while connection.recv(1024):
        pass


def serve(connection):
    request = read_request(connection)
    if request:
        time.sleep(DELAY)
        connection.sendall(REPLY)
        drain(connection)


def child(listener, connection):
    try:
        listener.close()
        serve(connection)
    except OSError as error:
        print("client lost:", error, file=sys.stderr)


def main():
    signal.signal(signal.SIGCHLD, reap)
    listener = open_listener()
    print("waiting on port", PORT)
    while True:
        connection = next_client(listener)
        try:
            pid = os.fork()
        except OSError as error:
            print("no process:", error, flush=True)
            connection.close()
            continue
        if pid == 0:
            child(listener, connection)
        connection.close()


if __name__ == "__main__":
    main()
