# tries: sends a client gigabytes, and never closes
# holds: bubblewrap landlock
# told: more than 16 MB to one client
import os
import sys
import socket
import time

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", int(os.environ["PORT"])))
listener.listen(5)
while True:
    connection, _ = listener.accept()
    connection.recv(1024)
    while True:
        connection.sendall(b"x" * (1 << 20))
