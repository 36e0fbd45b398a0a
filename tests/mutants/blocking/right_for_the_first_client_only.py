# The reply is built by adding to a list that is never emptied, so only the first one is right.
# fails: blocking/answers
# cause: replies_get_worse
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))
lines = []


def open_listener():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", PORT))
    listener.listen(5)
    return listener


def serve(connection):
    try:
        connection.recv(1024)
        time.sleep(DELAY)
        lines.append(b"Hello, I'm server")
        connection.sendall(b"".join(lines))
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
