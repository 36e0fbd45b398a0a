# It waits for the client to close first, and the client waits for the server to.
# fails: blocking/closes_after_reply
# follows: blocking/serves_one_client_at_a_time, blocking/takes_turns_in_time: the client waits for the end and the server for the client, so that nobody else is served
# cause: waits_for_the_client_to_close
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
        while connection.recv(1024):
            pass
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
