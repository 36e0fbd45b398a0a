# The listener is closed while a client is served, so whoever comes meanwhile is refused.
# fails: blocking/serves_one_client_at_a_time
# follows: blocking/takes_turns_in_time: two of the three clients are refused, so that the work for one is all there is
# follows: blocking/answers, blocking/leaves_no_descriptor_open, blocking/starts_again_at_once: whoever comes before the listener is open again is refused, too
# cause: refuses_while_it_serves
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
    while True:
        listener = open_listener()
        connection, address = listener.accept()
        listener.close()
        serve(connection)


if __name__ == "__main__":
    main()
