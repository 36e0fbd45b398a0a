# No error of a client is caught, so the first one that is lost ends the server.
# fails: blocking/survives_rude_clients, blocking/survives_aborted_connection
# cause: a_lost_client_ends_the_server
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


def next_client(listener):
    while True:
        try:
            connection, address = listener.accept()
            return connection
        except InterruptedError:
            continue
        except OSError as error:
            print("no client:", error, flush=True)
            time.sleep(0.2)


def serve(connection):
    message = connection.recv(1024)
    if message:
        time.sleep(DELAY)
        connection.sendall(REPLY)
    connection.close()


def main():
    listener = open_listener()
    print("waiting on port", PORT, flush=True)
    while True:
        connection = next_client(listener)
        serve(connection)


if __name__ == "__main__":
    main()
