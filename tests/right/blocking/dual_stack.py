# It listens on :: and takes IPv4 clients as mapped addresses, where the machine can.
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

if socket.has_dualstack_ipv6():
    listener = socket.create_server(("", PORT), family=socket.AF_INET6, dualstack_ipv6=True, backlog=5)
else:
    listener = socket.create_server(("", PORT), backlog=5)

while True:
    connection, address = listener.accept()
    with connection:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(b"Hello, I'm server")
