# tries: starts threads for ever
# holds: bubblewrap landlock
# told: can't start new thread
import os
import sys
import threading
import time

while True:
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
