# The parent watches its clients, and makes a child for each that has something to read.
# fails: forking/gives_each_client_a_child
# passes: forking/serves_others_while_one_is_silent, forking/overlaps_in_time
# cause: forks_when_a_client_speaks
import os
import selectors
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nHello, World!"


def reap(signum, frame):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def serve(connection):
    connection.recv(1024)
    time.sleep(DELAY)
    connection.sendall(REPLY)


signal.signal(signal.SIGCHLD, reap)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", PORT))
listener.listen(128)
watched = selectors.DefaultSelector()
watched.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in watched.select():
        if key.fileobj is listener:
            try:
                connection, _ = listener.accept()
            except InterruptedError:
                continue
            watched.register(connection, selectors.EVENT_READ)
            continue
        connection = key.fileobj
        watched.unregister(connection)
        if os.fork() == 0:
            watched.close()
            listener.close()
            try:
                serve(connection)
            except OSError:
                pass
            connection.close()
            os._exit(0)
        connection.close()
