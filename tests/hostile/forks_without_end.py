# tries: forks for ever, and so does every child
# holds: bubblewrap landlock
# told: more than 100 processes
import os
import sys
while True:
    try:
        os.fork()
    except OSError:
        pass
