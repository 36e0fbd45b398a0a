#!/usr/bin/env python3
# Forking TCP server -- Emil
import os, signal, time
from socket import *

port = int(os.environ.get('PORT', '8888'))
delay = float(os.environ.get('DELAY', '0'))


def bury(signum, frame):
    '''collect all dead children'''
    try:
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass
    except ChildProcessError:
        pass


def work(client):
    request = client.recv(1024)
    while request and b'\r\n\r\n' not in request:
        more = client.recv(1024)
        if not more:
            return
        request += more
    if request:
        time.sleep(delay)
        client.sendall(b'HTTP/1.1 200 OK\r\n\r\nHello, World!')


signal.signal(signal.SIGCHLD, bury)
server = socket(AF_INET, SOCK_STREAM)
server.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
server.bind(('', port))
server.listen(1024)

while 1:
    try:
        client, address = server.accept()
    except InterruptedError:
        continue                    # EINTR
    if os.fork() == 0:
        server.close()
        try:
            work(client)
            client.close()          # we are done with this client
        finally:
            os._exit(0)
