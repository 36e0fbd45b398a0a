# BlockingIOError is caught and InterruptedError is not, so an interrupted accept ends the server.
# fails: forking/restarts_interrupted_accept
# cause: accept_is_not_restarted
import os
import signal
import socket
import time

REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nHello, World!"


class ForkingServer:
    def __init__(self, port, delay):
        self.delay = delay
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("", port))
        self.listener.listen(1024)
        signal.signal(signal.SIGCHLD, self.reap)

    def reap(self, signum, frame):
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
        except ChildProcessError:
            pass

    def serve_forever(self):
        while True:
            try:
                connection, address = self.listener.accept()
            except (BlockingIOError, TimeoutError):
                continue
            if os.fork() == 0:
                self.listener.close()
                self.serve(connection)
                os._exit(0)
            connection.close()

    def serve(self, connection):
        with connection:
            connection.recv(1024)
            time.sleep(self.delay)
            connection.sendall(REPLY)


PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))

ForkingServer(PORT, DELAY).serve_forever()
