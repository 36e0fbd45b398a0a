import os
import socket
import time

HOST = ""
PORT = int(os.environ.get("PORT", 8888))
DELAY = float(os.environ.get("DELAY", 0))


def serve(conn):
    data = conn.recv(1024)
    print(data.decode(errors="replace"), flush=True)
    time.sleep(DELAY)
    if data:
        conn.sendall(b"HTTP/1.1 200 OK\r\n\r\nHello, World!")


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((HOST, PORT))
s.listen(1024)
print("waiting for clients on port", PORT, flush=True)

while True:
    try:
        conn, addr = s.accept()
    except InterruptedError:
        continue
    # fork gives 0 in the child and the pid of the child in the parent
    pid = os.fork()
    if pid == 0:
        s.close()  # only the parent accepts
        try:
            serve(conn)
            conn.close()
        finally:
            os._exit(0)  # the child is done
    else:
        conn.close()  # the child does the talking
