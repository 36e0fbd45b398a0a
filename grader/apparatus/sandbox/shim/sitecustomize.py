"""Makes a seed of the interpreter that finds `FORKLAB_SEED`; lets some calls of `accept` fail as an interrupted one does
(EINTR), and says so on standard error.

A real signal can't tell a server with a restart from one without: since Python 3.5 the interpreter restarts the call
itself (PEP 475). `FORKLAB_EINTR` numbers the calls that fail: "1,2,4". Only listeners of AF_INET and AF_INET6 are
touched; multiprocessing has listeners of its own kind.
"""

import os

if "FORKLAB_SEED" in os.environ:
    import seed

    seed.stand()  # returns in each server that is forked off

import errno  # noqa: E402 - a seed must know what a program finds loaded without it
import sys  # noqa: E402

sys.path.insert(0, os.getcwd())  # a module beside the program comes first, as it will in the program
import socket  # noqa: E402

del sys.path[0]

_FAILING = {int(number) for number in os.environ.pop("FORKLAB_EINTR", "").split(",") if number}
_REAL = getattr(getattr(socket, "socket", None), "_accept", None)  # a module beside it may be called socket
_calls = 0
_told = 2
if _FAILING:  # standard error as it is now: a program may send its own elsewhere
    try:
        _told = os.dup2(2, 100, inheritable=False)
    except OSError:  # it has none
        pass


def _accept(listener):
    global _calls
    if listener.family in (socket.AF_INET, socket.AF_INET6):
        _calls += 1
        if _calls in _FAILING:
            try:
                os.write(_told, b"\n[forklab] call %d of accept was interrupted by a signal (EINTR)\n" % _calls)
            except OSError:
                pass
            raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR))
    return _REAL(listener)


if _FAILING and _REAL:
    socket.socket._accept = _accept
