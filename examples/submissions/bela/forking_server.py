"""Forking server as a class. A self-pipe turns SIGCHLD into something that select can wait for."""

import contextlib
import os
import selectors
import signal
import socket
import time

PORT = int(os.environ.get("PORT", "8888"))
DELAY = float(os.environ.get("DELAY", "0"))


class ForkingServer:
    body = b"Hello, World!"
    header = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"

    def __init__(self, port):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("", port))
        self.listener.listen(1024)
        # select says that a client is there, but it can be gone again before accept
        self.listener.setblocking(False)

        # Python writes one byte into the pipe for each signal
        self.signals, wakeup = socket.socketpair()
        self.signals.setblocking(False)
        wakeup.setblocking(False)
        self.wakeup = wakeup
        signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda signum, frame: None)

        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ, self.new_client)
        self.selector.register(self.signals, selectors.EVENT_READ, self.child_ended)

    def run(self):
        while True:
            for key, _ in self.selector.select():
                key.data()

    def new_client(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except InterruptedError:
                continue  # EINTR: ask again
            except (BlockingIOError, ConnectionAbortedError):
                return  # not there any more, back to select
            except OSError as error:
                print("accept:", error, flush=True)
                time.sleep(0.1)
                return
            break
        connection.setblocking(True)
        self.hand_over(connection)

    def hand_over(self, connection):
        try:
            pid = os.fork()
        except OSError as error:
            print("fork:", error, flush=True)
            pid = None
        if pid == 0:
            self.child(connection)
        connection.close()

    def child(self, connection):
        try:
            self.forget_parent()
            self.respond(connection)
        finally:
            os._exit(0)

    def forget_parent(self):
        """Close everything that belongs to the parent."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.selector.close()
        self.listener.close()
        self.signals.close()
        self.wakeup.close()

    def respond(self, connection):
        request = connection.makefile("rb")
        lines = 0
        for line in request:
            lines += 1
            if not line.strip():
                break
        if lines:
            time.sleep(DELAY)
            connection.sendall(self.header.encode() + self.body)
            connection.shutdown(socket.SHUT_WR)

    def child_ended(self):
        # empty the pipe first, then wait: a child that ends in between writes again
        with contextlib.suppress(BlockingIOError):
            while self.signals.recv(4096):
                pass
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass


if __name__ == "__main__":
    ForkingServer(PORT).run()
