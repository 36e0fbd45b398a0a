# The handler takes no parameters and is called with two, a TypeError, when the first child has ended.
# fails: forking/survives_signals
# follows: forking/answers, forking/serves_others_while_one_is_silent, forking/gives_each_client_a_child, forking/outlives_its_descriptor_limit, forking/reaps_each_child, forking/reaps_a_burst, forking/goes_on_while_children_live, forking/restarts_interrupted_accept, forking/starts_again_at_once: the first child that ends ends the server with it, whatever the scene
# follows: forking/overlaps_in_time, forking/closes_after_reply, forking/leaves_no_descriptor_open: the same, where the child ends before the scene does
# cause: handler_raises
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"


def reap():
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


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
