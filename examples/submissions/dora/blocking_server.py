import os
import socket
import time

HOST = ""
PORT = int(os.environ.get("PORT", 50007))
DELAY = float(os.environ.get("DELAY", 0))

# create the socket that waits for clients
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((HOST, PORT))
s.listen(5)
print("waiting for clients on port", PORT, flush=True)

while True:
    # accept gives a NEW socket for this client
    conn, addr = s.accept()
    print("client from", addr, flush=True)
    data = conn.recv(1024)
    if data:
        time.sleep(DELAY)
        conn.sendall(b"Hello, I'm server")
    conn.close()
