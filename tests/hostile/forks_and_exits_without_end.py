# tries: forks and ends for ever, so that nobody catches its pid
# holds: bubblewrap landlock
# told: ended with status 0 before it listened
import os
import sys
import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    if os.fork():
        os._exit(0)
