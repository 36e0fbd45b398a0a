import os
import socket
import threading
import time

HOST, PORT = "", int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))


def client_thread(conn, addr):
    try:
        data = conn.recv(1024)
        if data:
            time.sleep(DELAY)
            conn.sendall("Hello, I'm server".encode())
    except ConnectionError:
        print(addr, "disconnected")
    finally:
        conn.close()


def main():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((HOST, PORT))
    s.listen(5)
    while True:
        conn, addr = s.accept()
        # a thread per client, so that nobody has to wait
        threading.Thread(target=client_thread, args=(conn, addr), daemon=True).start()


main()
