# The port is a number of the student's own, so nobody finds the server where it should be.
# fails: blocking/listens
# passes: blocking/answers
# cause: listens_on_another_port
import os
import socket
import time

PORT = 9090
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
        client.sendall(b"Hello, I'm server")
    except ConnectionError:
        print("lost", address, flush=True)
    client.close()
