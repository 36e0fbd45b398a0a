"""Runs Gradescope's bundle in a container like theirs: which box, how long, how much memory, for one submission, twice.

python benchmarks/gradescope.py [--root DIR] [--submission DIR] [--json FILE]

The root is Debian 12's smallest, by mmdebstrap, with the platform's folders. `setup.sh` has the network, as theirs has
while the image is built. `run_autograder` is root in it and has what Docker gives: fourteen capabilities, no namespaces
(neither clone nor unshare, by a filter of system calls), no network, half a core, 768 MB. It needs root and mmdebstrap.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader import grading

SHARE, MEMORY = 0.5, 768 << 20
MOST_SECONDS = 600.0
PERIOD = 100_000
CONTROLLERS = Path("/sys/fs/cgroup")
INNER = r"""
import ctypes, fcntl, os, socket, struct, sys
root, may, words = sys.argv[1], sys.argv[2], sys.argv[3:]
libc = ctypes.CDLL(None, use_errno=True)
def done(result):
    if result: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
for kind, where in (("proc", "/proc"), ("tmpfs", "/dev/shm"), ("tmpfs", "/tmp")):
    os.makedirs(root + where, exist_ok=True)
    done(libc.mount(kind.encode(), (root + where).encode(), kind.encode(), 0, b"" if kind == "proc" else b"mode=1777"))
if may == "run":
    with socket.socket() as any_socket:  # ifreq: the loopback interface up, netdevice(7)
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1 | 64))
os.chroot(root); os.chdir("/autograder")
if may == "run":
    kept = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}  # Docker's, capabilities(7)
    for capability in range(41):
        if capability not in kept: done(libc.prctl(24, capability, 0, 0, 0))
    load, equal, mask, back = 0x20, 0x15, 0x45, 0x06
    refused = (272, 308, 165, 166, 155)  # unshare setns mount umount2 pivot_root
    program = [(load, 0, 0, 0)]
    for number in refused: program += [(equal, 0, 1, number), (back, 0, 0, 0x50001)]
    program += [(equal, 0, 1, 435), (back, 0, 0, 0x50026)]  # clone3: ENOSYS
    program += [(equal, 0, 3, 56), (load, 0, 0, 16), (mask, 0, 1, 0x7E020000), (back, 0, 0, 0x50001)]
    program += [(back, 0, 0, 0x7FFF0000)]
    code = b"".join(struct.pack("=HBBI", *one) for one in program)
    class Filter(ctypes.Structure): _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))
    done(libc.prctl(22, 2, ctypes.byref(Filter(len(program), code)), 0, 0))
os.execve(words[0], words, {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"})
"""
"""Becomes the container's first program. Its namespaces are made by unshare(1) before."""


class Missing(Exception):
    """The trial can't be made here; the message says for want of what."""


def made_root(root: Path) -> None:
    """Debian 12's smallest root, once.

    Raises:
        Missing: no mmdebstrap, or not root.
    """
    if os.geteuid() or not shutil.which("mmdebstrap"):
        raise Missing("this needs root and mmdebstrap: apt-get install mmdebstrap")
    if not (root / "usr").is_dir():
        root.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mmdebstrap", "--variant=minbase", "bookworm", str(root)], check=True, capture_output=True)
    for name in ("source", "submission", "results"):
        shutil.rmtree(root / "autograder" / name, ignore_errors=True)
        (root / "autograder" / name).mkdir(parents=True)


def unpacked(bundle: Path, root: Path) -> None:
    """As the platform lays it: the zip in `source`, the run script above it."""
    source = root / "autograder" / "source"
    subprocess.run(["unzip", "-q", str(bundle), "-d", str(source)], check=True)
    shutil.copy(source / "run_autograder", root / "autograder" / "run_autograder")


def handed_in(submission: Path, root: Path) -> None:
    """A submission, and what the platform knows of it."""
    there = root / "autograder"
    shutil.rmtree(there / "submission")
    shutil.copytree(submission, there / "submission")
    users = [{"id": 1, "name": submission.name.title(), "email": f"{submission.name}@example.org"}]
    (there / "submission_metadata.json").write_text(json.dumps({"id": 7, "users": users}))
    (there / "results" / "results.json").unlink(missing_ok=True)


def contained(root: Path, may: str, *words: str, groups: tuple[Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a program in the root.

    Args:
        may: `build`: with the network; `run`: as the platform lets a submission run.
        groups: control groups that it lives in.
    """

    def enter() -> None:
        for group in groups:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    spaces = ["--mount", "--pid", "--fork", "--kill-child", "--ipc", "--uts", *(["--net"] if may == "run" else [])]
    command = ["unshare", *spaces, sys.executable, "-c", INNER, str(root), may, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=enter)


@contextmanager
def limited() -> Iterator[tuple[Path, ...]]:
    """Control groups with half a core and 768 MB; of version 1 or 2, whichever has them."""
    name = f"forklab-gradescope-{os.getpid()}"
    if (CONTROLLERS / "memory").is_dir():
        limits: dict[Path, dict[str, int | str]] = {
            CONTROLLERS / "cpu" / name: {"cpu.cfs_quota_us": int(SHARE * PERIOD)},
            CONTROLLERS / "memory" / name: {"memory.limit_in_bytes": MEMORY},
        }
    else:
        limits = {CONTROLLERS / name: {"cpu.max": f"{int(SHARE * PERIOD)} {PERIOD}", "memory.max": MEMORY}}
    for group, files in limits.items():
        group.mkdir()
        for file, limit in files.items():
            (group / file).write_text(str(limit))
    try:
        yield tuple(limits)
    finally:
        for group in limits:
            group.rmdir()


def most_memory(groups: tuple[Path, ...]) -> int:
    """Bytes that the container had at most, the files that the kernel keeps for it included."""
    for file in (group / name for group in groups for name in ("memory.max_usage_in_bytes", "memory.peak")):
        if file.is_file():
            return int(file.read_text())
    return 0


def tried(root: Path) -> dict[str, Any]:
    """One submission graded: what it came to, and what it cost."""
    with limited() as groups:
        began = time.monotonic()
        done = contained(root, "run", "/autograder/run_autograder", groups=groups)
        took = time.monotonic() - began
        memory = most_memory(groups)
    path = root / "autograder" / "results" / "results.json"
    results = json.loads(path.read_text()) if path.is_file() else {}
    return {
        "status": done.returncode,
        "score": results.get("score"),
        "tier": results.get("extra_data", {}).get("sandbox"),
        "submission": results.get("extra_data", {}).get("submission"),
        "tests": len(results.get("tests", ())),
        "seconds": round(took, 1),
        "megabytes": round(memory / (1 << 20)),
        "said": done.stdout.strip().splitlines() + done.stderr.strip().splitlines(),
    }


def main() -> int:
    """Build, then grade one submission twice; 1 if it did not go within the platform's limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path("build/debian-12"), help="where the root is, or is made")
    parser.add_argument("--submission", type=Path, default=grading.SAMPLES / "ada")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    options = parser.parse_args()
    root = options.root.resolve()
    try:
        made_root(root)
    except Missing as why:
        print(why)
        return 2
    bundle = root.with_name("gradescope.zip")
    subprocess.run([sys.executable, "-m", "grader", "bundle", "gradescope", "--to", str(bundle)], check=True)
    unpacked(bundle, root)
    shutil.copyfile("/etc/resolv.conf", root / "etc" / "resolv.conf")
    began = time.monotonic()
    built = contained(root, "build", "/autograder/source/setup.sh")
    print(f"setup.sh: status {built.returncode}, {time.monotonic() - began:.1f} s")
    print(*built.stdout.splitlines(), *built.stderr.splitlines(), sep="\n  ")
    trials = []
    for _ in range(2):
        handed_in(options.submission, root)
        trials.append(tried(root))
        print(json.dumps(trials[-1], indent=1))
    if options.json:
        options.json.write_text(json.dumps({"setup": built.returncode, "trials": trials}, indent=1) + "\n")
    within = (one["seconds"] < MOST_SECONDS and one["megabytes"] <= MEMORY >> 20 for one in trials)
    return 0 if all(within) and all(one["score"] is not None for one in trials) else 1


if __name__ == "__main__":
    sys.exit(main())
