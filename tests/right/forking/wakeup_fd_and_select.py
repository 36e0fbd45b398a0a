# signal.set_wakeup_fd writes into a pair of sockets, and select waits for that and for clients.
import os
import select
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", PORT))
listener.listen(1024)
listener.setblocking(False)

waker, wakened = socket.socketpair()
waker.setblocking(False)
wakened.setblocking(False)
signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
signal.signal(signal.SIGCHLD, lambda signum, frame: None)


def reap():
    try:
        wakened.recv(4096)
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except (BlockingIOError, ChildProcessError):
        pass


def serve(connection):
    signal.set_wakeup_fd(-1)
    listener.close()
    connection.recv(1024)
    time.sleep(DELAY)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")
    os._exit(0)


while True:
    readable, _, _ = select.select([listener, wakened], [], [])
    if wakened in readable:
        reap()
    if listener in readable:
        try:
            connection, address = listener.accept()
        except (BlockingIOError, InterruptedError):
            continue
        if os.fork() == 0:
            serve(connection)
        connection.close()
