# It reads until its client, once it has spoken, is silent for three tenths of a second, and then replies.
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))


def read_request(connection):
    request = b""
    connection.settimeout(0.3)
    while True:
        try:
            more = connection.recv(1024)
        except TimeoutError:
            if request:
                return request
            continue
        if not more:
            return request
        request += more


with socket.create_server(("", PORT)) as listener:
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                if read_request(connection):
                    time.sleep(DELAY)
                    connection.sendall(b"Hello, I'm server")
            except OSError:
                pass
