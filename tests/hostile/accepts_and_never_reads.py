# tries: accepts, never reads, and keeps the connection
# holds: bubblewrap landlock
# told: asked and got nothing
import os
import sys
kept = []

import socket
import time

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", int(os.environ["PORT"])))
listener.listen(5)
while True:
    connection, _ = listener.accept()
    kept.append(connection)
