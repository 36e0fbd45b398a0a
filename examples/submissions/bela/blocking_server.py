"""Blocking server, built on the socketserver module of the standard library."""

import os
import socketserver
import time

PORT = int(os.environ.get("PORT", "50007"))
DELAY = float(os.environ.get("DELAY", "0"))


class HelloHandler(socketserver.BaseRequestHandler):
    def handle(self):
        message = self.request.recv(1024)
        if message:
            time.sleep(DELAY)
            self.request.sendall(b"Hello, I'm server")


class HelloServer(socketserver.TCPServer):
    # TCPServer without a mixin handles one request after the other
    allow_reuse_address = True
    request_queue_size = 5

    def handle_error(self, request, client_address):
        print(f"{client_address[0]} went away", flush=True)


if __name__ == "__main__":
    with HelloServer(("", PORT), HelloHandler) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("bye", flush=True)
