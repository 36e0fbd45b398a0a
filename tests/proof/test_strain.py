"""Busy loops and a share of a core: real processes, and the kernel's own accounts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from grader.proof import strain

HERE = Path(__file__).parent.parent.parent
OLD = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup {root}/cpu cgroup rw,relatime,cpu,cpuacct 0 0\ncgroup {root}/pids cgroup rw,pids 0 0\n"
UNIFIED = "cgroup2 {root} cgroup2 rw,nosuid 0 0\n"


def spinning() -> list[psutil.Process]:
    """The loops that run now."""
    return [one for one in psutil.Process().children(recursive=True) if one.ppid() != os.getpid()]


def test_busy_loops_use_the_processor_and_end() -> None:
    """As many as were asked for, for as long as they were."""
    before = spinning()  # a browser, where one is kept for other tests
    with strain.busy_loops(2):
        loops = [one for one in spinning() if one not in before]
        assert len(loops) == 2
        for loop in loops:
            while sum(loop.cpu_times()[:2]) < 0.05:
                os.sched_yield()
    assert not any(loop.is_running() for loop in loops)


def test_no_loop_is_no_process() -> None:
    """Nothing is started."""
    before = spinning()
    with strain.busy_loops(0):
        assert spinning() == before


def test_loops_end_with_whoever_started_them() -> None:
    """By kill -9 too: their lifeline ends."""
    code = "import time\nfrom grader.proof.strain import busy_loops\nwith busy_loops(2):\n print('.', flush=True)\n time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=HERE, stdout=subprocess.PIPE) as main:
        assert main.stdout is not None
        main.stdout.readline()
        below = psutil.Process(main.pid).children(recursive=True)
        main.kill()
    assert psutil.wait_procs(below, timeout=60)[1] == []


def test_the_old_hierarchys_group_lies_in_our_own(tmp_path: Path) -> None:
    """Where the cpu controller is mounted, whatever is mounted with it."""
    (group,) = strain.groups(OLD.format(root=tmp_path), "8:pids:/other\n4:cpu,cpuacct:/a/b\n0::/\n")
    assert (group.folder, group.home, group.limit) == (tmp_path / "cpu/a/b", tmp_path / "cpu/a/b", "cpu.cfs_quota_us")
    assert group.quota(0.1) == "10000"


def test_the_unified_hierarchys_group_lies_where_the_controller_is_handed_on(tmp_path: Path) -> None:
    """The nearest folder above us whose groups can be limited; there may be none."""
    (tmp_path / "user.slice/mine.scope").mkdir(parents=True)
    (tmp_path / "user.slice/mine.scope/cgroup.subtree_control").write_text("\n")
    own = "0::/user.slice/mine.scope\n"
    assert list(strain.groups(UNIFIED.format(root=tmp_path), own)) == []
    (tmp_path / "user.slice/cgroup.subtree_control").write_text("cpuset cpu memory\n")
    (group,) = strain.groups(UNIFIED.format(root=tmp_path), own)
    assert (group.folder, group.home) == (tmp_path / "user.slice", tmp_path / "user.slice/mine.scope")
    assert (group.limit, group.quota(0.25)) == ("cpu.max", "25000 100000")


def test_the_whole_machine_is_no_share() -> None:
    """Nothing is made."""
    with strain.share_of_a_core(None) as group:
        assert group is None


SPENT = """
import sys, time
from pathlib import Path
from grader.proof.strain import enter
enter(Path(sys.argv[1]))
began = time.monotonic()
until = time.process_time() + 0.1
while time.process_time() < until:
    pass
print(time.monotonic() - began)
"""


def test_a_tenth_of_a_core_is_no_more() -> None:
    """A tenth of a second of work takes most of a second, by quota; the group goes when it is done with."""
    try:
        with strain.share_of_a_core(0.1) as group:
            assert group is not None
            code = [sys.executable, "-c", SPENT, str(group)]
            took = float(subprocess.run(code, cwd=HERE, capture_output=True, text=True, check=True).stdout)
            assert str(os.getpid()) not in (group / "cgroup.procs").read_text().split()
    except strain.NoShare as none:
        pytest.skip(str(none))
    assert took > 0.4
    assert not group.exists()


def test_a_group_waits_for_what_ends_in_it() -> None:
    """Whatever was killed may take a moment at so small a share."""
    code = "import sys, time; from pathlib import Path; from grader.proof.strain import enter; enter(Path(sys.argv[1])); print(1, flush=True); time.sleep(600)"
    try:
        with strain.share_of_a_core(0.05) as group:
            command = [sys.executable, "-c", code, str(group)]
            with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE) as inside:
                assert inside.stdout is not None
                inside.stdout.readline()
                inside.kill()
    except strain.NoShare as none:
        pytest.skip(str(none))
    assert group is not None
    assert not group.exists()
