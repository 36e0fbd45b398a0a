# It does its work in slices of 20 ms, after the reply and before the end of the connection.
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"Hello, I'm server"


def open_listener():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", PORT))
    listener.listen(5)
    return listener


def work():
    """DELAY, in slices, so that Ctrl-C would never wait long."""
    until = time.monotonic() + DELAY
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.02))


def serve(connection):
    try:
        connection.recv(1024)
        connection.sendall(REPLY)
        work()
    except OSError as error:
        print("client lost:", error)
    finally:
        connection.close()


def main():
    listener = open_listener()
    while True:
        connection, address = listener.accept()
        serve(connection)


if __name__ == "__main__":
    main()
