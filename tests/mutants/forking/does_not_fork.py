# The server serves its clients itself, so one that says nothing holds up all others.
# fails: forking/serves_others_while_one_is_silent
# fails: forking/gives_each_client_a_child, forking/overlaps_in_time
# cause: does_not_fork
import errno
import os
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen(1024)
print("Serving HTTP on port", PORT, flush=True)

while True:
    try:
        client, address = server.accept()
    except OSError as error:
        if error.errno == errno.EINTR:
            continue
        raise
    request = client.recv(1024)
    time.sleep(DELAY)
    client.sendall(b"HTTP/1.1 200 OK\n\nHello, World!\n")
    client.close()
