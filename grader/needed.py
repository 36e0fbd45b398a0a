"""What the grader needs of a machine: asked before anything is imported that another system does not have."""

from __future__ import annotations

import sys

_CALLED = {"darwin": "macOS", "win32": "Windows", "cygwin": "Windows"}


def why_not_on(platform: str) -> str:
    """Why nothing can be graded on a platform, and where instead: one sentence; "" where it can.

    Args:
        platform: as `sys.platform` names it.
    """
    if platform == "linux":
        return ""
    wsl = ", in WSL 2" if _CALLED.get(platform) == "Windows" else ""
    return (
        f"forklab watches servers through the Linux kernel, and this is {_CALLED.get(platform, platform)}: run it in the "
        f"container that .devcontainer describes (an editor opens the folder in it){wsl}, or on a Linux machine of the lab"
    )


WHY_NOT_HERE = why_not_on(sys.platform)
