# It reads until it has 1024 bytes, and no client ever sends so many.
# fails: blocking/answers
# follows: blocking/serves_one_client_at_a_time, blocking/takes_turns_in_time, blocking/starts_again_at_once: no request fills the buffer, so that nobody is served, whatever the scene
# cause: reads_on_for_ever
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

while True:
    client, address = server.accept()
    try:
        message = b""
        while len(message) < 1024:
            message += client.recv(1024 - len(message))
        time.sleep(DELAY)
        client.sendall(b"Hello, I'm server")
    except ConnectionError:
        print("lost", address, flush=True)
    client.close()
