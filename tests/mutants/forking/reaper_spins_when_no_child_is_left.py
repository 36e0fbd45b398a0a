# The thread that waits for children begins with the first one, and tries again at once when none is left.
# fails: forking/goes_on_while_children_live
# passes: forking/listens, forking/reaps_each_child, forking/reaps_a_burst
# cause: spins_when_no_child_is_left
import os
import socket
import threading
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def reap():
    while True:
        try:
            os.wait()
        except ChildProcessError:
            pass


def handle(connection):
    connection.recv(1024)
    time.sleep(DELAY)
    connection.sendall(REPLY)
    connection.close()


def serve():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", PORT))
    listener.listen(1024)
    reaper = None
    while True:
        try:
            connection, address = listener.accept()
        except InterruptedError:
            continue
        if os.fork() == 0:
            listener.close()
            handle(connection)
            os._exit(0)
        connection.close()
        if reaper is None:
            reaper = threading.Thread(target=reap, daemon=True)
            reaper.start()


if __name__ == "__main__":
    serve()
