# SO_REUSEPORT is set for good measure, beside SO_REUSEADDR, and lets a second server in.
# fails: blocking/keeps_its_port
# passes: blocking/starts_again_at_once
# cause: port_is_shared
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"Hello, I'm server"


def open_listener():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
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
