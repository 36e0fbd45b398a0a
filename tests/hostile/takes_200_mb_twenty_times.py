# tries: takes 200 MB in each of twenty processes
# holds: bubblewrap landlock
# told: more than 1024 MB of memory
import os
import sys
import time

for _ in range(20):
    if not os.fork():
        hoard = bytearray(b"x") * (200 << 20)
        time.sleep(1000)
time.sleep(1000)
