# tries: leaves daemons that ignore every signal, in sessions of their own, and hold the port
# holds: bubblewrap landlock
# told: ended with status 0
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

import ctypes
import signal
import socket
import time

taken = socket.socket()
taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
taken.bind(("", int(os.environ["PORT"])))
taken.listen()
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
for _ in range(5):
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
        os.closerange(0, 3)
        ctypes.CDLL(None).prctl(15, TARGETS["mark"].encode(), 0, 0, 0)
        while True:
            time.sleep(1)
os._exit(0)
