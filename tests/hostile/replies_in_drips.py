# tries: sends a byte now and then, and never closes
# holds: bubblewrap landlock
# seconds: 2
# told: time limit of 2 s was used up
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
        connection.sendall(b"x")
        time.sleep(0.2)
