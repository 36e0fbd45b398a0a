# The thread that waits for children finds none at the start and ends, so nobody waits for them later.
# fails: forking/reaps_each_child, forking/zombies_do_not_pile_up, forking/reaps_a_burst
# cause: nobody_waits_for_children
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
            return


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
    threading.Thread(target=reap, daemon=True).start()
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


if __name__ == "__main__":
    serve()
