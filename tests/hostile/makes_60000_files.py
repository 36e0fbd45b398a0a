# tries: makes 60,000 files
# holds: bubblewrap landlock
# told: more than 2000 files
import os
import sys
import time

for number in range(60_000):
    open(f"hostile-{number}", "w").close()
time.sleep(1000)
