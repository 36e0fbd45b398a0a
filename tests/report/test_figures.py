"""Beside a failure stand the scene, the counts and the lines of the program: truly, once each, and no more than a page holds."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import msgspec
import pytest

from grader.model import Excerpt, Outcome, Part, Report, Result, report_of
from grader.recording import Calm, Output, ProcessSeen, Recording, What
from grader.replaying import page_of
from grader.report.charts import counts_chart, timing_chart
from grader.report.figures import excerpts_for, figures_of
from grader.report.items import ROOMY
from grader.report.page import summary
from grader.report.picture import sequence
from grader.report.rows import Kind
from grader.report.scenes import COUNTED_FOR, PARTS_FOR, SCENE_OF, Counted
from grader.report.story import FIRST_ROWS, LAST_ROWS, MOST_CLIENTS, MOST_PROCESSES, Story, story_of
from grader.rubric import rubric
from tests.recordings import (
    SERVER,
    child,
    comes,
    event,
    process,
    recording,
    snapshot,
    thread,
    visit,
    worker,
    zombie,
)

KEEPS, REAPS, OVERLAPS = (
    "forking/parent_closes_connections",
    "forking/zombies_do_not_pile_up",
    "forking/overlaps_in_time",
)
HANDLER = Excerpt(Part.HANDLER, 4, ("def gone(number, frame):", "    os.wait()"))
FORK = Excerpt(Part.FORK, 20, ("pid = os.fork()", "if pid == 0:", "    serve()"))
LOOP = Excerpt(Part.ACCEPT_LOOP, 18, ("while True:", "    accept()", "pid = os.fork()", "if pid == 0:", "    serve()"))


def failed(check: str, **more: str | tuple[str, ...]) -> Result:
    """A result that tells of pid 8 and of A."""
    seen = {"evidence": ("A's connection is held by pid 8 (a child)",), **more}
    return msgspec.structs.replace(
        Result(check, Outcome.FAILED, 4.0, 0.0, False, "It does.", "message", "some", "none"), **seen
    )


def report(*results: Result, **more: Any) -> Report:
    """Ann's report."""
    return report_of("Ann", results, sandbox="bubblewrap", seconds=1.0, **more)


def server(*clients: str) -> ProcessSeen:
    """The program, asleep in accept, that holds these connections."""
    return process(SERVER, thread(SERVER, "accept4", asleep_since=0.05), sockets=[5, *map(ord, clients)])


CROWD = recording(
    "crowd",
    event("server", What.STARTED, 0.0),
    snapshot("waiting", server(), at=0.06),
    *comes("A", 0.1),
    snapshot("all are there", server("A"), child(8, "A"), clients="A", at=0.2),
    event("A", What.SENT, 0.21, b"GET"),
    event("A", What.RECEIVED, 0.25, b"HTTP"),
    snapshot("four more are there", server(), zombie(8), clients="A", at=0.3),
    event("server", What.SIGNALLED, 0.31, note="SIGCHLD to the server"),
    event("A", What.ENDED, 0.32),
    snapshot("all have gone", server(), at=0.4),
    event("server", What.EXITED, 0.5, note="ended with status 1"),
)


def told_by(story: Story) -> list[str]:
    """Its rows, in a few words each."""
    return [f"{row.time.removesuffix(' s')} {row.word}" for row in story.rows]


def test_a_story_tells_what_was_seen_and_what_had_been_done_by_a_look() -> None:
    """Connect, accept, fork, request, reply, close, end, zombie, signal, reaped: each where it is known to be."""
    story = story_of(CROWD, failed(KEEPS))
    assert (story.clients, story.processes) == (("A",), (8,))
    assert told_by(story) == [
        "0.000 started", "0.060 waiting", "0.100 connect",
        "by 0.200 accept A, 2 hold it", "by 0.200 fork", "0.200 all are there",
        "0.210 request 3 B", "0.250 reply 4 B",
        "by 0.300 close A", "by 0.300 zombie", "0.300 four more are there",
        "0.310 SIGCHLD", "0.320 end", "by 0.400 reaped", "0.400 all have gone", "0.500 ended with status 1",
    ]  # fmt: skip
    said = {row.word: row.said for row in story.rows}
    held = "pid 7 (the server) and pid 8 (a child)"
    assert said["accept A, 2 hold it"] == f"A's connection has been accepted, and is held by {held}"
    assert said["zombie"] == "pid 8 has ended and was not waited for (a zombie)"


def test_a_story_tells_who_waited_how_long() -> None:
    """A client from its request to its reply, a process as long as it was seen in one call."""
    waits = story_of(CROWD, failed(KEEPS)).waits
    assert [(wait.client, wait.pid, wait.word, wait.since, wait.until) for wait in waits] == [
        ("A", 0, "", 0.21, 0.25),
        ("", 0, "accept", 0.05, 0.4),
        ("", 8, "read", 0.0, 0.2),
    ]


def test_a_wait_is_a_bar_from_its_first_row_to_its_last() -> None:
    """Down to the look that saw it, behind what that look found."""
    drawn = sequence(CROWD, failed(KEEPS))
    bars = re.findall(r"<rect class=(\w) x=\d+ y=(\d+) width=8 height=(\d+)>", drawn)
    row, top = 20, 44
    assert bars == [
        ("w", str(top + 6 * row), str(row)),  # A, from its request to its reply
        ("z", str(top + 1 * row), str(13 * row)),  # the server, to the last look
        ("z", str(top + 0 * row), str(5 * row)),  # the child, to the look that saw it read
    ]


def test_a_client_without_a_reply_waits_to_the_end() -> None:
    """It is the picture's very point."""
    held = recording("held_back", *comes("A", 0.1), event("A", What.SENT, 0.2, b"x"), snapshot("all", server(), at=9.0))
    (wait, _) = story_of(held, failed(KEEPS)).waits
    assert (wait.since, wait.until) == (0.2, float("inf"))
    assert re.findall(r"<rect class=w x=\d+ y=(\d+) width=8 height=(\d+)", sequence(held, failed(KEEPS))) == [
        ("64", "34")
    ]


@pytest.mark.parametrize("state", ["R", "T", "Z"])
def test_what_does_not_sleep_does_not_wait(state: str) -> None:
    """A process that runs, is stopped or has ended has no bar."""
    runs = process(SERVER, thread(SERVER, "", state=state))
    scene = recording("crowd", snapshot("all are there", runs, at=0.2))
    assert story_of(scene, failed(KEEPS)).waits == ()


def test_arrows_lead_to_the_child_that_alone_holds_the_connection() -> None:
    """Where two children hold it, or none was ever seen to, nobody knows who answered: then it is the server."""
    alone = recording("crowd", *visit("A", 0.1), snapshot("all are there", server(), child(8, "A"), clients="A"))
    two = recording(
        "crowd", *visit("A", 0.1), snapshot("all are there", server(), child(8, "A"), child(9, "A"), clients="A")
    )
    nobody = recording("crowd", *visit("A", 0.1), snapshot("all are there", server(), clients="A"))
    answered = [
        next(row.pid for row in story_of(scene, failed(KEEPS)).rows if row.word.startswith("reply"))
        for scene in (alone, two, nobody)
    ]
    assert answered == [8, 0, 0]


def test_a_long_scene_loses_its_middle() -> None:
    """How it began and how it ended stay, and so does how many rows are left out."""
    many = recording("visits", *(part for n in range(30) for part in visit("A", n / 10)))
    rows = story_of(many, failed(REAPS)).rows
    assert (len(rows), rows[FIRST_ROWS].kind, rows[FIRST_ROWS].said) == (
        FIRST_ROWS + 1 + LAST_ROWS, Kind.GAP, "… 90 rows are left out …",
    )  # fmt: skip
    assert rows[-1].word == "end"


def test_those_whom_the_result_names_are_drawn() -> None:
    """Of thirty clients and their children; and the caption counts the others."""
    names = [f"C{n}" for n in range(30)]
    looks = [child(10 + n, name) for n, name in enumerate(names)]
    many = recording(
        "burst", *(part for name in names for part in comes(name, 0.1)), snapshot("all", *looks, clients=names)
    )
    named = failed("forking/reaps_a_burst", evidence=("pid 35 (a child) has ended", "C20's connection"))
    story = story_of(many, named)
    assert (story.clients, story.processes, story.others) == (("C20",), (30, 35), (29, 28))
    assert "not drawn: 29 clients, 28 processes" in sequence(many, named)
    anybody = story_of(many, failed("forking/reaps_a_burst", evidence=()))
    assert (len(anybody.clients), len(anybody.processes)) == (MOST_CLIENTS, MOST_PROCESSES)


def test_the_table_tells_what_the_picture_does() -> None:
    """A row for each of its rows, in a sentence, for those who cannot see it."""
    drawn = sequence(CROWD, failed(KEEPS))
    story = story_of(CROWD, failed(KEEPS))
    rows = re.findall(r"<tr><td>(.*?)<td>(.*?)(?=<tr>|</tbody>)", drawn)
    assert [time for time, _ in rows] == [row.time for row in story.rows]
    assert [unescape(said) for _, said in rows] == [row.said for row in story.rows]
    assert f"A sequence of {len(rows)} events" in drawn


def test_a_scene_of_which_nothing_was_seen_has_no_picture() -> None:
    """A program that could not be started."""
    assert sequence(Recording(experiment="visits", track="forking", cut="no file"), failed(KEEPS)) == ""


# ------------------------------------------------------------------ numbers


def bars_of(chart: str) -> list[str]:
    """What stands beside its bars."""
    return re.findall(r"<text [^>]*class=b>(.*?)</text>", chart)


def test_counts_stand_beside_the_references() -> None:
    """Of each look, by its name; the reference's are those of the same look."""
    reference = recording("crowd", snapshot("waiting", server()), snapshot("all are there", server(), child(8, "A")))
    assert bars_of(counts_chart(Counted.PROCESSES, CROWD, reference, "n")) == ["1", "1", "2", "2", "1", "1"]
    assert bars_of(counts_chart(Counted.ZOMBIES, CROWD, reference, "n")) == ["0", "0", "0", "0", "1", "0"]
    assert bars_of(counts_chart(Counted.DESCRIPTORS, CROWD, None, "n")) == ["2", "3", "2", "2"]
    assert "the reference" not in counts_chart(Counted.ZOMBIES, CROWD, None, "n")
    table = re.findall(
        r"<tr><td>(.*?)<td>(.*?)<td>(.*?)(?=<tr>|<)", counts_chart(Counted.ZOMBIES, CROWD, reference, "n")
    )
    assert ("four more are there", "1", "–") in table


def test_nothing_is_counted_where_nobody_looked() -> None:
    """And a server that has ended has no descriptors."""
    assert counts_chart(Counted.ZOMBIES, recording("crowd"), None, "n") == ""
    assert bars_of(counts_chart(Counted.DESCRIPTORS, recording("crowd", snapshot("all")), None, "n")) == ["0"]


def timed(took: float, delay: float = 0.1) -> Recording:
    """Four clients at work at once."""
    parts = [part for client in "ABCD" for part in visit(client, 0.1, took=took)]
    look = snapshot(
        "all have asked", *(worker(8 + n, c) for n, c in enumerate("ABCD")), clients="ABCD", calm=Calm.SETTLED
    )
    return recording("at_work", *parts, look, delays=(delay,))


def test_times_stand_beside_the_references_of_the_same_run() -> None:
    """Client by client; another DELAY is told, and without a reference there is one bar each."""
    assert bars_of(timing_chart(timed(0.4), timed(0.1), "n"))[:2] == ["0.400 s", "0.100 s"]
    assert "DELAY was 0.1 s, the reference&#x27;s 0.4 s" in timing_chart(timed(0.4), timed(0.5, 0.4), "n")
    assert bars_of(timing_chart(timed(0.4), None, "n")) == ["0.400 s"] * 4
    assert timing_chart(recording("at_work", delays=(0.1,), cut="it ended"), timed(0.1), "n") == ""


# ------------------------------------------------------------------ which figures, and how many


def test_every_failure_has_its_scene_and_counts_are_of_checks_that_exist() -> None:
    """The tables name nothing that is gone."""
    names = {check.name for check in rubric()}
    assert set(SCENE_OF) == names
    assert set(COUNTED_FOR) | set(PARTS_FOR) <= names


@pytest.mark.parametrize(
    ("check", "excerpts", "shown"),
    [
        (REAPS, (LOOP, HANDLER, FORK), [HANDLER]),
        (REAPS, (LOOP, FORK), [FORK]),
        (KEEPS, (LOOP, HANDLER, FORK), [FORK]),
        ("forking/leaves_no_descriptor_open", (LOOP, HANDLER, FORK), [LOOP]),
        ("forking/leaves_no_descriptor_open", (FORK,), [FORK]),
        ("forking/answers", (LOOP, HANDLER, FORK), []),
    ],
)
def test_the_lines_that_a_failure_is_about(check: str, excerpts: tuple[Excerpt, ...], shown: list[Excerpt]) -> None:
    """Not twice where a part lies in another; and without a handler the place where children begin."""
    assert excerpts_for(failed(check), excerpts) == shown


def test_lines_are_shown_with_their_numbers_and_never_as_markup() -> None:
    """Tabs, tags and what turns text round come from a student."""
    hostile = Excerpt(Part.FORK, 9, ("\tos.fork()  # <b>\u202e", "x"), 3)
    found = figures_of(report(failed(KEEPS), excerpts={"forking": (hostile,)}), {}, {}, 9_000)
    assert "Your fork, lines 9 to 13, of forking_server.py" in found[KEEPS]
    assert "<span data-n=9></span>\tos.fork()  # &lt;b&gt;\\u202e\n<span data-n=10></span>x\n… 3 more …" in found[KEEPS]


def test_a_figure_is_shown_once() -> None:
    """At what is to be mended first; elsewhere a link leads to it."""
    other = "forking/children_close_listener"
    two = report(failed(KEEPS), failed(other), excerpts={"forking": (FORK,)})
    found = figures_of(two, {"forking": {"crowd": CROWD}}, {}, 50_000)
    assert (found[KEEPS].count("<svg"), found[other].count("<svg")) == (2, 0)
    assert f'The picture of this scene: see <a href="#at-forking-parent_closes_connections">{KEEPS}</a>' in found[other]
    assert f'Your fork, lines 20 to 22: see <a href="#at-forking-parent_closes_connections">{KEEPS}</a>' in found[other]


def test_where_there_is_no_room_the_page_says_so() -> None:
    """And how to see it all the same."""
    found = figures_of(report(failed(KEEPS)), {"forking": {"crowd": CROWD}}, {}, 3_000)
    assert (found[KEEPS].count("<svg"), f"pytest -v -k {KEEPS}" in found[KEEPS]) == (1, True)


HOSTILE = {
    "entities": "<&\"'>" * 9_000,
    "escapes": "\U000e0001" * 30_000,
    "text": "word " * 9_000,
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_no_page_is_larger_than_it_may_be(said: str) -> None:
    """Whatever a server prints and replies, and whatever its lines and its evidence are."""
    lines = tuple(said[n : n + 160] for n in range(0, 4_800, 160))
    results = tuple(
        Result(
            c.id,
            Outcome.FAILED,
            1.0,
            0.0,
            c.stretch,
            c.requirement,
            said[:2000],
            said[:2000],
            said[:2000],
            lines,
            "Why?",
        )
        for c in rubric()
    )
    output = Output(120_000, said[:65_536], said[-65_536:])
    scenes = {
        name: msgspec.structs.replace(CROWD, experiment=name, stdout=output, stderr=output)
        for name in SCENE_OF.values()
    }
    excerpts = tuple(Excerpt(part, 1, lines) for part in Part)
    whole = report(
        *results, excerpts={"forking": excerpts, "blocking": excerpts}, notes=tuple(said[:300] for _ in range(10))
    )
    assert len(page_of(whole, {"forking": scenes, "blocking": scenes}, None)) < 150_000
    ours = summary(whole, {"forking": scenes, "blocking": scenes})
    assert "Not all is drawn, for want of room" in ours


def test_an_output_is_shown_whole_or_from_both_ends() -> None:
    """Cut by what it takes on the page, and between characters."""
    short = summary(
        report(failed(KEEPS)), {"forking": {"crowd": msgspec.structs.replace(CROWD, stdout=Output(2, "hi"))}}
    )
    assert ">hi</pre>" in short
    long = msgspec.structs.replace(CROWD, stderr=Output(10**6, "<" * 60_000, ">" * 60_000 + "end"))
    shown = summary(report(failed(KEEPS)), {"forking": {"crowd": long}})
    (pre,) = re.findall(r'<pre class="fl-output"[^>]*>(.*?)</pre>', shown, re.DOTALL)
    head, _, tail = pre.partition("\n… this is its beginning, and this is its end: …\n")
    assert (set(head.split("&lt;")), tail.endswith("&gt;end"), len(pre) < 4_200) == ({""}, True, True)


def test_less_is_told_of_each_failure_where_there_are_too_many() -> None:
    """All of it, where there is room."""
    seen = tuple(f"line {n} {'x' * 300}" for n in range(ROOMY.lines))
    many = report(*(failed(check.id, evidence=seen) for check in rubric()))
    assert ("line 0" in summary(many, {}), "line 9" in summary(many, {})) == (True, False)
    assert "line 9" in summary(report(failed(KEEPS, evidence=seen)), {})
