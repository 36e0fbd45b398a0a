# The work is done by another program: sleep(1).
import os
import socket
import subprocess

PORT = int(os.environ.get("PORT", 50007))
DELAY = os.environ.get("DELAY", "0")

with socket.create_server(("", PORT)) as listener:
    while True:
        connection, _ = listener.accept()
        with connection:
            if not connection.recv(1024):
                continue
            subprocess.run(["sleep", DELAY])
            try:
                connection.sendall(b"Hello, I'm server")
            except OSError:
                pass
