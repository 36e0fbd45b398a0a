# The child waits in select for its client's request, with a time limit; the server does not sleep, as the lesson's.
import os
import select
import signal
import socket

PORT = int(os.environ.get("PORT", 8888))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!"


def reap(signum, frame):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def serve(connection):
    with connection:
        readable, _, _ = select.select([connection], [], [], 60)
        if readable and connection.recv(1024):
            connection.sendall(REPLY)


def main():
    listener = socket.create_server(("", PORT), backlog=1024)
    signal.signal(signal.SIGCHLD, reap)
    while True:
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        if os.fork() == 0:
            listener.close()
            serve(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    main()
