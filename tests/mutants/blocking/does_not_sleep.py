# DELAY is read and never slept, so there is no work for anybody to wait for.
# fails: blocking/takes_turns_in_time
# cause: does_not_sleep_delay
import os
import socket

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
        connection.sendall(REPLY)
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
