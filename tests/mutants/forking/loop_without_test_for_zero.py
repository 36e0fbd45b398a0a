# The handler's loop has no test for 0, so it spins while a child is alive.
# fails: forking/goes_on_while_children_live
# follows: forking/reaps_each_child, forking/serves_others_while_one_is_silent: with a child that stays, the first other one that ends lets the handler spin, and nobody else is served
# cause: spins_while_a_child_lives
import errno
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))


def child_ended(signum, frame):
    try:
        while True:
            os.waitpid(-1, os.WNOHANG)
    except OSError:
        pass  # no child is left


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen(1024)
signal.signal(signal.SIGCHLD, child_ended)
print("Serving HTTP on port", PORT, flush=True)

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
