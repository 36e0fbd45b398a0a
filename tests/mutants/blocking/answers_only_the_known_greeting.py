# Only the greeting of the lesson's own client is answered rightly, every other request otherwise.
# fails: blocking/answers
# cause: reply_depends_on_the_request
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
        message = client.recv(1024)
        time.sleep(DELAY)
        if message == b"Hello, I'm client":
            client.sendall(b"Hello, I'm server")
        else:
            client.sendall(b"Who are you?")
    except ConnectionError:
        print("lost", address, flush=True)
    client.close()
