# The work is done after the client has got its reply and its end, so the last client does not wait for its own.
# fails: blocking/takes_turns_in_time
# cause: sleeps_at_the_wrong_place
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
        client.sendall(b"Hello, I'm server")
    except ConnectionError:
        print("lost", address, flush=True)
    client.close()
    time.sleep(DELAY)
