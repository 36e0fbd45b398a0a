# socketserver.TCPServer, whose serve_forever runs in a thread of its own.
import os
import socketserver
import threading
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))


class Greeter(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(1024)
        time.sleep(DELAY)
        self.request.sendall(b"Hello, I'm server")


class Server(socketserver.TCPServer):
    allow_reuse_address = True
    request_queue_size = 5


with Server(("", PORT), Greeter) as server:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    thread.join()
