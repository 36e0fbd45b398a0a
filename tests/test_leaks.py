"""The search for leaks finds what is planted; and each border holds where a student's program or the machine pushes."""

from __future__ import annotations

import select
from pathlib import Path

import msgspec
import pytest

from grader import grading
from grader.apparatus.output import Stream
from grader.apparatus.sandbox.choosing import choose
from grader.apparatus.sandbox.paths import Paths
from grader.judging import judge, lost, unclear
from grader.model import NOT_SEEN, Before, Diagnosis, Outcome, Report, Result, Status, Sure, report_of
from grader.recording import Exit, Output, Recording
from grader.reference import Reference
from grader.replaying import page_of
from grader.report.instructors_page import instructors_page
from grader.report.page import summary
from grader.rubric import rubric
from grader.submission import Submission
from tests.leaks import Secrets, code_of_the_reference, leaks_in, paths_of_the_machine, secrets_of, what_a_student_reads
from tests.recordings import recording, snapshot, visit
from tests.right_scenes import REFERENCES, right

SECRET = Result(
    "forking/answers_strangers", Outcome.FAILED, 0.0, 0.0, True, "A secret requirement.", "hush", hidden=True
)
STRANGERS = msgspec.structs.replace(
    recording(
        "strangers",
        *visit("stranger 1", 1.0, request=b"GET /a_path_that_nobody_foresaw HTTP/1.1\r\n\r\n"),
        snapshot("the strangers have gone"),
    ),
    exit=Exit(at=1.0, status=1),
    stderr=Output(size=20, head="a word from the strangers' scene"),
)
RECORDED: dict[str, dict[str, Recording]] = {
    "blocking": right(rubric()[0].track),
    "forking": {"strangers": STRANGERS, **right(rubric()[-1].track)},
}


def report(*more: Result) -> Report:
    """Of a right server, but for these; with everything that is the instructor's alone."""
    results = tuple(judge(c, RECORDED[c.track.name], REFERENCES[c.track.name]) for c in rubric())
    kept = tuple(result for result in results if result.id not in {one.id for one in more})
    found = Diagnosis(cause="one", sentence="It guesses.", sure=Sure.PERHAPS, hint="?", root=SECRET.id)
    return msgspec.structs.replace(
        report_of("ada", (*kept, *more, SECRET), sandbox="landlock", seconds=1.0, key="a key", seed=77),
        diagnoses={"forking": found},
        sandbox_notes=("bubblewrap is not installed",),
        path="/somewhere/ada.zip",
        before=Before(score=7.5, points=100.0, bonus=0.0, status=Status.ERROR, by="rejudge", made="2026-11-02 10:00"),
    )


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    """What nobody but the instructor may read of that report."""
    machine = (lost(rubric()[0], "the worker died of /dev/full"), unclear(rubric()[1], "this sandbox is strange"))
    return secrets_of(report(*machine), RECORDED, tmp_path, others=("ada", "bela"))


@pytest.mark.parametrize(
    ("kind", "planted"),
    [
        ("the reference's code", sorted(code_of_the_reference())[0]),
        ("a hidden check", "answers_strangers"),
        ("a hidden check", "A secret requirement."),
        ("a hidden check", "a_path_that_nobody_foresaw"),
        ("a hidden check", "stranger 1"),
        ("somebody else's name", "bela"),
        ("a note on the sandbox or an error of ours", "bubblewrap is not installed"),
        ("a note on the sandbox or an error of ours", "the worker died of /dev/full"),
        ("a note on the sandbox or an error of ours", "this sandbox is strange"),
        *(("a path of the machine", path) for path in paths_of_the_machine()),
    ],
)
@pytest.mark.parametrize("written", ["<p>{}</p>", "it said {}.", '{{"output": "{}"}}'])
def test_a_planted_leak_is_found(secrets: Secrets, kind: str, planted: str, written: str) -> None:
    """Each kind of it, in HTML, in a line and in JSON; and no other kind is."""
    assert leaks_in(written.format(planted), secrets) == [f"{kind}: {planted}"]


def test_what_is_escaped_is_found_all_the_same(secrets: Secrets) -> None:
    """A quote in code is another one in HTML and in JSON."""
    code = next(line for line in sorted(code_of_the_reference()) if '"' in line)
    for escaped in (code.replace('"', "&quot;"), code.replace('"', '\\"')):
        assert leaks_in(escaped, secrets) == [f"the reference's code: {code}"]


def test_what_is_no_leak_is_none(secrets: Secrets, tmp_path: Path) -> None:
    """Words that begin alike, one's own name, and code that is in the student's own program or in the hand-out."""
    assert leaks_in("ada adapted belatedly, as strangersome as /tmpfiles", secrets) == []
    (tmp_path / "forking_server.py").write_text(line := sorted(code_of_the_reference())[0])
    assert leaks_in(line, secrets_of(report(), RECORDED, tmp_path)) == []


def test_no_page_of_a_student_and_nothing_that_is_sent_leaks(secrets: Secrets) -> None:
    """Not even where the machine failed, and where the server ended in a hidden scene; the instructor's page tells all."""
    machine = (lost(rubric()[0], "the worker died of /dev/full"), unclear(rubric()[1], "this sandbox is strange"))
    told = report(*machine)
    page = page_of(told, RECORDED).decode()
    read = what_a_student_reads(told, page)
    assert leaks_in(read, secrets) == []
    for word in (
        "It guesses.",
        "a word from the strangers",
        "hush",
        "/somewhere/ada.zip",
        "7.5",
        "a key",
        "2026-11-02",
    ):
        assert word not in read
    assert page.count(NOT_SEEN) >= 2
    kept = instructors_page(told, RECORDED)
    for word in (
        *(SECRET.id, "A secret requirement.", "stranger 1", "a_path_that_nobody", "a word from the strangers"),
        *("bubblewrap is not installed", "/somewhere/ada.zip", "7.5 of 100", "2026-11-02 10:00", "judged anew", "77"),
        *("the worker died of /dev/full", "this sandbox is strange"),
    ):
        assert word in kept


def test_paths_are_replaced_whole_and_the_longest_first() -> None:
    """What merely begins alike is another path, and a path is found in any surroundings."""
    paths = Paths({"/root/py": "/usr", "/tmp/room": "/tmp", "/tmp/room/home": "/submission", "/usr": "never"})
    for said, told in (
        ('File "/tmp/room/home/server.py"', 'File "/submission/server.py"'),
        ("in /root/py/lib and /tmp/room.", "in /usr/lib and /tmp."),
        ("{'HOME':'/tmp/room/home'}=/root/py", "{'HOME':'/submission'}=/usr"),
        ("/root/py3 /root/py.7 /home/root/py /tmp/rooms /usr", "/root/py3 /root/py.7 /home/root/py /tmp/rooms /usr"),
    ):
        assert paths.replaced_in(said) == told
    assert Paths({"/usr": "never"}).replaced_in("/usr") == "/usr"


NOSY = """import os, sys
print(__file__, os.getcwd(), sys.path, dict(os.environ), sys.executable, file=sys.stderr, flush=True)
raise SystemExit(open(__file__ + ".missing"))
"""


def nosy(folder: Path) -> Path:
    """A submission that prints where it is, and ends by an error that says so too."""
    for name in ("blocking_server.py", "forking_server.py"):
        (folder / name).write_text(NOSY)
    return folder


@pytest.mark.parametrize(
    "sandbox",
    [
        "none",
        pytest.param("bubblewrap", marks=pytest.mark.needs("bubblewrap")),
        pytest.param("landlock", marks=pytest.mark.needs("Landlock")),
    ],
)
def test_a_program_that_prints_where_it_is_tells_nothing_of_the_machine(sandbox: str, tmp_path: Path) -> None:
    """In any box."""
    with choose(sandbox, with_canary=False).make(nosy(tmp_path)) as box:
        out, err = Stream(box.paths.replaced_in), Stream(box.paths.replaced_in)
        box.start("forking_server.py", environment={}, outputs=(out.writer, err.writer))
        for stream in (out, err):
            stream.give_writer_away()
        while err.fileno() >= 0:
            select.select([err], [], [])
            err.drain()
        told = err.output()
        for stream in (out, err):
            stream.close()
    assert told.size > 0
    assert told.head.startswith("/submission/forking_server.py /submission [")
    assert "No such file or directory: '/submission/forking_server.py.missing'" in told.head
    assert leaks_in(told.kept, {"": frozenset({*paths_of_the_machine(), str(tmp_path)})}) == []


@pytest.mark.needs("bubblewrap")
def test_nor_does_the_page_of_its_student(tmp_path: Path) -> None:
    """What messages, evidence and causes make of it."""
    some = tuple(check for check in rubric() if check.name == "listens")
    references = {track: Reference({}) for track in ("blocking", "forking")}
    tier = choose("bubblewrap", with_canary=False)
    graded = grading.grade(Submission("ada", nosy(tmp_path)), tier, references, checks=some)
    page = summary(graded.report.for_the_student, graded.looked)
    assert "/submission/forking_server.py.missing" in page
    assert leaks_in(page, {"": frozenset({*paths_of_the_machine(), str(tmp_path)})}) == []
