# Waiting clients are kept on a stack, so the one that came last is served first.
# fails: blocking/serves_in_order_of_arrival
# cause: serves_in_another_order
import os
import select
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
    listener = open_listener()
    waiting = []
    while True:
        while not waiting or select.select([listener], [], [], 0)[0]:
            connection, address = listener.accept()
            waiting.append(connection)
        serve(waiting.pop())


if __name__ == "__main__":
    main()
