"""A seed: an interpreter that has started and stands before its program's first line, where servers are forked off it.

It is `python program` like any other, but for the `sitecustomize` that imports this module and stays in it; every server
comes back from it and goes on as if it had just been started: the interpreter runs `sitecustomize` before it looks at
the program, site(3). So a server costs two forks in place of the start of an interpreter and the import of `socket`.

    agent                          seed                    between              server
      limits, environment   ->       forks         ->        forks        ->      waits until it is the agent's child
        + 2 pipes                                            exits
                                     waits for it
                                     says so       ------------------------->     takes limits, environment, pipes
      <-  its pid           <------------------------------------------------     goes on to the program's first line
      <-  0: start it anew           where the program has a module of its own under a name that is loaded here
"""

import os
import sys

_BEFORE = {*sys.modules} | {"seed", "sitecustomize"}

import array  # noqa: E402 - what a program finds loaded without a seed had to be seen first
import errno  # noqa: E402
import resource  # noqa: E402
import select  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402

_FOR_SERVERS = (array, errno, resource, select, signal, socket)
_LOADED = {name.partition(".")[0] for name in {*sys.modules} - _BEFORE}


def stand() -> None:
    """Fork a server off for each order; returns in the servers alone."""
    control = socket.socket(fileno=int(os.environ["FORKLAB_SEED"]))
    try:
        while True:
            order, outputs, _, _ = socket.recv_fds(control, 1 << 18, 2)
            if not order:
                break
            if _has_a_module_that_is_loaded_here():
                control.send(b"0")
            elif _forked_off():
                _become_a_server(control, order.decode().split("\0"), outputs)
                return
            for descriptor in outputs:
                os.close(descriptor)
    except BaseException:
        os._exit(1)
    os._exit(0)


def _has_a_module_that_is_loaded_here() -> bool:
    return any(name.partition(".")[0] in _LOADED for name in os.listdir())


def _forked_off() -> bool:
    """Fork twice, so that the server is the agent's child; True in the server, once it is that."""
    adopted, tell = os.pipe()
    between = os.fork()
    if not between:
        if os.fork():
            os._exit(0)
        os.close(tell)
        if not os.read(adopted, 1):
            raise ChildProcessError
        os.close(adopted)
        return True
    os.close(adopted)
    if os.waitpid(between, 0)[1]:
        raise ChildProcessError
    os.write(tell, b"!")
    os.close(tell)
    return False


def _become_a_server(control: socket.socket, order: list[str], outputs: list[int]) -> None:
    """Take what a start would have given, and leave nothing behind that it would not have."""
    os.setsid()
    for standard, output in enumerate(outputs, start=1):
        os.dup2(output, standard)
        os.close(output)
    limits, *environment = order
    for limit in limits.split(","):
        _take(*limit.split("="))
    os.environ.clear()
    os.environ.update(variable.split("=", 1) for variable in environment)
    sys.path.remove(os.path.dirname(__file__))
    del sys.modules["seed"]
    control.send(str(os.getpid()).encode())
    control.close()


def _take(name: str, value: str) -> None:
    kind = getattr(resource, f"RLIMIT_{name}")
    hard = resource.getrlimit(kind)[1]
    limit = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
    resource.setrlimit(kind, (limit, limit))
