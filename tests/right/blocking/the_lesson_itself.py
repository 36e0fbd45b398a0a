# The lesson's own program, ported to Python 3 and else unchanged: it sleeps ten seconds, whatever DELAY says.
import socket
import time

HOST = ''
PORT = 50007

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sock.bind((HOST, PORT))
sock.listen(5)

while True:
    conn, addr = sock.accept()
    print('Connected by', addr)
    data = conn.recv(1024)
    print('Received', data)
    time.sleep(10)
    conn.sendall(b"Hello, I'm server")
    conn.close()
