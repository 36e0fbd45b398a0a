# tries: fills 500 MB of temporary files that it has removed already
# holds: bubblewrap landlock
# told: more than 32 MB of files
import os
import sys
import tempfile
import time

kept = []
for number in range(50):
    try:
        kept.append(tempfile.TemporaryFile())
        kept[-1].write(b"x" * (10 << 20))
        kept[-1].flush()
    except OSError as error:
        print(error, flush=True)
time.sleep(1000)
