# socketserver.ForkingMixIn, with the listening socket closed in the child.
import os
import socketserver
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))


class Greeter(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(1024)
        time.sleep(DELAY)
        self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


class Server(socketserver.ForkingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    request_queue_size = 1024

    def get_request(self):
        while True:
            try:
                return super().get_request()
            except InterruptedError:
                continue

    def finish_request(self, request, client_address):
        self.socket.close()  # we are in the child here
        super().finish_request(request, client_address)


with Server(("", PORT), Greeter) as server:
    server.serve_forever()
