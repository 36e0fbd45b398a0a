# DELAY is cut to whole seconds, so a third of a second becomes none.
# fails: blocking/takes_turns_in_time
# cause: does_not_sleep_delay
import os
import socket
import time


class BlockingServer:
    def __init__(self, port, delay):
        self.delay = delay
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("", port))
        self.listener.listen(5)

    def serve_forever(self):
        while True:
            connection, address = self.listener.accept()
            with connection:
                self.serve(connection)

    def serve(self, connection):
        try:
            self.request = connection.recv(1024)
            time.sleep(self.delay)
            connection.sendall(b"Hello, I'm server")
        except ConnectionError:
            pass


PORT = int(os.environ.get("PORT", 50007))
DELAY = int(float(os.environ.get("DELAY", 0)))

BlockingServer(PORT, DELAY).serve_forever()
