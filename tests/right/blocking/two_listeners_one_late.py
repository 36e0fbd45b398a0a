# It listens on a port for its keeper first, and on its own a moment later.
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


def serve(connection):
    try:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(REPLY)
    except OSError as error:
        print("client lost:", error)
    finally:
        connection.close()


def main():
    keeper = socket.create_server(("127.0.0.1", 0))
    time.sleep(0.3)
    listener = open_listener()
    while True:
        connection, address = listener.accept()
        serve(connection)


if __name__ == "__main__":
    main()
