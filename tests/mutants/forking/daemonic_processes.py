# Children are daemons of multiprocessing, which ends them when the parent ends.
# fails: forking/children_outlive_parent
# cause: children_end_with_their_parent, no_process_ends_it
import contextlib
import multiprocessing
import os
import socket
import threading
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!"


def serve(listener, connection):
    listener.close()
    with contextlib.suppress(OSError):
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(REPLY)
    connection.close()


def wait_for(process):
    process.join()
    process.close()


def main():
    fork = multiprocessing.get_context("fork")
    listener = socket.create_server(("", PORT), backlog=1024)
    while True:
        try:
            connection, address = listener.accept()
        except InterruptedError:
            continue
        process = fork.Process(target=serve, args=(listener, connection), daemon=True)
        process.start()
        connection.close()
        threading.Thread(target=wait_for, args=(process,), daemon=True).start()


if __name__ == "__main__":
    main()
