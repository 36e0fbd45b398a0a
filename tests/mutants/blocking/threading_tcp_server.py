# socketserver's ThreadingTCPServer serves each client in a thread of its own, all of them at once.
# fails: blocking/serves_one_client_at_a_time, blocking/works_in_one_process
# fails: blocking/takes_turns_in_time
# follows: blocking/serves_in_order_of_arrival: the silent client came first and is overtaken
# cause: threads_for_clients
import os
import socketserver
import time

PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))


class Greeter(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.request.recv(1024)
            time.sleep(DELAY)
            self.request.sendall(b"Hello, I'm server")
        except ConnectionError:
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 5
    daemon_threads = True


with Server(("", PORT), Greeter) as server:
    server.serve_forever()
