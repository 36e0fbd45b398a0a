# http.server's handler in a ForkingMixIn server, which closes each connection after one reply.
import http.server
import os
import socketserver
import time

PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))
BODY = b"Hello, World!\n"


class Greeter(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        self.server.socket.close()  # the child's copy
        super().setup()

    def do_GET(self):
        time.sleep(DELAY)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(BODY)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(BODY)


class Server(socketserver.ForkingTCPServer):
    allow_reuse_address = True
    request_queue_size = 1024
    max_children = 100

    def get_request(self):
        while True:
            try:
                return super().get_request()
            except InterruptedError:
                continue


Server(("", PORT), Greeter).serve_forever(poll_interval=0.2)
