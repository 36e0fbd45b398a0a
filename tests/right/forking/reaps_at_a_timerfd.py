# A timerfd wakes it twice a second to look for ended children: select itself has no timeout.
import ctypes
import os
import select
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def give(connection, listener):
    if os.fork() == 0:
        listener.close()
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(REPLY)
        os._exit(0)
    connection.close()


def timer(seconds):
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.timerfd_create(time.CLOCK_MONOTONIC, 0)
    every = (ctypes.c_long * 4)(0, int(seconds * 1e9), 0, int(seconds * 1e9))
    libc.timerfd_settime(descriptor, 0, every, None)
    os.set_inheritable(descriptor, False)
    return descriptor


def serve():
    listener = socket.create_server(("", PORT), backlog=1024)
    ticks = timer(0.5)
    while True:
        ready, _, _ = select.select([listener, ticks], [], [])
        if ticks in ready:
            os.read(ticks, 8)
            reap()
        if listener not in ready:
            continue
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        give(connection, listener)


serve()
