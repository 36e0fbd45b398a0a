# The parent detaches the connection, which forgets the descriptor and leaves it open.
# fails: forking/parent_closes_connections, forking/closes_after_reply
# fails: forking/leaves_no_descriptor_open, forking/outlives_its_descriptor_limit
# cause: parent_keeps_its_copy
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
            except InterruptedError:
                continue
            if os.fork() == 0:
                self.listener.close()
                self.serve(connection)
                os._exit(0)
            connection.detach()

    def serve(self, connection):
        with connection:
            connection.recv(1024)
            time.sleep(self.delay)
            connection.sendall(REPLY)


PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))

ForkingServer(PORT, DELAY).serve_forever()
