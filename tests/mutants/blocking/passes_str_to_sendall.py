# sendall is given text in place of bytes, a TypeError, which ends the server at its first client.
# fails: blocking/answers
# follows: blocking/serves_one_client_at_a_time, blocking/takes_turns_in_time, blocking/starts_again_at_once: the error ends the server at its first client, whatever the scene
# cause: sends_text_for_bytes
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
        client.sendall("Hello, I'm server")
    except ConnectionError:
        print("lost", address, flush=True)
    client.close()
