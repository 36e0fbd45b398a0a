# Children are reaped when there are fifty of them, so most of the time there are zombies.
# fails: forking/reaps_each_child, forking/reaps_a_burst
# fails: forking/zombies_do_not_pile_up
# cause: waits_until_there_are_many
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

children = []
while True:
    try:
        client, address = server.accept()
    except OSError as error:
        if error.errno == errno.EINTR:
            continue
        raise
    pid = os.fork()
    if pid == 0:
        server.close()
        request = client.recv(1024)
        time.sleep(DELAY)
        client.sendall(b"HTTP/1.1 200 OK\n\nHello, World!\n")
        client.close()
        os._exit(0)
    else:
        client.close()
        children.append(pid)
        if len(children) >= 50:
            children = [child for child in children if os.waitpid(child, os.WNOHANG)[0] == 0]
