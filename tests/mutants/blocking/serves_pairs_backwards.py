# It looks whether a second client waits behind the first one and serves that one before it.
# fails: blocking/serves_in_order_of_arrival
# cause: serves_in_another_order
import os
import select
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen(5)
print("waiting on port", PORT, flush=True)

pair = []
while True:
    while len(pair) < 2:
        if pair and not select.select([server], [], [], 0)[0]:
            break
        pair.insert(0, server.accept())
    client, address = pair.pop(0)
    try:
        message = client.recv(1024)
        time.sleep(DELAY)
        client.sendall(b"Hello, I'm server")
    except ConnectionError:
        print("lost", address, flush=True)
    client.close()
