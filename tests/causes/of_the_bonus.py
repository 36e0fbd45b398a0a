"""What mistakes beyond the core show."""

from __future__ import annotations

from grader.model import BLOCKING, FORKING
from grader.recording import Calm, Recording, What
from tests.causes.showing import blocking, ended, forking, looked, relisted, scene
from tests.recordings import changed, event, listener, process, server, snapshot, thread, with_events, without

EMFILE, EAGAIN = (
    "OSError: [Errno 24] Too many open files",
    "BlockingIOError: [Errno 11] Resource temporarily unavailable",
)
UNSERVED = without(scene(FORKING, "failed_fork"), "A", What.ENDED)


def unanswered(name: str, client: str) -> Recording:
    """A client sees its end without a reply."""
    return without(scene(FORKING, name), client, What.RECEIVED)


def busy(name: str, label: str) -> Recording:
    """At that look of chapter 1's scene the server runs without rest."""
    return looked(BLOCKING, name, label, server(call="", on=0, state="R"), calm=Calm.SPINNING)


SHOWN = {
    "a_lost_client_ends_the_server": blocking(
        "survives_rude_clients survives_aborted_connection",
        ended(BLOCKING, "rude", "ConnectionResetError: [Errno 104] Connection reset by peer"),
    ),
    "asks_who_has_come": forking(
        "survives_aborted_connection",
        ended(FORKING, "aborted", "OSError: [Errno 107] Transport endpoint is not connected"),
    ),
    "an_empty_message_is_an_error": blocking(
        "survives_rude_clients", ended(BLOCKING, "rude", "IndexError: list index out of range")
    ),
    "an_empty_message_leaves_the_loop": blocking("survives_rude_clients", ended(BLOCKING, "rude", status=0)),
    "keeps_lost_clients": blocking(
        "survives_rude_clients",
        looked(BLOCKING, "rude", "all have gone", process(7, thread(7, "accept4", 5), parent=1, sockets=(5, 98, 99))),
    ),
    "asks_on_when_the_client_has_gone": blocking(
        "survives_rude_clients",
        changed(
            scene(BLOCKING, "rude"),
            snapshots=(
                *scene(BLOCKING, "rude").snapshots,
                snapshot("says nothing: has left", server(call="", on=0, state="R"), calm=Calm.SPINNING),
            ),
        ),
    ),
    "a_piece_is_taken_for_the_request": forking(
        "waits_for_the_whole_request",
        with_events(scene(FORKING, "unhurried"), event("B", What.RECEIVED, 0.515625, b"HTTP/1.1 200 OK")),
    ),
    "pieces_are_not_put_together": forking("waits_for_the_whole_request"),
    "closes_with_bytes_unread": forking(
        "delivers_reply_despite_unread_bytes",
        with_events(scene(FORKING, "unhurried"), event("C", What.RESET, 0.65)),
    ),
    "cuts_off_slow_clients": forking("waits_for_slow_clients", unanswered("unhurried", "A")),
    "breaks_over_what_is_no_text": forking("bears_any_bytes", unanswered("unhurried", "D")),
    "refuses_what_is_no_text": forking("bears_any_bytes"),
    "no_descriptor_ends_it": blocking("survives_full_descriptor_table", ended(BLOCKING, "scarce_descriptors", EMFILE)),
    "no_descriptor_makes_it_spin": blocking(
        "survives_full_descriptor_table", busy("scarce_descriptors", "no descriptor is left")
    ),
    "no_process_ends_it": forking("survives_failed_fork", ended(FORKING, "failed_fork", EAGAIN)),
    "no_process_keeps_the_client": forking("survives_failed_fork", UNSERVED),
    "no_process_and_it_tries_for_ever": forking(
        "survives_failed_fork",
        without(
            looked(FORKING, "failed_fork", "no process is to be had", server("A", call="clock_nanosleep", on=0)),
            "A",
            What.ENDED,
        ),
    ),
    "children_end_with_their_parent": forking("children_outlive_parent", unanswered("orphans", "A (SIGINT)")),
    "children_print_the_parents_lines": forking("prints_nothing_twice"),
    "sigterm_does_not_end_it": blocking("ends_when_told", looked(BLOCKING, "reachable", "SIGTERM came", server())),
    "ctrl_c_does_not_end_it": blocking("ends_when_told", looked(BLOCKING, "reachable", "SIGINT came", server())),
    "bound_to_one_address": forking(
        "is_reachable_everywhere", relisted(scene(FORKING, "reachable"), "waiting", address="127.0.0.1")
    ),
    "port_is_shared": forking(
        "keeps_its_port",
        looked(FORKING, "reachable", "another server was started", server(), listeners=(listener(), listener(inode=6))),
    ),
}
