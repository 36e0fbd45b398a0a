import os
import socket
import threading
import time

HOST, PORT = "", int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))

HEADER = "HTTP/1.1 200 OK\r\n"
BODY = "Hello, World!"


def client_thread(conn, addr):
    try:
        data = conn.recv(1024)
        if data:
            time.sleep(DELAY)
            conn.sendall((HEADER + "\r\n" + BODY).encode())
    except ConnectionError:
        print(addr, "disconnected")
    finally:
        conn.close()


def main():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((HOST, PORT))
    s.listen(1024)
    while True:
        try:
            conn, addr = s.accept()
        except InterruptedError:
            continue
        # threads are lighter than processes and do the same job
        threading.Thread(target=client_thread, args=(conn, addr), daemon=True).start()


main()
