"""Why a server of chapter 1 does not serve one client after the other, in order, each with its work."""

from __future__ import annotations

from grader.causes.cause import TURNS, Cause
from grader.clues import WORDS, Clue, Seen, failed, passed, shows
from grader.clues.looks import at, has_several_threads, living_others, nobody_else
from grader.model import Inconclusive, NotReached
from grader.recording import NEVER, What
from grader.timing import Take, takes


def _last_take(seen: Seen) -> Take | None:
    try:
        return takes(seen.scene("in_turn"), "ABC")[-1]
    except (NotReached, Inconclusive):
        return None


def took(told: str, least: float, most: float) -> Clue:
    """All three together took so many times DELAY."""

    def holds(seen: Seen) -> bool:
        take = _last_take(seen)
        return take is not None and least * take.delay <= take.total < most * take.delay

    return shows(told, holds)


def _somebody_is_refused(seen: Seen) -> bool:
    return any(seen.scene("held_back").first(name, What.REFUSED) < NEVER for name in "BCD")


def _has_a_short_queue(seen: Seen) -> bool:
    listeners = seen.look("reachable", "waiting").listeners
    return bool(listeners) and all(listener.queue < 5 for listener in listeners)


def _overtakes(seen: Seen) -> bool:
    """Somebody is answered while the first client has not spoken yet."""
    scene, there = seen.scene("held_back"), seen.look("held_back", "the others have asked")
    answered = min(scene.first(name, What.RECEIVED) for name in "BCD")
    return bool(there.processes) and answered <= there.at < scene.end_of("A")


OVERTAKEN = shows("others are answered while the first is silent", _overtakes)
A_THREAD_MORE = at("held_back", "A is silent", "several threads", has_several_threads)
A_PROCESS_MORE = at("held_back", "A is silent", "another process lives", lambda look: bool(living_others(look)))
NOBODY_ELSE = at(
    "held_back",
    "A is silent",
    "one process with one thread",
    lambda look: nobody_else(look) and not has_several_threads(look),
)
OVERTAKES = ("serves_in_order_of_arrival", "takes_turns_in_time", "works_in_one_process")

CAUSES = (
    Cause(
        name="refuses_while_it_serves",
        tracks=TURNS,
        sentence="While a client is served nothing listens, so that whoever comes meanwhile is refused in place of waiting.",
        roots=("serves_one_client_at_a_time",),
        evidence=(shows("refuses those who come meanwhile", _somebody_is_refused, WORDS),),
        follows=(
            "takes_turns_in_time",
            "serves_in_order_of_arrival",
            "answers",
            "leaves_no_descriptor_open",
            "starts_again_at_once",
        ),
        hint="How long does the listening socket live, and who keeps those who wait? listen(2)",
        apart="`ss -ltn` shows no listening socket while a client is there.",
    ),
    Cause(
        name="threads_for_clients",
        tracks=TURNS,
        sentence="A thread is started for each client, so that the next one is served beside the first.",
        roots=("serves_one_client_at_a_time",),
        evidence=(failed("works_in_one_process"), OVERTAKEN, A_THREAD_MORE),
        follows=OVERTAKES,
        hint="In chapter 1 the second client waits: who goes back to accept() before the first one is served?",
        apart="`ps -L` shows one process with a thread more for each client.",
    ),
    Cause(
        name="processes_for_clients",
        tracks=TURNS,
        sentence="A process is made for each client, so that the next one is served beside the first.",
        roots=("serves_one_client_at_a_time",),
        evidence=(failed("works_in_one_process"), OVERTAKEN, A_PROCESS_MORE),
        follows=OVERTAKES,
        hint="In chapter 1 the second client waits: is this file that of chapter 2?",
        apart="`ps` shows a process more for each client.",
    ),
    Cause(
        name="serves_whoever_speaks_first",
        tracks=TURNS,
        sentence="One thread watches all clients at once and answers whoever speaks first, in place of one after the other.",
        roots=("serves_one_client_at_a_time",),
        evidence=(passed("works_in_one_process"), OVERTAKEN, NOBODY_ELSE),
        follows=OVERTAKES,
        hint="What happens between accept() and the first client's reply, and how many clients are in hand meanwhile?",
        apart="There is one thread, and it holds several clients' connections: `ls -l /proc/PID/fd`.",
    ),
    Cause(
        name="another_thread_works",
        tracks=TURNS,
        sentence="Clients are served one at a time, but by another thread than the one that accepts them.",
        roots=("works_in_one_process",),
        evidence=(passed("serves_one_client_at_a_time"), A_THREAD_MORE),
        hint="How many threads does serving one client after the other need?",
        apart="`ps -L` shows more than one thread.",
    ),
    Cause(
        name="another_process_works",
        tracks=TURNS,
        sentence="Clients are served one at a time, but each by a process that the server makes and waits for.",
        roots=("works_in_one_process",),
        evidence=(passed("serves_one_client_at_a_time"), A_PROCESS_MORE),
        hint="How many processes does serving one client after the other need?",
        apart="`ps` shows a second process while a client is there.",
    ),
    Cause(
        name="queue_is_too_short",
        tracks=TURNS,
        sentence="The queue of those who wait is too short, so that clients are turned away, and come again later.",
        roots=("serves_in_order_of_arrival", "queues_five_clients"),
        evidence=(shows("a queue of less than five", _has_a_short_queue, WORDS),),
        follows=("queues_five_clients",),
        hint="What does the number in listen() count? listen(2)",
        apart="`ss -ltn` shows the length of the queue as Send-Q.",
    ),
    Cause(
        name="serves_in_another_order",
        tracks=TURNS,
        sentence="The server takes several clients from the queue and serves them in another order than they came in.",
        roots=("serves_in_order_of_arrival",),
        evidence=(passed("serves_one_client_at_a_time"),),
        hint="The kernel keeps those who wait in order: which structure of yours comes between? listen(2)",
        apart="Only the order differs: the queue has room for all who wait.",
    ),
    Cause(
        name="sleeps_at_the_wrong_place",
        tracks=TURNS,
        sentence="DELAY is slept, but not between a client's request and its end, so that one of them does not wait for its own work.",
        roots=("takes_turns_in_time",),
        evidence=(passed("serves_one_client_at_a_time"), took("two of three waited for the work", 2, 3)),
        hint="Between which two calls for one client does the work belong, and where does the sleep stand?",
        apart="Three clients together take twice DELAY.",
    ),
    Cause(
        name="does_not_sleep_delay",
        tracks=TURNS,
        sentence="The work is missing: DELAY is not read from the environment, not slept, or comes to nothing.",
        roots=("takes_turns_in_time",),
        evidence=(passed("serves_one_client_at_a_time"), took("nobody waited for any work", 0, 1)),
        hint="What is the value of DELAY in your program when the environment says 0.1, and what becomes of it?",
        apart="Three clients together take no time at all.",
    ),
)
