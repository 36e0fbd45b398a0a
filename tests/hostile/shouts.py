# tries: writes 50 MB to standard output in one go
# holds: bubblewrap landlock
# told: more than 16 MB to its output
import os
import sys
os.write(1, b"x" * 10)
sys.stdout.write("y" * (50 << 20))
sys.stdout.flush()

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
