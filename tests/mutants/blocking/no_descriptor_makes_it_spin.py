# After EMFILE accept is called again at once, though the client that it could not take is still in the queue.
# fails: blocking/survives_full_descriptor_table
# cause: no_descriptor_makes_it_spin
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
        except OSError:
            continue


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
