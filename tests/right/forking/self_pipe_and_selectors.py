# The handler writes a byte into a pipe that a selector watches beside the listening socket.
import os
import selectors
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))

reading, writing = os.pipe()
os.set_blocking(reading, False)
os.set_blocking(writing, False)


def child_ended(signum, frame):
    try:
        os.write(writing, b"!")
    except BlockingIOError:
        pass  # the pipe is full of news already


def reap():
    os.read(reading, 4096)
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def handle(connection):
    with connection:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


with socket.create_server(("", PORT), backlog=1024) as listener, selectors.DefaultSelector() as selector:
    signal.signal(signal.SIGCHLD, child_ended)
    selector.register(listener, selectors.EVENT_READ)
    selector.register(reading, selectors.EVENT_READ)
    while True:
        ready = [key.fileobj for key, _ in selector.select()]
        if reading in ready:
            reap()
        if listener in ready:
            try:
                connection, _ = listener.accept()
            except InterruptedError:
                continue
            if os.fork() == 0:
                listener.close()
                handle(connection)
                os._exit(0)
            connection.close()
