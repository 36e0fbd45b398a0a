# tries: fills /dev/shm with 500 MB
# holds: bubblewrap landlock
# told: more than 32 MB of files|kept a file from the program
import os
import sys
import time

for number in range(50):
    try:
        with open(f"/dev/shm/hostile-{number}", "wb") as file:
            file.write(b"x" * (10 << 20))
    except PermissionError:
        raise
    except OSError as error:
        print(error, flush=True)
time.sleep(1000)
