# socketserver does not set SO_REUSEADDR unless allow_reuse_address says so, and here nothing does.
# fails: forking/starts_again_at_once
# cause: address_is_not_reused
import os
import socketserver
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))


class Greeter(socketserver.BaseRequestHandler):
    def setup(self):
        self.server.socket.close()  # the child's copy

    def handle(self):
        self.request.recv(1024)
        time.sleep(DELAY)
        self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


class Server(socketserver.ForkingTCPServer):
    request_queue_size = 1024

    def get_request(self):
        while True:
            try:
                return super().get_request()
            except InterruptedError:
                continue


with Server(("", PORT), Greeter) as server:
    server.serve_forever(poll_interval=0.2)
