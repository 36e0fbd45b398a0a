# tries: connects by TCP, UDP and abstract sockets to what listens on this machine
# holds: bubblewrap landlock
import json
import os
import sys

TARGETS = json.load(open(os.path.join(sys.path[0], "targets.json")))


def attempt(what, act):
    try:
        act()
    except Exception as error:
        print("refused:", what, type(error).__name__, flush=True)
    else:
        print("got:", what, flush=True)

import socket

port, name = TARGETS["port"], TARGETS["name"]
OTHERS = {"vsock": 40, "netlink": 16, "packet": 17, "key": 15, "alg": 38, "can": 29}


def fast_open():
    with socket.socket() as client:
        client.sendto(b"x", socket.MSG_FASTOPEN, ("127.0.0.1", port))
        client.sendmsg([b"x"], [], socket.MSG_FASTOPEN, ("127.0.0.1", port))


def udp(family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.sendto(b"x", (address, TARGETS["udp"]))
        client.connect((address, TARGETS["udp"]))
        client.send(b"x")
        assert client.recv(1) == b""


def multipath():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as client:
        client.connect(("127.0.0.1", port))


def abstract(kind):
    with socket.socket(socket.AF_UNIX, kind) as client:
        client.connect("\0" + name + str(int(kind)))
        client.send(b"x")


attempt("TCP", lambda: socket.create_connection(("127.0.0.1", port), 1))
attempt("TCP over IPv6", lambda: socket.create_connection(("::1", port), 1))
attempt("TCP by fast open", fast_open)
attempt("multipath TCP", multipath)
attempt("UDP", lambda: udp(socket.AF_INET, "127.0.0.1"))
attempt("UDP over IPv6", lambda: udp(socket.AF_INET6, "::1"))
attempt("an abstract stream", lambda: abstract(socket.SOCK_STREAM))
attempt("an abstract datagram", lambda: abstract(socket.SOCK_DGRAM))
for kind, family in OTHERS.items():
    attempt(kind, lambda: socket.socket(family, socket.SOCK_RAW))
    attempt(kind, lambda: socket.socket(family, socket.SOCK_STREAM))

import socket

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", int(os.environ["PORT"])))
listener.listen(5)
while True:
    connection, _ = listener.accept()
    connection.recv(1024)
    connection.sendall(b"Hello, I'm server")
    connection.close()
