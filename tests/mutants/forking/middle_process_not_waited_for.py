# A double fork saves waiting for the one that serves, but the process between stays as a zombie.
# fails: forking/reaps_each_child, forking/zombies_do_not_pile_up
# fails: forking/reaps_a_burst
# cause: middle_process_stays
import os
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


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
    while True:
        try:
            connection, address = listener.accept()
        except InterruptedError:
            continue
        if os.fork() == 0:
            listener.close()
            if os.fork() == 0:
                handle(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    serve()
