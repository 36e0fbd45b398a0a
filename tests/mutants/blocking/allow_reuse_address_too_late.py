# allow_reuse_address is set on a TCPServer that has bound its port already, so it comes too late.
# fails: blocking/starts_again_at_once
# cause: address_is_not_reused
import os
import socketserver
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))


class Greeter(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(1024)
        time.sleep(DELAY)
        self.request.sendall(b"Hello, I'm server")


server = socketserver.TCPServer(("", PORT), Greeter)
server.allow_reuse_address = True
server.serve_forever()
