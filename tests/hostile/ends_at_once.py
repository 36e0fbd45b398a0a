# tries: ends with status 0 before anything is asked
# holds: bubblewrap landlock
# told: ended with status 0 before it listened
import os
import sys
os._exit(0)
