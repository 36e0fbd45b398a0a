# A log file is opened for every request and kept, so descriptors run out in time.
# fails: blocking/leaves_no_descriptor_open
# cause: a_file_per_client
import os
import socket
import time


class BlockingServer:
    def __init__(self, port, delay):
        self.delay = delay
        self.logs = []
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
            request = connection.recv(1024)
            log = open("server.log", "ab")
            log.write(request + b"\n")
            self.logs.append(log)
            time.sleep(self.delay)
            connection.sendall(b"Hello, I'm server")
        except ConnectionError:
            pass


PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

BlockingServer(PORT, DELAY).serve_forever()
