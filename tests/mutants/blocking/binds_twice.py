# The socket is bound to its port, and then once more, which is EINVAL.
# fails: blocking/listens
# cause: ends_with_an_error_at_its_start
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", PORT))
listener.bind(("", PORT))
listener.listen(5)
while True:
    connection, _ = listener.accept()
    with connection:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(b"Hello, I'm server")
