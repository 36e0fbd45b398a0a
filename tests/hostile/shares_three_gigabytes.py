# tries: takes 3 GB of memory that processes could share
# holds: bubblewrap landlock
# told: more than 1024 MB of memory
import os
import sys
import mmap
import time

hoard = mmap.mmap(-1, 3 << 30)
for page in range(0, 3 << 30, 4096):
    hoard[page] = 1
time.sleep(1000)
