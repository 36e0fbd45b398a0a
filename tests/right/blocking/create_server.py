# socket.create_server does all at once, and with closes what it opens.
import os
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"Hello, I'm server"


def serve(connection):
    try:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(REPLY)
    except OSError as error:
        print("client lost:", error)


def main():
    with socket.create_server(("", PORT), backlog=5) as listener:
        while True:
            connection, address = listener.accept()
            with connection:
                serve(connection)


if __name__ == "__main__":
    main()
