"""Which box this machine can give: tried once, by a canary that must fail in it at what it forbids."""

from __future__ import annotations

import json
import os
import platform
import shutil
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from grader import scratch
from grader.apparatus.sandbox.bare import BareBox
from grader.apparatus.sandbox.box import Box, BoxBroken
from grader.apparatus.sandbox.bubblewrap import BubblewrapBox, is_installed

TIERS = ("auto", "bubblewrap", "none")
_CANARY = """
import json, os, socket, sys
path, pid, called, port, name, folder = json.loads(sys.argv[1])
did = []
def attempt(what, act):
    try:
        act()
    except Exception:
        return
    did.append(what)
def see_process():
    assert open(f"/proc/{pid}/cmdline", "rb").read(len(called)).decode("latin-1") == called
attempt("read a file of the grader's user", lambda: open(path).read())
attempt("list the grader's own folder", lambda: os.listdir(folder))
attempt("see the grader's process", see_process)
attempt("reach a TCP port of this machine", lambda: socket.create_connection(("127.0.0.1", port), 1))
def abstract():
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("\\0" + name)
attempt("reach an abstract socket of this machine", abstract)
attempt("write to /usr", lambda: open("/usr/forklab-canary", "w"))
attempt("become root", lambda: os.setuid(0) if os.getuid() else did.append("be root"))
print(json.dumps(did))
"""


class NoBox(Exception):
    """The tier that was asked for is not to be had here; the message says why and what mends it."""


class Tier(NamedTuple):
    """A kind of box, chosen for a whole run.

    Args:
        name: `bubblewrap` or `none`.
        make: starts a box that shows a folder.
        notice: one sentence where a better one is not to be had; "" where this is the best.
    """

    name: str
    make: Callable[[Path], Box]
    notice: str = ""

    @property
    def has_one_network(self) -> bool:
        """Its boxes share the machine's own network: one server for a port."""
        return self.name == "none"

    @property
    def holds_others_code(self) -> bool:
        """Untrusted programs may run in it."""
        return self.name != "none"


def choose(wanted: str = "auto", *, with_canary: bool = True) -> Tier:
    """The box for a run.

    Args:
        wanted: one of TIERS.
        with_canary: let code in the box try what it must not be able to do; left out for one's own code.

    Raises:
        NoBox: it was asked for by name, and this machine does not give it; or it does not hold.
    """
    if wanted == "none":
        return Tier("none", BareBox)
    why = _why_not_bubblewrap(with_canary)
    if not why:
        return Tier("bubblewrap", BubblewrapBox)
    if wanted == "bubblewrap":
        raise NoBox(why)
    return Tier("none", BareBox, f"No sandbox: {why}")


def _why_not_bubblewrap(with_canary: bool) -> str:
    if platform.system() != "Linux":
        return f"bubblewrap needs Linux, and this is {platform.system()}; use a container or a lab machine"
    if not is_installed():
        return f"bubblewrap is not installed; mend it with: {install_command()}"
    with scratch.folder() as folder:
        try:
            box = BubblewrapBox(folder)
        except (BoxBroken, OSError) as broken:
            return f"bubblewrap does not start here: {broken}; {_mend(str(broken))}"
        with box:
            done = _what_the_canary_did(box) if with_canary else []
    if done:
        raise NoBox(f"the box does not hold: code in it could {', '.join(done)}; nothing was graded")
    return ""


def install_command() -> str:
    """How to install bubblewrap with this machine's package manager."""
    for manager, command in (
        ("apt-get", "sudo apt-get install bubblewrap"),
        ("dnf", "sudo dnf install bubblewrap"),
        ("pacman", "sudo pacman -S bubblewrap"),
        ("zypper", "sudo zypper install bubblewrap"),
        ("apk", "sudo apk add bubblewrap"),
    ):
        if shutil.which(manager):
            return command
    return "your package manager's bubblewrap"


def _mend(said: str) -> str:
    if "setting up uid map" in said or "Permission denied" in said:
        return (
            "user namespaces are refused, on Ubuntu by AppArmor; mend it with: "
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        )
    if "Operation not permitted" in said or "No permissions" in said:
        return "in a container, start it with --cap-add SYS_ADMIN and --security-opt seccomp=unconfined"
    return "try it by hand: bwrap --unshare-all --ro-bind / / true"


def _what_the_canary_did(box: Box) -> list[str]:
    """Run code in the box that tries what it must not be able to do; what it could do."""
    with (
        scratch.folder() as folder,
        closing(socket.create_server(("127.0.0.1", 0))) as reachable,
        closing(socket.socket(socket.AF_UNIX)) as abstract,
    ):
        secret = folder / "secret"
        secret.touch(0o600)
        name = f"forklab-canary-{os.getpid()}"
        abstract.bind("\0" + name)
        abstract.listen()
        port = reachable.getsockname()[1]
        # How the grader was called, since in a container its pid is a small one, that the canary may have in the box.
        called = Path("/proc/self/cmdline").read_bytes()[:1000].decode("latin-1")
        targets = json.dumps([str(secret), os.getpid(), called, port, name, str(Path(__file__).parent)])
        reader, writer = os.pipe()
        try:
            box.start("", environment={}, outputs=(writer, writer), arguments=("-c", _CANARY, targets))
        finally:
            os.close(writer)
        with os.fdopen(reader, "rb") as told:
            said = told.read().decode("utf-8", "replace")
    try:
        done: list[str] = json.loads(said)
    except ValueError as error:
        raise NoBox(f"the canary in the box said nothing that we understand: {said[-300:]!r}") from error
    return done


def python_in_the_box() -> str:
    """The version of the interpreter that runs the programs."""
    return ".".join(map(str, sys.version_info[:3]))
