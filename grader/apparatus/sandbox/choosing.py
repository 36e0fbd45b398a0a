"""Which box this machine can give: tried once, by a canary that must fail in it at what it forbids."""

from __future__ import annotations

import errno
import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from grader import scratch
from grader.apparatus.sandbox import canary, rulesets
from grader.apparatus.sandbox.bare import BareBox
from grader.apparatus.sandbox.box import Box, BoxBroken
from grader.apparatus.sandbox.bubblewrap import BubblewrapBox, is_installed
from grader.apparatus.sandbox.landlock import LandlockBox
from grader.wording import filed

BOXES: dict[str, Callable[[Path], Box]] = {"bubblewrap": BubblewrapBox, "landlock": LandlockBox}
"""The tiers that hold something, the best first."""
TIERS = ("auto", *BOXES, "none")


class NoBox(Exception):
    """The tier that was asked for is not to be had here; the message says why and what mends it."""


class Unfit(NamedTuple):
    """Why a tier is not to be had here.

    Args:
        why: a sentence.
        mend: a command, or words, that change it; "" where nothing does.
    """

    why: str
    mend: str = ""

    def __str__(self) -> str:
        return filed("{why}; mend it with: {mend}", why=self.why, mend=self.mend) if self.mend else self.why


class Tier(NamedTuple):
    """A kind of box, chosen for a whole run.

    Args:
        name: `bubblewrap`, `landlock` or `none`.
        make: starts a box that shows a folder.
        notice: one sentence where a better one is not to be had; "" where this is the best, or was asked for.
    """

    name: str
    make: Callable[[Path], Box]
    notice: str = ""

    @property
    def has_one_network(self) -> bool:
        """Its boxes share the machine's own network: one server for a port."""
        return self.name != "bubblewrap"

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
    whys: list[str] = []
    for name in BOXES if wanted == "auto" else set(BOXES) & {wanted}:
        unfit = why_unfit(name, with_canary=with_canary)
        if unfit is None:
            return Tier(name, BOXES[name], "; ".join(whys))
        if wanted == name:
            raise NoBox(str(unfit))
        whys.append(str(unfit))
    return Tier("none", BareBox, filed("No sandbox: {reasons}", reasons="; ".join(whys)) if whys else "")


def why_unfit(name: str, *, with_canary: bool = True) -> Unfit | None:
    """Why a tier with a box is not to be had here; None where it is.

    Raises:
        NoBox: it starts, and does not hold.
    """
    before = unfit_for_bubblewrap() if name == "bubblewrap" else unfit_for_landlock()
    return before or _does_not_start(name, BOXES[name], with_canary)


def unfit_for_bubblewrap() -> Unfit | None:
    """Why bubblewrap can't be tried at all; None where it can."""
    if platform.system() != "Linux":
        return Unfit(
            filed("bubblewrap needs Linux, and this is {system}", system=platform.system()),
            filed("a container, or a lab machine"),
        )
    if not is_installed():
        return Unfit(filed("bubblewrap is not installed"), install_command())
    return None


def unfit_for_landlock() -> Unfit | None:
    """Why Landlock can't be tried at all; None where it can."""
    if platform.system() != "Linux":
        return Unfit(
            filed("Landlock is Linux's, and this is {system}", system=platform.system()),
            filed("a container, or a lab machine"),
        )
    version = rulesets.version()
    if version >= rulesets.NEEDED:
        return None
    if version > 0:
        return Unfit(
            filed(
                "the Landlock of this kernel has version {version}, which keeps neither abstract sockets nor signals "
                "within: {needed} is needed, of Linux 6.12",
                version=version,
                needed=rulesets.NEEDED,
            )
        )
    if version == -errno.EOPNOTSUPP:
        return Unfit(filed("Landlock is switched off here"), filed("lsm=landlock,… on the kernel's command line"))
    return Unfit(filed("this kernel has no Landlock, or this container refuses it"), filed("Linux 6.12 or later"))


def _does_not_start(name: str, make: Callable[[Path], Box], with_canary: bool) -> Unfit | None:
    """Start a box and let the canary try it.

    Raises:
        NoBox: the box does not hold, so that nothing may be graded in it, nor in a worse one that nobody asked for.
    """
    with scratch.folder() as folder:
        try:
            box = make(folder)
        except (BoxBroken, OSError) as broken:
            mend = _mend(str(broken)) if name == "bubblewrap" else ""
            return Unfit(filed("{name} does not start here: {why}", name=name, why=broken), mend)
        with box:
            try:
                done = canary.what_it_could_do(box) if with_canary else []
            except canary.NotUnderstood as error:
                return Unfit(filed("{name} runs no programs here: {why}", name=name, why=error))
    if done:
        raise NoBox(f"the {name} box does not hold: code in it could {', '.join(done)}; nothing was graded")
    return None


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
    return filed("your package manager's bubblewrap")


def _mend(said: str) -> str:
    """What lets bubblewrap start, by what it said."""
    if "setting up uid map" in said or "Permission denied" in said:
        return filed(
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu's AppArmor refuses user namespaces)"
        )
    if "Operation not permitted" in said or "No permissions" in said:
        return filed("in a container: --cap-add SYS_ADMIN --security-opt seccomp=unconfined when it is started")
    return filed("try it by hand: bwrap --unshare-all --ro-bind / / true")


def python_in_the_box() -> str:
    """The version of the interpreter that runs the programs."""
    return ".".join(map(str, sys.version_info[:3]))
