# Ada, chapter 2: a child for every client
import errno
import os
import signal
import socket
import time

PORT = int(os.environ.get("PORT", "8888"))
DELAY = float(os.environ.get("DELAY", "0"))

RESPONSE = b"""HTTP/1.1 200 OK\r
\r
Hello, World!"""


def sigchld_handler(signum, frame):
    # Many children can end and I only get one signal, so loop until there is nothing left.
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return  # no children at all
        if pid == 0:
            return  # only living children


def handle_request(conn):
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = conn.recv(1024)
        if not chunk:
            return  # hung up before the request was complete
        data += chunk
    time.sleep(DELAY)
    conn.sendall(RESPONSE)


def serve_forever():
    signal.signal(signal.SIGCHLD, sigchld_handler)
    listen_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listen_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listen_socket.bind(("", PORT))
    listen_socket.listen(1024)

    while True:
        try:
            conn, addr = listen_socket.accept()
        except OSError as e:
            if e.errno == errno.EINTR:  # a signal, not a client: again
                continue
            if e.errno == errno.EMFILE:  # too many open files: wait until some are closed
                time.sleep(0.2)
                continue
            raise

        try:
            pid = os.fork()
        except OSError as e:
            print("cannot fork:", e, flush=True)
            conn.close()
            continue

        if pid == 0:  # child
            try:
                listen_socket.close()
                handle_request(conn)
                conn.close()
            except ConnectionError:
                pass  # client gone
            finally:
                os._exit(0)

        conn.close()  # parent: the child has its own copy


if __name__ == "__main__":
    serve_forever()
