# A thread per client sleeps a second in place of DELAY: slow enough for n in turn, yet all at once.
# fails: blocking/takes_turns_in_time
# fails: blocking/serves_one_client_at_a_time, blocking/works_in_one_process
# follows: blocking/serves_in_order_of_arrival: the silent client came first and is overtaken
# cause: threads_for_clients
import os
import socket
import threading
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = 1.0  # seconds, so that one sees something
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


def main():
    listener = open_listener()
    while True:
        connection, address = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
