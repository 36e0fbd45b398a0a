# tries: takes 3 GB at once
# holds: bubblewrap landlock
# told: MemoryError
import os
import sys
hoard = bytearray(3 << 30)
