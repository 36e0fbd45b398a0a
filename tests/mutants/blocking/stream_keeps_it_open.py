# close is called while a stream made from the connection is still open, so nothing is closed yet.
# fails: blocking/closes_after_reply
# cause: closes_at_the_next_client
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
        stream = client.makefile("rwb")
        message = stream.read1(1024)
        time.sleep(DELAY)
        stream.write(b"Hello, I'm server")
        stream.flush()
    except ConnectionError:
        print("lost", address, flush=True)
    client.close()
