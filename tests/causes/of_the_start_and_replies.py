"""What mistakes at the start and in replies show."""

from __future__ import annotations

from grader.model import BLOCKING, FORKING
from grader.recording import Calm, Exit, Recording, What
from tests.causes.showing import (
    Shown,
    blocking,
    ended,
    forking,
    looked,
    relisted,
    replied,
    says,
    scene,
    stopped,
)
from tests.recordings import (
    GREETING,
    PAGE,
    changed,
    child,
    event,
    process,
    server,
    snapshot,
    thread,
    with_events,
    without,
)

NO_TEXT = "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff"
SECOND = "a single byte"
LATER = tuple(f"client {number}" for number in range(5, 25))
SPINS = thread(7, state="R")

IN_ACCEPT = "    connection, address = listener.accept()"


def never_listens(calm: Calm) -> Shown:
    """A server that lives and does not listen."""
    there = snapshot("it does not listen", server(call="", on=0, state="R"), listeners=(), calm=calm)
    return blocking(
        "listens",
        changed(
            scene(BLOCKING, "visits"),
            cut="the server does not listen on any port: pid 7 (the server) sleeps in read()",
            snapshots=(there,),
        ),
    )


def echoes() -> Recording:
    """Every client is sent what it has said."""
    seen = scene(BLOCKING, "visits")
    for client in seen.clients:
        seen = with_events(without(seen, client, What.RECEIVED), event(client, What.RECEIVED, 2.0, seen.sent(client)))
    return seen


STARTING = {
    "does_not_parse": blocking("listens", ended(BLOCKING, "visits", "SyntaxError: invalid syntax")),
    "accepts_without_listening": blocking(
        "listens", ended(BLOCKING, "visits", IN_ACCEPT, "OSError: [Errno 22] Invalid argument")
    ),
    "asks_for_a_key": blocking("listens", ended(BLOCKING, "visits", "EOFError: EOF when reading a line")),
    "ends_with_an_error_at_its_start": forking("listens", ended(FORKING, "visits", "NameError: name 'sockt'")),
    "ends_in_silence_at_its_start": forking("listens", ended(FORKING, "visits", status=0)),
    "goes_into_the_background": forking("listens", ended(FORKING, "visits", status=0, left=[child(8, "A")])),
    "makes_processes_without_end": forking(
        "listens",
        changed(
            scene(FORKING, "visits"),
            cut="the server was ended by the grader: it had more than 100 processes before it listened",
            exit=Exit(1.0, -9, signal="SIGKILL", ended_by_us="it had more than 100 processes"),
        ),
    ),
    "runs_without_listening": never_listens(Calm.SPINNING),
    "sleeps_without_listening": never_listens(Calm.SETTLED),
    "listens_on_another_port": forking("listens", relisted(scene(FORKING, "visits"), "waiting", port=9090)),
    "a_thread_beside_accept_runs": forking(
        "listens goes_on_while_children_live",
        looked(FORKING, "visits", "waiting", process(7, thread(7, "accept4", 5), SPINS, parent=1), calm=Calm.SPINNING),
    ),
    "asks_for_clients_without_rest": forking(
        "listens goes_on_while_children_live",
        looked(FORKING, "visits", "waiting", process(7, SPINS, parent=1), calm=Calm.SPINNING),
    ),
}

REPLIES = {
    "sends_text_for_bytes": forking(
        "answers", says(replied(FORKING, b""), "TypeError: a bytes-like object is required, not 'str'")
    ),
    "reads_on_for_ever": blocking(
        "answers serves_one_client_at_a_time",
        replied(BLOCKING, b""),
        without(
            stopped(BLOCKING, "held_back", server("B", call="recvfrom", on=ord("B")), clients="B"),
            "B",
            What.RECEIVED,
        ),
    ),
    "turns_requests_into_text": blocking("bears_any_bytes", ended(BLOCKING, "unhurried", NO_TEXT)),
    "answers_before_it_reads": blocking(
        "answers", with_events(scene(BLOCKING, "held_back"), event("A", What.RECEIVED, 0.25, GREETING))
    ),
    "replies_get_worse": forking("answers", replied(FORKING, PAGE + PAGE, clients=LATER)),
    "reply_depends_on_the_request": blocking("answers", replied(BLOCKING, b"Who are you?", clients=[SECOND])),
    "sends_what_python_shows": blocking("answers", replied(BLOCKING, str(GREETING).encode())),
    "sends_lookalikes": blocking("answers", replied(BLOCKING, "Hello, I’m server".encode())),
    "sends_too_much": forking("answers", replied(FORKING, PAGE + b"!")),
    "sends_the_request_back": blocking("answers", echoes()),
    "wrong_status_line": forking("answers", replied(FORKING, PAGE.replace(b"1.1", b"1.0"))),
    "no_blank_line": forking("answers", replied(FORKING, PAGE.replace(b"\r\n\r\n", b"\r\n"))),
    "wrong_content_length": forking(
        "answers", replied(FORKING, PAGE.replace(b"\r\n\r\n", b"\r\nContent-Length: 9\r\n\r\n"))
    ),
    "wrong_body": forking("answers", replied(FORKING, PAGE.replace(b"World", b"Moon"))),
    "another_reply": blocking("answers", replied(BLOCKING, b"Good evening")),
    "shuts_the_listener_down": forking(
        "answers gives_each_client_a_child", ended(FORKING, "crowd", IN_ACCEPT, "OSError: [Errno 22] Invalid argument")
    ),
    "closes_the_listener_for_the_connection": forking(
        "answers gives_each_client_a_child",
        ended(FORKING, "crowd", IN_ACCEPT, "OSError: [Errno 9] Bad file descriptor"),
    ),
    "sends_on_a_closed_connection": forking(
        "answers", says(replied(FORKING, b""), "OSError: [Errno 9] Bad file descriptor")
    ),
    "parent_shuts_the_connection_down": forking(
        "answers overlaps_in_time", says(replied(FORKING, b""), "BrokenPipeError: [Errno 32] Broken pipe")
    ),
    "ends_with_an_error_at_a_client": blocking(
        "answers",
        changed(
            replied(BLOCKING, b""),
            cut="the server ended with status 1: KeyError: 'x'",
            exit=Exit(1.0, 1, last_words=("KeyError: 'x'",)),
        ),
    ),
}
SHOWN = {**STARTING, **REPLIES}
