# In place of SO_REUSEADDR it tries bind until it succeeds: a new server listens a minute later.
# fails: blocking/starts_again_at_once
# cause: waits_until_the_port_is_free
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"Hello, I'm server"


def open_listener():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    while True:
        try:
            listener.bind(("", PORT))
            break
        except OSError:
            time.sleep(1)  # "Address already in use": it goes away after a while
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
    while True:
        connection, address = listener.accept()
        serve(connection)


if __name__ == "__main__":
    main()
