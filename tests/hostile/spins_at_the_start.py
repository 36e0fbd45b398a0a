# tries: computes for ever before it listens
# holds: bubblewrap landlock
# told: does not listen on any port
import os
import sys
while True:
    pass
