# Listener and connections do not block, and poll tells what is there.
# passes: blocking/survives_rude_clients, blocking/bears_any_bytes, blocking/waits_for_slow_clients, blocking/survives_full_descriptor_table, blocking/survives_aborted_connection, blocking/ends_when_told, blocking/is_reachable_everywhere, blocking/keeps_its_port, blocking/queues_five_clients
import contextlib
import os
import select
import socket
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"Hello, I'm server"


def wait_for(sock, event):
    poll = select.poll()
    poll.register(sock, event)
    poll.poll()


def next_client(listener):
    while True:
        wait_for(listener, select.POLLIN)
        try:
            connection, address = listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            continue
        except OSError:
            time.sleep(0.1)
            continue
        connection.setblocking(False)
        return connection


def serve(connection):
    with connection:
        wait_for(connection, select.POLLIN)
        if not connection.recv(1024):
            return
        time.sleep(DELAY)
        wait_for(connection, select.POLLOUT)
        connection.send(REPLY)


with socket.create_server(("", PORT), backlog=5) as listener, contextlib.suppress(KeyboardInterrupt):
    listener.setblocking(False)
    while True:
        with contextlib.suppress(OSError):
            serve(next_client(listener))
