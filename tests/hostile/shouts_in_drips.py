# tries: writes 50 MB to standard error, line by line
# holds: bubblewrap landlock
# told: more than 16 MB to its output
import os
import sys
import threading


def shout():
    for number in range(3 << 20):
        os.write(2, b"a line of sixteen\n")


threading.Thread(target=shout, daemon=True).start()

import socket

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", int(os.environ["PORT"])))
listener.listen(5)
while True:
    connection, _ = listener.accept()
    connection.recv(1024)
    connection.sendall(b"Hello, I'm server")
    connection.close()
