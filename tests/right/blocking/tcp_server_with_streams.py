# socketserver.TCPServer in the main thread, with a handler that reads and writes streams.
import os
import socketserver
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))


class Greeter(socketserver.StreamRequestHandler):
    def handle(self):
        self.rfile.read1(1024)
        time.sleep(DELAY)
        self.wfile.write(b"Hello, I'm server")


socketserver.TCPServer.allow_reuse_address = True

with socketserver.TCPServer(("", PORT), Greeter) as server:
    server.serve_forever()
