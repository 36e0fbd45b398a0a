# The handler waits for the child that was forked last, whichever child it is that ended.
# fails: forking/reaps_a_burst
# fails: forking/reaps_each_child
# cause: waits_for_one_certain_child
import errno
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))


pid = 0


def child_ended(signum, frame):
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


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
