# What it writes to standard error goes to a file of its own, from the start.
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


log = os.open("server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
os.dup2(log, 2)
os.close(log)
signal.signal(signal.SIGCHLD, reap)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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
