# tries: takes 3 GB of memory that processes could share
# holds: bubblewrap landlock
# told: more than 1024 MB of memory
import os
import sys
import mmap
import time

for _ in range(12):
    if not os.fork():
        hoard = mmap.mmap(-1, 256 << 20)
        hoard.write(b"x" * (256 << 20))
        time.sleep(1000)
time.sleep(1000)
