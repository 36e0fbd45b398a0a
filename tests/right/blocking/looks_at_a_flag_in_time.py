# SIGTERM sets a flag, which is looked at twice a second since the listener has a timeout.
# passes: blocking/survives_rude_clients, blocking/bears_any_bytes, blocking/waits_for_slow_clients, blocking/survives_full_descriptor_table, blocking/survives_aborted_connection, blocking/ends_when_told, blocking/is_reachable_everywhere, blocking/keeps_its_port, blocking/queues_five_clients
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
    listener.settimeout(0.5)
    return listener


running = True


def stop(signum, frame):
    global running
    running = False


def next_client(listener):
    while running:
        try:
            connection, address = listener.accept()
            connection.settimeout(None)
            return connection
        except TimeoutError:
            continue
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
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    listener = open_listener()
    print("waiting on port", PORT, flush=True)
    while connection := next_client(listener):
        serve(connection)


if __name__ == "__main__":
    main()
