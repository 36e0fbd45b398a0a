# A helper process is forked before the first client and lives as long as the server: it serves nobody.
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))


def reap(signum, frame):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def serve(connection):
    with connection:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


def main():
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(writer)
        os.read(reader, 1)  # until the server has ended
        os._exit(0)
    os.close(reader)
    listener = socket.create_server(("", PORT), backlog=1024)
    signal.signal(signal.SIGCHLD, reap)
    while True:
        try:
            connection, _ = listener.accept()
        except InterruptedError:
            continue
        if os.fork() == 0:
            listener.close()
            os.close(writer)
            serve(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    main()
