#!/usr/bin/env python3
# Blocking TCP server -- Emil
import os, time
from socket import *

port = int(os.environ.get('PORT', '50007'))
delay = float(os.environ.get('DELAY', '0'))

server = socket(AF_INET, SOCK_STREAM)
server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
server.bind(('', port))
server.listen(5)

try:
    while 1:
        client, address = server.accept()
        try:
            msg = client.recv(1024)
            if msg:
                time.sleep(delay)   # "work"
                client.sendall(b"Hello, I'm server")
        except OSError:
            pass                    # client is gone, next please
        client.close()
except KeyboardInterrupt:
    server.close()
