# A descriptor per child tells when it has ended; poll waits for those and for clients.
import os
import select
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))

listener = socket.create_server(("", PORT), backlog=1024)
children = {}
poll = select.poll()
poll.register(listener, select.POLLIN)


def serve(connection):
    listener.close()
    connection.recv(1024)
    time.sleep(DELAY)
    connection.sendall(b"HTTP/1.1 200 OK\n\nHello, World!\n")
    connection.close()
    os._exit(0)


def accept_one():
    try:
        connection, _ = listener.accept()
    except InterruptedError:
        return
    pid = os.fork()
    if pid == 0:
        serve(connection)
    connection.close()
    pidfd = os.pidfd_open(pid)
    children[pidfd] = pid
    poll.register(pidfd, select.POLLIN)


def bury(pidfd):
    poll.unregister(pidfd)
    os.waitpid(children.pop(pidfd), 0)
    os.close(pidfd)


while True:
    for descriptor, _ in poll.poll():
        if descriptor == listener.fileno():
            accept_one()
        else:
            bury(descriptor)
