import os
import socket
import sys
import time

REPLY = b"HTTP/1.1 200 OK\r\n\r\nHello, World!\n"

connection = socket.socket(fileno=int(sys.argv[1]))
connection.recv(1024)
time.sleep(float(os.environ.get("DELAY", 0)))
connection.sendall(REPLY)
connection.close()
