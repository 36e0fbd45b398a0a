# A thread waits for the children in the order of their birth, so one that lives long hides the others.
# fails: forking/reaps_each_child
# cause: one_live_child_hides_the_others
import os
import queue
import socket
import threading
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def reap(pids):
    while True:
        os.waitpid(pids.get(), 0)


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
    pids = queue.SimpleQueue()
    threading.Thread(target=reap, args=(pids,), daemon=True).start()
    while True:
        try:
            connection, address = listener.accept()
        except InterruptedError:
            continue
        pid = os.fork()
        if pid == 0:
            listener.close()
            handle(connection)
            os._exit(0)
        connection.close()
        pids.put(pid)


if __name__ == "__main__":
    serve()
