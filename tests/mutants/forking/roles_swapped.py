# After fork the parent serves the client and ends, and the child goes on in its place as the server.
# fails: forking/gives_each_client_a_child
# follows: forking/answers, forking/overlaps_in_time, forking/outlives_its_descriptor_limit, forking/reaps_a_burst, forking/goes_on_while_children_live, forking/restarts_interrupted_accept, forking/survives_signals, forking/starts_again_at_once, forking/reaps_each_child, forking/serves_others_while_one_is_silent: the process that was started ends after its first client, whatever the scene
# cause: roles_swapped
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
        if os.fork() > 0:
            listener.close()
            handle(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    serve()
