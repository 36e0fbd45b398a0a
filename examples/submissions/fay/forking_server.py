import os
import signal
import socket
import time

PORT = int(os.getenv("PORT", "8888"))
DELAY = float(os.getenv("DELAY", "0"))


def child_has_ended(signum, frame):
    # no zombies: wait for the child that sent the signal
    try:
        os.wait()
    except ChildProcessError:
        pass


class ForkingServer:
    def __init__(self, host, port, backlog):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((host, port))
        self.sock.listen(backlog)
        signal.signal(signal.SIGCHLD, child_has_ended)

    def run(self):
        while True:
            conn = self.accept()
            pid = os.fork()
            if pid == 0:
                self.sock.close()
                self.talk_and_exit(conn)
            conn.close()

    def accept(self):
        while True:
            try:
                conn, _ = self.sock.accept()
                return conn
            except InterruptedError:
                pass  # restart it by hand

    def talk_and_exit(self, conn):
        try:
            text = conn.recv(1024)
            if text:
                time.sleep(DELAY)
                conn.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")
            conn.close()
        finally:
            os._exit(0)


ForkingServer("", PORT, 1024).run()
