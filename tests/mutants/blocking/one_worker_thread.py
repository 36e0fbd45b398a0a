# One thread accepts and another one serves, so the work is not done by the thread that accepted.
# fails: blocking/works_in_one_process
# passes: blocking/serves_one_client_at_a_time
# cause: another_thread_works
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


def serve(connection):
    try:
        connection.recv(1024)
        time.sleep(DELAY)
        connection.sendall(REPLY)
    except OSError as error:
        print("client lost:", error)
    finally:
        connection.close()


def work(waiting):
    while True:
        serve(waiting.get())


def main():
    listener = open_listener()
    waiting = queue.Queue()
    threading.Thread(target=work, args=(waiting,), daemon=True).start()
    while True:
        connection, address = listener.accept()
        waiting.put(connection)


if __name__ == "__main__":
    main()
