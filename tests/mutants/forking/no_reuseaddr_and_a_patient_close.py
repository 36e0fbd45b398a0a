# SO_REUSEADDR is never set, and children wait for the end of their client, so that every connection leaves a TIME_WAIT behind.
# fails: forking/starts_again_at_once
# passes: forking/listens, forking/answers, forking/overlaps_in_time, forking/reaps_a_burst, forking/children_outlive_parent
# cause: address_is_not_reused
import os
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
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(1024):
        pass


signal.signal(signal.SIGCHLD, reap)
listener = socket.socket()
listener.bind(("", PORT))
listener.listen(128)
while True:
    try:
        connection, _ = listener.accept()
    except InterruptedError:
        continue
    if os.fork() == 0:
        listener.close()
        try:
            serve(connection)
        except OSError:
            pass
        connection.close()
        os._exit(0)
    connection.close()
