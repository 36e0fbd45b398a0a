import os
import socket
import time

PORT = int(os.getenv("PORT", "50007"))
DELAY = float(os.getenv("DELAY", "0"))


class BlockingServer:
    def __init__(self, host, port, backlog):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((host, port))
        self.sock.listen(backlog)

    def run(self):
        while True:
            conn, _ = self.sock.accept()
            with conn:  # closes the connection at the end of the block
                self.talk(conn)

    def talk(self, conn):
        try:
            text = conn.recv(1024)
            if not text:
                return
            time.sleep(DELAY)
            # with the newline it looks nicer in netcat
            conn.sendall(b"Hello, I'm server\n")
        except ConnectionError:
            print("the client hung up")


BlockingServer("", PORT, 5).run()
