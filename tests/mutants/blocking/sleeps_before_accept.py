# The sleep stands before accept, so the first client that comes to an idle server waits for no work.
# fails: blocking/takes_turns_in_time
# cause: sleeps_at_the_wrong_place
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
        connection.sendall(REPLY)
    except OSError as error:
        print("client lost:", error)
    finally:
        connection.close()


def main():
    listener = open_listener()
    while True:
        time.sleep(DELAY)
        connection, address = listener.accept()
        serve(connection)


if __name__ == "__main__":
    main()
