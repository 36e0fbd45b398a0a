# It tells everything that it does on standard output.
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
    print("waiting for the next client", flush=True)
    client, address = server.accept()
    print("client", address, "is here", flush=True)
    try:
        message = client.recv(1024)
        print("client says", message, flush=True)
        print("working for", DELAY, "seconds", flush=True)
        time.sleep(DELAY)
        client.sendall(b"Hello, I'm server")
        print("reply sent", flush=True)
    except ConnectionError:
        print("lost", address, flush=True)
    client.close()
    print("closed", flush=True)
