# tries: opens 5000 descriptors
# holds: bubblewrap landlock
# told: Too many open files
import os
import sys
kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(5000)]
