# Two processes are made beforehand, and serve one client after the other.
# fails: forking/gives_each_client_a_child
# follows: forking/children_close_listener, forking/reaps_a_burst, forking/goes_on_while_children_live, forking/restarts_interrupted_accept: workers keep the listener, two clients take both, and the parent has nobody in the place of who ends
# cause: workers_made_beforehand
import os
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nHello, World!"


def serve(connection):
    connection.recv(1024)
    time.sleep(DELAY)
    connection.sendall(REPLY)


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", PORT))
listener.listen(128)
for _ in range(2):
    if os.fork() == 0:
        while True:
            connection, _ = listener.accept()
            with connection:
                try:
                    serve(connection)
                except OSError:
                    pass
os.wait()
