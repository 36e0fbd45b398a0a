"""Chapter 1 (Hana)"""
import os
import socket
from time import sleep

PORT = int(os.environ.get("PORT", "50007"))
DELAY = float(os.environ.get("DELAY", "0"))

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
    server.bind(("", PORT))
    server.listen(5)
    while True:
        connection, address = server.accept()
        with connection:
            question = connection.recv(1024)
            sleep(DELAY)
            if question:
                connection.sendall(b"Hello, I'm server")
