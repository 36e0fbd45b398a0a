# The parent waits for each child right after fork, so clients are served one at a time.
# fails: forking/serves_others_while_one_is_silent, forking/overlaps_in_time
# fails: forking/gives_each_client_a_child
# follows: forking/reaps_each_child, forking/goes_on_while_children_live: with a child that stays, the parent waits for it, and nobody else is served
# cause: waits_for_the_child_at_once
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
        pid = os.fork()
        if pid == 0:
            listener.close()
            handle(connection)
            os._exit(0)
        connection.close()
        os.waitpid(pid, 0)


if __name__ == "__main__":
    serve()
