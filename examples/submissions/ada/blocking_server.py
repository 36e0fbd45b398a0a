# Ada, chapter 1: one client at a time
import os
import socket
import time

PORT = int(os.environ.get("PORT", "50007"))
DELAY = float(os.environ.get("DELAY", "0"))


def handle(conn):
    request = conn.recv(1024)
    if request == b"":
        return  # client closed without sending anything
    time.sleep(DELAY)
    conn.sendall(b"Hello, I'm server")


def main():
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # so that I can restart it without waiting for TIME_WAIT
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("", PORT))
    server.listen(5)
    while True:
        conn, addr = server.accept()
        try:
            handle(conn)
        except ConnectionError as e:
            print("lost", addr, e, flush=True)
        finally:
            conn.close()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
