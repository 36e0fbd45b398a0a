# No connection is ever closed, so the client waits for the end until it gives up.
# fails: blocking/closes_after_reply
# fails: blocking/leaves_no_descriptor_open
# cause: never_closes
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

visitors = []
while True:
    client, address = server.accept()
    try:
        message = client.recv(1024)
        time.sleep(DELAY)
        client.sendall(b"Hello, I'm server")
    except ConnectionError:
        print("lost", address, flush=True)
    visitors.append(client)
