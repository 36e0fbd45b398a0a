# multiprocessing's processes, joined by a thread for each; a failure to start one lets its client go.
# passes: forking/survives_rude_clients, forking/waits_for_the_whole_request, forking/delivers_reply_despite_unread_bytes, forking/bears_any_bytes, forking/waits_for_slow_clients, forking/survives_full_descriptor_table, forking/survives_failed_fork, forking/survives_aborted_connection, forking/children_outlive_parent, forking/prints_nothing_twice, forking/ends_when_told, forking/is_reachable_everywhere, forking/keeps_its_port
import multiprocessing
import os
import signal
import socket
import threading
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!"


def serve(listener, connection):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener.close()
    try:
        with connection, connection.makefile("rb") as lines:
            while line := lines.readline():
                if line in (b"\r\n", b"\n"):
                    time.sleep(DELAY)
                    connection.sendall(REPLY)
                    connection.shutdown(socket.SHUT_WR)
                    connection.settimeout(1)
                    connection.recv(65536)
                    return
    except OSError:
        pass


def join(process):
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
        except OSError:
            time.sleep(0.1)
            continue
        process = fork.Process(target=serve, args=(listener, connection))
        try:
            process.start()
            threading.Thread(target=join, args=(process,), daemon=True).start()
        except OSError:
            pass
        connection.close()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        os._exit(0)
