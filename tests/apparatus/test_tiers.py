"""Each box holds what its canary tries, and the canary sees where nothing holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader import grading, ports, scratch
from grader.apparatus.sandbox import canary, folders, rulesets, seccomp
from grader.apparatus.sandbox.bare import BareBox
from grader.apparatus.sandbox.box import Box
from grader.apparatus.sandbox.bubblewrap import BubblewrapBox
from grader.apparatus.sandbox.choosing import TIERS, choose
from grader.apparatus.sandbox.landlock import LandlockBox, all_but
from grader.apparatus.scene import Bounds
from grader.model import BLOCKING, TRACKS, Outcome
from grader.rubric import rubric
from grader.submission import Submission
from tests.apparatus import boxes

pytestmark = pytest.mark.usefixtures("room")
AS_DOCKERS_ROOT = (
    "setpriv",
    "--bounding-set=-all,+chown,+dac_override,+fsetid,+fowner,+mknod,+net_raw,+setgid,+setuid,+setfcap,+setpcap,"
    "+net_bind_service,+sys_chroot,+kill,+audit_write",
)
"""The capabilities that a container of Docker's has: neither CAP_SYS_ADMIN nor CAP_SYS_PTRACE."""
GRADES_TWO_CHECKS = """
from grader import grading, ports, scratch
from grader.apparatus.sandbox.choosing import choose
from grader.apparatus.scene import Bounds
from grader.rubric import rubric
from grader.submission import Submission
checks = tuple(check for check in rubric() if check.id in ("blocking/answers", "forking/reaps_a_burst"))
with scratch.room(), ports.alone(print):
    tier = choose("landlock")
    theirs = grading.references_of(grading.look_at(Submission("reference", grading.REFERENCE), tier, checks, Bounds(100))[0])
    graded = grading.grade(Submission("reference", grading.REFERENCE), tier, theirs, checks=checks)
print(graded.report.sandbox, *(result.outcome.value for result in graded.report.checks))
"""


@pytest.fixture
def programs() -> Iterator[Path]:
    """An empty submission."""
    with scratch.folder() as folder:
        yield folder


def said_by(box: Box, code: str) -> str:
    """What Python code writes in a box."""
    reader, writer = os.pipe()
    box.start("", environment={}, outputs=(writer, writer), arguments=("-c", code))
    os.close(writer)
    with os.fdopen(reader) as told:
        return told.read().strip()


@pytest.mark.parametrize("make", boxes.HOLDING)
def test_the_canary_can_do_nothing(make: Callable[[Path], Box], programs: Path) -> None:
    """Whatever the box claims to hold, it holds here."""
    with make(programs) as box:
        assert canary.what_it_could_do(box) == []


@pytest.mark.parametrize("make", boxes.EVERY)
def test_the_kernels_timeout_of_a_listener_is_seen(make: Callable[[Path], Box], programs: Path) -> None:
    """SO_RCVTIMEO, which nothing in /proc shows; without one accept never ends, nor does it in a process that is gone."""
    listens = (
        "import os, socket, struct, time\nfor number in range(2):\n s = socket.create_server(('127.0.0.1', 0))\n"
        " number and s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 0, 500_000))\n"
        " print(s.detach(), flush=True)\n"
        "os.close(1); os.close(2); time.sleep(600)"
    )
    with make(programs) as box:
        without, with_one = map(int, said_by(box, listens).split())
        (pid,) = box.pids()
        assert box.timeout_of_a_listener(pid, without) == float("inf")
        assert box.timeout_of_a_listener(pid, with_one) == 0.5
        assert box.timeout_of_a_listener(pid, 999) == float("inf")
        box.clear()
        assert box.timeout_of_a_listener(pid, with_one) == float("inf")


def test_the_canary_sees_where_nothing_holds(programs: Path) -> None:
    """Without a box it can do it all, or all that this user may."""
    with BareBox(programs) as box:
        done = canary.what_it_could_do(box)
    assert {
        "read a file of the grader's user", "read the grader's code", "see the grader's process",
        "signal the grader's process", "reach a TCP port of this machine", "reach an abstract socket of this machine",
    } <= set(done)  # fmt: skip


def test_a_tier_that_is_named_is_taken() -> None:
    """`none` is somebody's own word: it needs no excuse."""
    assert [choose(name).notice for name in TIERS if name == "none"] == [""]


@pytest.mark.needs("bubblewrap")
def test_a_user_has_a_name_and_a_home(programs: Path) -> None:
    """As it has on a student's machine, though the uid is one that nobody has there."""
    asks = "import grp, os, pwd; print(*pwd.getpwuid(os.getuid())[4:6], grp.getgrgid(os.getgid()).gr_name, os.path.expanduser('~student'))"
    with BubblewrapBox(programs) as box:
        assert said_by(box, asks) == "student /submission student /submission"


@pytest.mark.needs("Landlock")
def test_packages_are_not_found(programs: Path) -> None:
    """What is installed beside the interpreter changes no grade, and is simply not there."""
    with LandlockBox(programs) as box:
        assert said_by(box, "import pytest").endswith("ModuleNotFoundError: No module named 'pytest'")


@pytest.mark.needs("Landlock")
def test_a_scene_finds_nothing_of_the_last_one(programs: Path) -> None:
    """Neither files, however deep and whatever their modes, nor other sources than those that were handed in."""
    (programs / "helper.py").write_text("print('as it was')")
    deep = (
        "import os\nopen('left', 'w').close()\n"
        "for _ in range(1500):\n os.mkdir('deep')\n os.chdir('deep')\n"
        "os.mkdir('closed', 0)"
    )
    with LandlockBox(programs) as box:
        assert said_by(box, deep) == ""
        box.clear()
        assert said_by(box, "import os; print(*sorted(os.listdir()))") == "deep helper.py left"
        box.clear()
        assert box.renew()
        assert said_by(box, "import os, helper; print(os.listdir())") == "as it was\n['helper.py']"


@pytest.mark.needs("bubblewrap")
@pytest.mark.parametrize("folder", [".", "/tmp", "/dev/shm"])
def test_a_box_in_which_files_are_left_is_not_used_again(programs: Path, folder: str) -> None:
    """Whatever a program has left, wherever it can leave it; what it removed itself is no file."""
    with BubblewrapBox(programs) as box:
        said_by(box, f"import os; open('{folder}/x', 'w').close(); os.unlink('{folder}/x')")
        box.clear()
        assert box.renew()
        said_by(box, f"import os; os.mkdir('{folder}/x', 0)")
        box.clear()
        assert not box.renew()


ENDS_FIRST = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
connection, _ = listener.accept()
connection.shutdown(socket.SHUT_WR)
connection.recv(1)
"""


@pytest.mark.parametrize("make", boxes.EVERY)
def test_a_port_forgets_connections_that_are_over(make: Callable[[Path], Box], programs: Path) -> None:
    """Whose side ended first remembers a connection for a minute (TIME_WAIT): not where it was told to forget it."""
    reader, writer = os.pipe()
    with make(programs) as box:
        box.start("", environment={}, outputs=(writer, writer), arguments=("-c", ENDS_FIRST))
        os.close(writer)
        with os.fdopen(reader) as told:
            port = int(told.readline())
            with box.fresh_socket() as client:
                client.connect(("127.0.0.1", port))
                assert client.recv(1) == b""
            assert told.read() == "", "it has ended"
        box.clear()
        assert port in ports_that_remember(box)
        box.free_ports([port])
        assert port not in ports_that_remember(box)


@pytest.mark.needs("Landlock")
def test_who_is_freed_of_old_connections_is_nobodys_client(programs: Path) -> None:
    """In one network the other track's server goes on meanwhile; both leave a TIME_WAIT at each client."""
    for track in TRACKS:
        mutant = "no_reuseaddr_and_a_patient_close.py"
        shutil.copy(Path(grading.PROJECT, "tests", "mutants", track.name, mutant), programs / track.program)
    checks = tuple(check for check in rubric() if not check.stretch)
    with ports.alone(print):
        tier = choose("landlock")
        reference = Submission("reference", grading.REFERENCE)
        theirs = grading.references_of(grading.look_at(reference, tier, checks, Bounds(300)).looked)
        graded = grading.grade(Submission("", programs), tier, theirs, checks=checks, bounds=Bounds(300))
    assert {one.id for one in graded.report.checks if not one.passed} == {
        f"{track.name}/starts_again_at_once" for track in TRACKS
    }


def ports_that_remember(box: Box) -> list[int]:
    """A connection of theirs, which is over."""
    return [server[1] for server, _ in box.sockets.lingering()]


@pytest.mark.needs("Landlock")
def test_nothing_is_left_of_a_box(programs: Path) -> None:
    """Neither its folder, nor its shared memory, nor a process that has fled from its parents."""
    flees = (
        "import os, signal, time, multiprocessing\nopen('/dev/shm/forklab-left', 'w').close()\n"
        "if not os.fork():\n os.setsid()\n if not os.fork():\n  os.close(1); os.close(2); time.sleep(600)\n os._exit(0)\nos.wait()"
    )
    with LandlockBox(programs) as box:
        said_by(box, flees if box.refuses_forks and os.geteuid() == 0 else flees.replace("/dev/shm/", ""))
        there = box.pids()
        home = box._plan.folder
    assert there
    assert [pid for pid in there if Path("/proc", str(pid)).exists()] == []
    assert not Path(home).exists()
    assert not Path("/dev/shm/forklab-left").exists()


@pytest.mark.needs("Landlock")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give capabilities up")
def test_a_containers_root_may_not_look_into_other_users() -> None:
    """Then programs run as the same user without a capability, and are seen all the same."""
    done = subprocess.run(
        [*AS_DOCKERS_ROOT, sys.executable, "-c", GRADES_TWO_CHECKS],
        cwd=grading.PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split()[-3:] == ["landlock", "passed", "passed"], done.stderr


@pytest.mark.needs("Landlock")
@pytest.mark.parametrize(
    "needs", ["open('/tmp/forklab-log', 'a')", "open('/etc/passwd')", "import pwd; pwd.getpwuid(1_999_999_999)"]
)
def test_a_program_that_is_refused_a_file_is_not_failed(programs: Path, needs: str) -> None:
    """Another box would give it: what we could not see is no zero."""
    (programs / "blocking_server.py").write_text(f"{needs}\n" + (grading.REFERENCE / "blocking_server.py").read_text())
    checks = tuple(check for check in rubric() if check.track == BLOCKING and not check.stretch)
    with ports.alone(lambda _: None):
        tier = choose("landlock", with_canary=False)
        theirs = grading.references_of(
            grading.look_at(Submission("reference", grading.REFERENCE), tier, checks, Bounds(100))[0]
        )
        graded = grading.grade(Submission("needs_a_file", programs), tier, theirs, checks=checks)
    assert {result.outcome for result in graded.report.checks} == {Outcome.INCONCLUSIVE}
    for result in graded.report.checks:
        assert "this sandbox may have kept a file from the program" in result.message


def test_a_folder_is_taken_apart_around_what_is_left_out(tmp_path: Path) -> None:
    """A rule of Landlock's allows everything beneath it."""
    for name in ("lib/python/site-packages", "lib/python/json", "bin"):
        (tmp_path / name).mkdir(parents=True)
    allowed = list(all_but(tmp_path, [tmp_path / "lib/python/site-packages"]))
    assert allowed == [tmp_path / "bin", tmp_path / "lib/python/json"]
    assert list(all_but(tmp_path, [])) == [tmp_path]


def test_a_hostile_folder_is_emptied(tmp_path: Path) -> None:
    """Names that we would use ourselves, links to elsewhere, folders in folders."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    here = tmp_path / "here"
    (here / "moved-0" / "moved-0" / "moved-1").mkdir(parents=True)
    (here / "moved-0" / "moved-0" / "file").touch()
    (here / "link").symlink_to(outside)
    folders.empty(here)
    assert (list(here.iterdir()), (outside / "kept").exists()) == ([], True)


def test_what_is_kept_is_counted(tmp_path: Path) -> None:
    """Files and folders with what they take on the disk."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"x" * 100_000)
    kept = folders.kept_in(tmp_path)
    assert (kept.files, kept.size >= 100_000) == (3, True)


@pytest.mark.parametrize("reach", seccomp.Reach)
def test_a_filter_fits_into_the_kernel(reach: seccomp.Reach) -> None:
    """BPF_MAXINSNS is 4096; and the more is shared, the more is refused."""
    assert 0 < len(seccomp.deny_list(reach)) // 8 < 4096
    assert seccomp.deny_list(reach, "an unknown machine") == b""


def test_a_kernel_tells_its_version_of_landlock() -> None:
    """Or why there is none, as a negative errno."""
    assert rulesets.version() != 0
