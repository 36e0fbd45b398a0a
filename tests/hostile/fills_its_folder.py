# tries: fills its folder with 500 MB
# holds: bubblewrap landlock
# told: more than 32 MB of files
import os
import sys
import time

for number in range(50):
    try:
        with open(f"hostile-{number}", "wb") as file:
            file.write(b"x" * (10 << 20))
    except OSError as error:
        print(error, flush=True)
time.sleep(1000)
