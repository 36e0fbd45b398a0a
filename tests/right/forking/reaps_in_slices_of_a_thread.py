# A thread looks for ended children twice a second, and sleeps in short slices between.
import os
import socket
import threading
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def give(connection, listener):
    if os.fork() == 0:
        listener.close()
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(REPLY)
        os._exit(0)
    connection.close()


def look_twice_a_second():
    while True:
        for _ in range(10):
            time.sleep(0.05)
        reap()


def serve():
    listener = socket.create_server(("", PORT), backlog=1024)
    threading.Thread(target=look_twice_a_second, daemon=True).start()
    while True:
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        give(connection, listener)


serve()
