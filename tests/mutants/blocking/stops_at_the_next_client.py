# The handler of SIGTERM only sets a flag, and accept, which Python restarts, goes on to wait for one more client.
# fails: blocking/ends_when_told
# cause: sigterm_does_not_end_it
import os
import signal
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
    try:
        message = connection.recv(1024)
        if message:
            time.sleep(DELAY)
            connection.sendall(REPLY)
    except OSError as error:
        print("client lost:", error, flush=True)
    finally:
        connection.close()


running = True


def stop(signum, frame):
    global running
    running = False


def main():
    signal.signal(signal.SIGTERM, stop)
    listener = open_listener()
    print("waiting on port", PORT, flush=True)
    while running:
        connection = next_client(listener)
        serve(connection)


if __name__ == "__main__":
    main()
