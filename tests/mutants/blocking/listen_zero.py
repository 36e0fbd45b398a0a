# A queue of 0: one client can wait, and all others are turned away.
# fails: blocking/queues_five_clients
# follows: blocking/serves_in_order_of_arrival: whoever is turned away comes again by itself, later than others who came after it
# cause: queue_is_too_short
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
    listener.listen(0)
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
    try:
        message = connection.recv(1024)
        if message:
            time.sleep(DELAY)
            connection.sendall(REPLY)
    except OSError as error:
        print("client lost:", error, flush=True)
    finally:
        connection.close()


def main():
    listener = open_listener()
    print("waiting on port", PORT, flush=True)
    while True:
        connection = next_client(listener)
        serve(connection)


if __name__ == "__main__":
    main()
