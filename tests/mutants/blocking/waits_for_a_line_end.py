# It reads a line, and the client's greeting has no line end: both wait for ever.
# fails: blocking/answers
# follows: blocking/serves_one_client_at_a_time, blocking/takes_turns_in_time, blocking/starts_again_at_once: no request has a line end, so that nobody is served, whatever the scene
# cause: reads_on_for_ever
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
            with connection.makefile("rb") as stream:
                self.request = stream.readline()
            time.sleep(self.delay)
            connection.sendall(b"Hello, I'm server")
        except ConnectionError:
            pass


PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

BlockingServer(PORT, DELAY).serve_forever()
