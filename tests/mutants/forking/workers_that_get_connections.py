# The parent hands its connections in turn to eight workers, and each of them serves many clients.
# fails: forking/gives_each_client_a_child
# follows: forking/reaps_a_burst: the workers that serve the burst are ended in it, and the parent has none in their place
# cause: workers_made_beforehand
import itertools
import os
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
WORKERS = 8


def work(channel):
    while True:
        _, (descriptor,), _, _ = socket.recv_fds(channel, 1, 1)
        with socket.socket(fileno=descriptor) as connection:
            connection.recv(1024)
            time.sleep(DELAY)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


channels = []
for _ in range(WORKERS):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        ours.close()
        work(theirs)
    theirs.close()
    channels.append(ours)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", PORT))
listener.listen(1024)
for channel in itertools.cycle(channels):
    while True:
        try:
            connection, address = listener.accept()
            break
        except InterruptedError:
            continue
    socket.send_fds(channel, [b"!"], [connection.fileno()])
    connection.close()
