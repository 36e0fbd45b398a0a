# SO_REUSEADDR is set after bind, which has failed by then if the port has a TIME_WAIT.
# fails: blocking/starts_again_at_once
# cause: address_is_not_reused
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("", PORT))
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.listen(5)
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
