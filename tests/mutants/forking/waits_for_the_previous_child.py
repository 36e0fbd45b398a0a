# The parent waits for the last child before it forks the next one, so two are never at work.
# fails: forking/serves_others_while_one_is_silent, forking/overlaps_in_time
# fails: forking/gives_each_client_a_child
# follows: forking/reaps_each_child, forking/goes_on_while_children_live: with a child that stays, the parent waits for it, and nobody else is served
# cause: waits_for_the_child_at_once
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

previous = None
while True:
    try:
        client, address = server.accept()
    except OSError as error:
        if error.errno == errno.EINTR:
            continue
        raise
    if previous is not None:
        os.waitpid(previous, 0)
    previous = os.fork()
    if previous == 0:
        server.close()
        request = client.recv(1024)
        time.sleep(DELAY)
        client.sendall(b"HTTP/1.1 200 OK\n\nHello, World!\n")
        client.close()
        os._exit(0)
    else:
        client.close()
