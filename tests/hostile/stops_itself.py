# tries: stops itself, so that nothing moves and nothing ends
# holds: bubblewrap landlock
# told: is stopped
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
