# The child shuts the listening socket down, and with it the parent's, which is the same one.
# fails: forking/answers
# follows: forking/serves_others_while_one_is_silent, forking/gives_each_client_a_child, forking/overlaps_in_time, forking/outlives_its_descriptor_limit, forking/reaps_each_child, forking/reaps_a_burst, forking/goes_on_while_children_live, forking/restarts_interrupted_accept, forking/survives_signals, forking/starts_again_at_once: nobody listens any more after the first client, and accept ends the server, whatever the scene
# cause: shuts_the_listener_down
import os
import signal
import socket
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
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            handle(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    serve()
