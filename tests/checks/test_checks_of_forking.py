"""The checks of chapter 2, by recordings on both sides of each edge."""

from __future__ import annotations

import msgspec
import pytest

from grader.model import FORKING, Outcome, Result
from grader.recording import Calm, ProcessSeen, Recording, Snapshot, What
from tests.recordings import (
    LISTENER,
    PAGE,
    SERVER,
    changed,
    child,
    event,
    inode_of,
    judged,
    process,
    recording,
    server,
    snapshot,
    thread,
    visit,
    with_events,
    with_snapshot,
    without,
    worker,
    zombie,
)
from tests.right_scenes import BURST, CROWD, MORE, REFERENCES, children, crowd, right

SCENES = right(FORKING)


def of(name: str, *changes: Recording) -> Result:
    """What a check makes of a right server's scenes, with these in place of those of the same name."""
    scenes = {**SCENES, **{seen.experiment: seen for seen in changes}}
    return judged(f"forking/{name}", *scenes.values(), reference=REFERENCES["forking"])


def with_looks(scene: str, *others: Snapshot) -> Recording:
    """A right server's scene with other looks."""
    seen = SCENES[scene]
    for other in others:
        seen = with_snapshot(seen, other)
    return seen


def ended_after(scene: str, looks: int, *, about: str | None = None) -> Recording:
    """A scene in which the server ended after so many looks."""
    seen = SCENES[scene]
    why = "the server ended with status 1"
    return changed(seen, snapshots=seen.snapshots[:looks], cut=why, about=seen.about if about is None else about)


@pytest.mark.parametrize(
    ("name", "scene"),
    [
        ("serves_others_while_one_is_silent", "held_back"),
        ("gives_each_client_a_child", "crowd"),
        ("overlaps_in_time", "at_work"),
        ("outlives_its_descriptor_limit", "many_visits"),
        ("reaps_each_child", "oldest_stays"),
        ("reaps_a_burst", "burst"),
        ("goes_on_while_children_live", "live_children"),
        ("restarts_interrupted_accept", "interrupted_accept"),
        ("survives_signals", "storm"),
    ],
)
def test_a_server_that_ends_in_a_scene_fails_the_check_that_answers_for_it(name: str, scene: str) -> None:
    """And says how it ended; the right server passes; a machine that shows nothing proves nothing."""
    assert of(name).outcome is Outcome.PASSED
    ended = of(name, ended_after(scene, 1))
    assert (ended.outcome, ended.observed) == (Outcome.FAILED, "the server ended with status 1")
    unclear = changed(ended_after(scene, 1), unclear="no core was to be had")
    assert of(name, unclear).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("name", "scene"),
    [
        ("parent_closes_connections", "crowd"),
        ("children_close_listener", "crowd"),
        ("zombies_do_not_pile_up", "visits"),
        ("zombies_do_not_pile_up", "oldest_stays"),
    ],
)
def test_the_other_checks_of_a_cut_scene_are_not_reached(name: str, scene: str) -> None:
    """They earn nothing, and are no second failure."""
    assert of(name).outcome is Outcome.PASSED
    ended = of(name, ended_after(scene, 1))
    assert (ended.outcome, ended.message) == (Outcome.NOT_REACHED, "the server ended with status 1")


@pytest.mark.parametrize(
    ("name", "scene", "label"),
    [
        ("parent_closes_connections", "crowd", "all are there"),
        ("children_close_listener", "crowd", "all are there"),
        ("reaps_each_child", "oldest_stays", "A is silent"),
        ("zombies_do_not_pile_up", "oldest_stays", "A is silent"),
        ("reaps_a_burst", "burst", "all are there"),
        ("goes_on_while_children_live", "live_children", "A and B are silent"),
    ],
)
def test_without_children_there_is_nothing_to_look_at(name: str, scene: str, label: str) -> None:
    """A server of threads shows nothing of what children do."""
    threads = server("A", "B", call="recvfrom", on=inode_of("A"))
    result = of(name, with_looks(scene, snapshot(label, threads, clients="AB")))
    assert (result.outcome, result.message) == (
        Outcome.NOT_REACHED,
        "no client is served by a process of its own",
    )


# ---------------------------------------------------------------------- a silent client holds up nobody


@pytest.mark.parametrize(
    ("calm", "observed"),
    [
        (Calm.SETTLED, "C has nothing: nothing moves any more"),
        (Calm.SPINNING, "C has nothing: the server spins"),
        (Calm.OUT_OF_PATIENCE, "C has nothing: the server sleeps and wakes, and nothing comes of it"),
    ],
)
def test_a_client_that_has_nothing_is_held_up(calm: Calm, observed: str) -> None:
    """The evidence shows in which call the server is, and on whose connection."""
    reads = server("A", call="recvfrom", on=inode_of("A"))
    there = snapshot("the others have asked", reads, clients="ACD", calm=calm, at=0.625)
    held = with_snapshot(without(SCENES["held_back"], "C", What.RECEIVED, What.ENDED), there)
    result = of("serves_others_while_one_is_silent", held)
    assert (result.outcome, result.expected, result.observed) == (
        Outcome.FAILED,
        "C is served while A is silent",
        observed,
    )
    assert result.evidence[-1] == "pid 7 (the server) sleeps in recvfrom() on A's connection"


@pytest.mark.parametrize(("at", "outcome"), [(0.625, Outcome.PASSED), (0.75, Outcome.FAILED)])
def test_a_client_is_served_by_the_time_of_the_look(at: float, outcome: Outcome) -> None:
    """At its very instant is in time; the end alone is service too."""
    late = with_events(without(SCENES["held_back"], "B", What.RECEIVED, What.ENDED), event("B", What.ENDED, at))
    assert of("serves_others_while_one_is_silent", late).outcome is outcome


# ---------------------------------------------------------------------- a child for each client


def all_are_there(*processes: ProcessSeen, clients: tuple[str, ...] = CROWD) -> Recording:
    """The crowd, with these processes beside the listener's owner."""
    return with_looks("crowd", snapshot("all are there", *processes, clients=clients))


def test_a_client_that_waits_has_no_child() -> None:
    """Eleven are served, the twelfth is not accepted."""
    result = of("gives_each_client_a_child", all_are_there(server(), *children(CROWD[:-1])))
    assert (result.outcome, result.expected, result.observed) == (
        Outcome.FAILED,
        "a child that serves C12",
        "C12 still waits to be accepted",
    )


def test_a_client_that_the_server_serves_itself_has_no_child() -> None:
    """What the server does is told."""
    itself = server("C1", call="recvfrom", on=inode_of("C1"))
    result = of("gives_each_client_a_child", all_are_there(itself, *children(CROWD[1:])))
    assert (result.outcome, result.observed) == (
        Outcome.FAILED,
        "pid 7 (the server) sleeps in recvfrom() on C1's connection",
    )


def test_a_process_that_serves_two_is_no_child_of_each() -> None:
    """Neither two threads of one child, nor one child after another client's."""
    two = process(
        8, *(thread(8 + n, "recvfrom", inode_of(name)) for n, name in enumerate(CROWD[:2])), sockets=map(inode_of, CROWD[:2])
    )  # fmt: skip
    result = of("gives_each_client_a_child", all_are_there(server(), two, *children(CROWD[2:])))
    assert (result.outcome, result.observed) == (Outcome.FAILED, "pid 8 serves C1 and C2")
    again = snapshot("four more are there", server(), *children(MORE, first=100), clients=MORE)
    result = of("gives_each_client_a_child", with_looks("crowd", again))
    assert (result.outcome, result.observed) == (Outcome.FAILED, "pid 100 serves C1 and D1")


def test_a_forgotten_connection_makes_no_second_service() -> None:
    """A child also holds what its parent forgot to close: it reads from one, or its own is the newest."""
    silent = [child(100 + n, name, *CROWD[:n]) for n, name in enumerate(CROWD)]
    at_work = [worker(100 + n, name) for n, name in enumerate(CROWD)]
    inherited = [
        msgspec.structs.replace(seen, descriptors=child(1, name, *CROWD[:n]).descriptors)
        for n, (seen, name) in enumerate(zip(at_work, CROWD, strict=True))
    ]
    for processes in (silent, inherited):
        assert of("gives_each_client_a_child", all_are_there(server(*CROWD), *processes)).outcome is Outcome.PASSED


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_whoever_reads_from_two_clients_serves_both(order: slice) -> None:
    """Though one of them has a reader of its own too, and in whatever order the kernel lists them."""
    both = process(
        8, *(thread(8 + n, "recvfrom", inode_of(name)) for n, name in enumerate(CROWD[:2])), sockets=map(inode_of, CROWD[:2])
    )  # fmt: skip
    listed = [server(), both, *children(CROWD[1:])][order]
    result = of("gives_each_client_a_child", all_are_there(*listed))
    assert (result.outcome, result.observed) == (Outcome.FAILED, "pid 8 serves C1 and C2")


@pytest.mark.parametrize("label", ["all are there", "four more are there"])
def test_a_crowd_that_was_sent_away_shows_no_children(label: str) -> None:
    """A server that ends silent clients at once has not shown who serves them: that earns nothing."""
    result = of("gives_each_client_a_child", with_looks("crowd", snapshot(label, server())))
    assert (result.outcome, result.message) == (
        Outcome.NOT_REACHED,
        f"no client was connected any more when {label}: the server ends silent clients at once",
    )


# ---------------------------------------------------------------------- overlap


def work(look: Snapshot, took: float) -> Recording:
    """Four clients that come at once and are served for so long; DELAY is an eighth of a second."""
    served = (seen for name in "ABCD" for seen in visit(name, 0.25, took=took))
    return recording("at_work", *served, look, delays=(0.125,), about="overlaps_in_time")


IN_TURN = snapshot("all have asked", server(), worker(8, "A"), clients="ABCD")


def test_overlap_that_is_seen_needs_no_time() -> None:
    """On a slow machine four clients take longer than one after the other, and yet were at work at once."""
    assert of("overlaps_in_time", work(SCENES["at_work"].snapshot("all have asked"), 30.0)).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("took", "outcome"), [(0.484375, Outcome.PASSED), (0.5, Outcome.FAILED)], ids=["less", "as long"]
)
def test_overlap_that_is_timed_needs_no_look(took: float, outcome: Outcome) -> None:
    """Below four times DELAY, to the very instant."""
    result = of("overlaps_in_time", work(IN_TURN, took))
    assert result.outcome is outcome
    if outcome is Outcome.FAILED:
        assert result.expected == "four clients at work at one instant, each in a process of its own (DELAY is 0.125 s)"
        assert result.observed == "0.500 s for all four, and 1 at work at one instant"
        assert result.evidence[:5] == (
            "A: 0.500 s", "B: 0.500 s", "C: 0.500 s", "D: 0.500 s", "the reference: 0.125 s for all four",
        )  # fmt: skip


def test_overlap_is_judged_without_the_references_times_too() -> None:
    """The hand-out does not carry them."""
    scenes = (work(IN_TURN, 1.0), SCENES["crowd"])
    assert not any("reference" in line for line in judged("forking/overlaps_in_time", *scenes).evidence)


def test_a_server_that_does_not_sleep_is_judged_by_the_crowd() -> None:
    """The lesson's own sleeps nowhere: each child in its read is enough, and nothing less."""
    quick = work(IN_TURN, 0.0625)
    assert of("overlaps_in_time", quick).outcome is Outcome.PASSED
    assert of("overlaps_in_time", quick, all_are_there(server(), child(8, "C1"))).outcome is Outcome.FAILED
    assert of("overlaps_in_time", quick, ended_after("crowd", 1)).outcome is Outcome.NOT_REACHED


@pytest.mark.parametrize("calm", [Calm.SPINNING, Calm.OUT_OF_PATIENCE])
def test_a_look_that_did_not_settle_refutes_nothing(calm: Calm) -> None:
    """The machine may have kept three of them from a core."""
    restless = msgspec.structs.replace(IN_TURN, calm=calm)
    assert of("overlaps_in_time", work(restless, 1.0)).outcome is Outcome.INCONCLUSIVE


def test_a_look_that_came_too_late_refutes_nothing() -> None:
    """Some had been served and were gone: they may have been at work with the others."""
    late = snapshot("all have asked", server(), worker(8, "D"), clients="D")
    assert of("overlaps_in_time", work(late, 1.0)).outcome is Outcome.INCONCLUSIVE


# ---------------------------------------------------------------------- what parent and child close


def test_a_parent_that_keeps_connections_is_told_which() -> None:
    """Those that children serve; who holds the first one is evidence."""
    result = of("parent_closes_connections", all_are_there(server("C2", "C5"), *children(CROWD)))
    assert (result.outcome, result.expected, result.observed) == (
        Outcome.FAILED,
        "none of the connections that children serve is open in the parent",
        "2 of 12 are open in the parent too: C2, C5",
    )
    assert result.evidence == (
        "C2's connection is held by pid 7 (the server)",
        "C2's connection is held by pid 101 (a child)",
    )


def test_a_connection_that_the_parent_serves_itself_is_not_given_away() -> None:
    """Every second client has a child: nothing of theirs is kept."""
    itself = server("C1", call="recvfrom", on=inode_of("C1"))
    assert of("parent_closes_connections", all_are_there(itself, *children(CROWD[1:]))).outcome is Outcome.PASSED


def test_children_that_keep_the_listener_are_counted() -> None:
    """Each child once, whoever else it serves."""
    keeping = process(8, thread(8, "recvfrom", inode_of("C1")), sockets=[LISTENER, inode_of("C1")])
    result = of("children_close_listener", all_are_there(server(), keeping, *children(CROWD[1:])))
    assert (result.outcome, result.expected, result.observed) == (
        Outcome.FAILED,
        "no child holds the listening socket",
        "1 of 12 children hold it",
    )
    assert result.evidence == ("pid 8 (a child) holds the listening socket",)


def test_a_helper_that_serves_nobody_may_keep_the_listener() -> None:
    """Only children that serve are asked."""
    helper = process(8, thread(8, "pause"), sockets=[LISTENER])
    assert of("children_close_listener", all_are_there(server(), helper, *children(CROWD))).outcome is Outcome.PASSED


# ---------------------------------------------------------------------- zombies


@pytest.mark.parametrize("label", ["the others have gone", "A has gone"])
def test_a_zombie_is_left_while_the_server_waits(label: str) -> None:
    """One is enough, at either look."""
    result = of("reaps_each_child", with_looks("oldest_stays", snapshot(label, server(), zombie(9))))
    assert (result.outcome, result.expected, result.observed) == (
        Outcome.FAILED,
        "no zombie while the server waits for the next client",
        f"1 when {label}",
    )


@pytest.mark.parametrize(("more", "outcome"), [(9, Outcome.PASSED), (10, Outcome.FAILED)])
def test_zombies_pile_up_where_every_second_client_leaves_one(more: int, outcome: Outcome) -> None:
    """Twenty clients came after the first four; one that stays until the next comes is none too many."""
    before = snapshot("the first clients have gone", server(), zombie(8))
    after = snapshot("many clients have gone", server(), *map(zombie, range(20, 21 + more)))
    result = of("zombies_do_not_pile_up", with_looks("visits", before, after))
    assert result.outcome is outcome
    if outcome is Outcome.FAILED:
        assert result.observed == "1 zombies after 4 clients, 11 after 24"


def after_the_burst(*processes: ProcessSeen) -> Recording:
    """What is there when one more client has come."""
    return with_looks("burst", snapshot("one more client has come", server(), *processes))


def test_what_is_left_of_a_burst_is_told_dead_or_alive() -> None:
    """A zombie, and a child that has not noticed that its client has gone."""
    result = of("reaps_a_burst", after_the_burst(zombie(100), child(101, "C2"), zombie(999)))
    assert (result.outcome, result.expected, result.observed) == (
        Outcome.FAILED,
        "none of the 30 processes that served the burst",
        "2 of them: 1 zombies, 1 still alive",
    )


def test_a_process_that_was_born_after_the_burst_is_not_of_it() -> None:
    """The child of the one more client."""
    assert of("reaps_a_burst", after_the_burst(zombie(999), child(998, "one more"))).outcome is Outcome.PASSED


def with_a_helper(*, before: bool, dead: bool) -> Recording:
    """A burst beside a process that serves nobody, from the start or since the first client."""
    helper = process(50, thread(50, "poll"))
    there = [snapshot("all are there", server(), helper, *children(BURST), clients=BURST)]
    there.append(snapshot("one more client has come", server(), zombie(50) if dead else helper))
    if before:
        there.append(snapshot("waiting", server(), helper))
    return with_looks("burst", *there)


@pytest.mark.parametrize("before", [True, False], ids=["from the start", "since the first client"])
def test_a_helper_that_lives_on_did_not_serve_the_burst(before: bool) -> None:
    """multiprocessing's fork server and resource tracker live as long as the server."""
    assert of("reaps_a_burst", with_a_helper(before=before, dead=False)).outcome is Outcome.PASSED


def test_a_middle_process_that_ended_in_the_burst_is_of_it() -> None:
    """The one between parent and grandchild holds no connection, and must be waited for all the same."""
    result = of("reaps_a_burst", with_a_helper(before=False, dead=True))
    assert (result.outcome, result.observed) == (Outcome.FAILED, "1 of them: 1 zombies, 0 still alive")


# ---------------------------------------------------------------------- signals


@pytest.mark.parametrize("label", ["C has gone", "A's child was stopped and continued", "no child is left"])
def test_a_handler_that_spins_is_seen(label: str) -> None:
    """While children live, and when none is left."""
    spins = snapshot(label, server(call="", state="R", ran=0.75), calm=Calm.SPINNING)
    result = of("goes_on_while_children_live", with_looks("live_children", spins))
    assert (result.outcome, result.expected, result.observed) == (
        Outcome.FAILED,
        "a server that sleeps until the next client comes",
        f"a server that spins when {label}",
    )
    assert result.evidence == ("pid 7 (the server) runs (it has used 0.75 s of CPU)",)


@pytest.mark.parametrize(
    ("name", "scene", "client"),
    [("goes_on_while_children_live", "live_children", "F"), ("survives_signals", "storm", "D")],
)
def test_the_last_client_is_served_too(name: str, scene: str, client: str) -> None:
    """Every look was taken, and then the server did not serve any more."""
    seen = without(SCENES[scene], client, What.RECEIVED, What.ENDED)
    result = of(name, changed(seen, cut=f"the server stopped serving: {client} asked and got nothing"))
    assert result.outcome is Outcome.FAILED
    assert result.observed == f"the server stopped serving: {client} asked and got nothing"


@pytest.mark.parametrize(("calls", "outcome"), [(3, Outcome.PASSED), (2, Outcome.INCONCLUSIVE)])
def test_accept_was_interrupted_three_times(calls: int, outcome: Outcome) -> None:
    """A server whose accept we can't interrupt has proven nothing, and lost nothing."""
    seen = without(SCENES["interrupted_accept"], "server")
    calls_seen = [event("server", What.INTERRUPTED, n / 8, note=f"call {n}") for n in range(calls)]
    assert of("restarts_interrupted_accept", with_events(seen, *calls_seen)).outcome is outcome


def test_the_crowd_of_the_right_server_is_whole() -> None:
    """Twelve and four, all with the reference's reply."""
    assert {PAGE} == {crowd().received(name) for name in (*CROWD, *MORE)}
    assert crowd().snapshot("all are there").program == SERVER
