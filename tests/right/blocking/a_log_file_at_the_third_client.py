# It opens a log file when the third client comes, and keeps that one descriptor.
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen(5)
print("waiting on port", PORT, flush=True)

log = None
visits = 0
while True:
    client, address = server.accept()
    visits += 1
    if visits == 3:
        log = open("server.log", "a")
    if log is not None:
        print("client", visits, "comes from", address, file=log, flush=True)
    try:
        message = client.recv(1024)
        time.sleep(DELAY)
        client.sendall(b"Hello, I'm server")
    except ConnectionError:
        print("lost", address, flush=True)
    client.close()
