# It reads until the client is done, and the client waits for the reply before it is: a deadlock.
# fails: blocking/answers
# follows: blocking/serves_one_client_at_a_time, blocking/takes_turns_in_time, blocking/starts_again_at_once: no client that waits for its reply is ever served, whatever the scene
# cause: reads_on_for_ever
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
        request = b""
        while chunk := connection.recv(1024):
            request += chunk
        time.sleep(DELAY)
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
