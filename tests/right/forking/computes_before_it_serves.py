# It computes something at its start, once it listens, for most of a second; clients that come meanwhile wait in the queue.
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def primes(seconds):
    found, number = [], 2
    while time.process_time() < seconds:
        if all(number % prime for prime in found[:50]):
            found.append(number)
        number += 1
    return found


def reap(signum, frame):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def serve():
    listener = socket.create_server(("", PORT), backlog=1024)
    primes(0.8)
    signal.signal(signal.SIGCHLD, reap)
    while True:
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        if os.fork() == 0:
            listener.close()
            connection.recv(1024)
            time.sleep(DELAY)
            connection.sendall(REPLY)
            os._exit(0)
        connection.close()


serve()
