# Nobody may wait in the queue but one: the others are turned away, and come again when the kernel has them try.
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen(0)
print("waiting on port", PORT, flush=True)

while True:
    client, address = server.accept()
    try:
        message = client.recv(1024)
        time.sleep(DELAY)
        client.sendall(b"Hello, I'm server")
    except ConnectionError:
        print("lost", address, flush=True)
    client.close()
