# A thread writes the log, woken by a queue; the one that accepts serves.
import os
import queue
import socket
import threading
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


lines = queue.SimpleQueue()


def write_the_log():
    while line := lines.get():
        print(line, flush=True)


def serve(connection):
    try:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(REPLY)
        lines.put("served one")
    except OSError as error:
        print("client lost:", error)
    finally:
        connection.close()


def main():
    threading.Thread(target=write_the_log, daemon=True).start()
    listener = open_listener()
    while True:
        connection, address = listener.accept()
        serve(connection)


if __name__ == "__main__":
    main()
