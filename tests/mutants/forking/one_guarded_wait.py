# The handler waits once per signal, and several ended children may send one signal.
# fails: forking/reaps_a_burst
# follows: forking/goes_on_while_children_live: a child that is stopped sends SIGCHLD as well, and wait blocks until one ends
# cause: one_child_per_signal
import errno
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))


def child_ended(signum, frame):
    try:
        os.wait()
    except ChildProcessError:
        pass


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", PORT))
server.listen(1024)
signal.signal(signal.SIGCHLD, child_ended)

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
