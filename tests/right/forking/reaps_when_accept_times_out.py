# The kernel's own timeout of the listener (SO_RCVTIMEO) ends accept twice a second; ended children are reaped then.
import os
import socket
import struct
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def times_out(a_socket, microseconds):
    a_socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, microseconds))


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def handle(connection):
    times_out(connection, 0)  # it has the listener's
    connection.recv(1024)
    time.sleep(DELAY)
    connection.sendall(REPLY)
    connection.close()


def serve():
    listener = socket.create_server(("", PORT), backlog=1024)
    times_out(listener, 500_000)
    while True:
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        except BlockingIOError:
            reap()
            continue
        if os.fork() == 0:
            listener.close()
            handle(connection)
            os._exit(0)
        connection.close()


serve()
