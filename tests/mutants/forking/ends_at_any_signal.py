# Every signal but SIGCHLD ends the server, also those that nobody means as an end.
# fails: forking/survives_signals
# follows: forking/reaps_a_burst: it is stopped there, and SIGCONT lets it go on and ends it
# cause: signals_end_it
import os
import signal
import socket
import sys
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def reap(signum, frame):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def stop(signum, frame):
    sys.exit(f"ended by {signal.Signals(signum).name}")


def handle(connection):
    connection.recv(1024)
    time.sleep(DELAY)
    connection.sendall(REPLY)
    connection.close()


def serve():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", PORT))
    listener.listen(1024)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, stop)
    signal.signal(signal.SIGCHLD, reap)
    while True:
        try:
            connection, address = listener.accept()
        except InterruptedError:
            continue
        if os.fork() == 0:
            listener.close()
            handle(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    serve()
