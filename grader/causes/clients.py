"""Beyond the core: clients that leave, are slow, or say what nobody expects."""

from __future__ import annotations

from grader.causes.cause import BOTH, CHILDREN, Cause
from grader.clues import WORDS, Seen, shows
from grader.clues.endings import SILENCE, SPINNING, End, cut_by, errno, error
from grader.clues.looks import anywhere, at, count_of, living_others, spins
from grader.recording import NEVER, Recording, Snapshot, What

RUDE = ("survives_rude_clients", "survives_aborted_connection")
LOST = ("ConnectionResetError", "BrokenPipeError", "ConnectionAbortedError")


def _lost(scene: Recording) -> bool:
    return any(error(name).cut(scene) for name in LOST)


def _takes_apart(scene: Recording) -> bool:
    return any(error(name).cut(scene) for name in OF_THE_MESSAGE)


OF_THE_MESSAGE = ("IndexError", "ValueError", "KeyError", "AttributeError", "TypeError", "UnboundLocalError")
OWN_ERROR = End("ended with an error over a message", WORDS, _takes_apart)
LOST_CLIENT = End("ended with the error of a lost client", WORDS, _lost)


def _keeps_sockets(seen: Seen) -> bool:
    before, after = seen.look("rude", "some have been served"), seen.look("rude", "all have gone")
    return bool(after.processes) and count_of(after, "socket:") > count_of(before, "socket:")


def _asks_on(scene: Recording, look: Snapshot) -> bool:
    """It spins, or a child does, when a client has left."""
    return look.label.endswith("has left") and spins(look)


def _received_early(seen: Seen) -> bool:
    scene, half = seen.scene("unhurried"), seen.look("unhurried", "B's blank line is still to come")
    if not half.processes:
        return False
    return scene.first("B", What.RECEIVED) <= half.at or (scene.end_of("B") <= half.at and not _is_cut_off(seen))


def _is_cut_off(seen: Seen) -> bool:
    scene = seen.scene("unhurried")
    return scene.end_of("A") < NEVER and not scene.received("A")


def _is_reset(seen: Seen) -> bool:
    return seen.scene("unhurried").first("C", What.RESET) < NEVER


def _is_refused_for_its_bytes(seen: Seen) -> bool:
    return bool(seen.scene("unhurried").received("D"))


def _is_not_answered_for_its_bytes(seen: Seen) -> bool:
    return seen.scene("unhurried").end_of("D") < NEVER and not seen.scene("unhurried").received("D")


CAUSES = (
    Cause(
        name="a_lost_client_ends_the_server",
        tracks=BOTH,
        sentence="The error of a client that is lost is not caught, and ends the server for all others.",
        roots=RUDE,
        evidence=(cut_by(LOST_CLIENT, "rude", "aborted"),),
        follows=RUDE,
        ends=LOST_CLIENT,
        hint="Which calls fail when a client is gone, and with which errors? recv(2), send(2), ECONNRESET, EPIPE",
        apart="The last word of the traceback is ConnectionResetError or BrokenPipeError.",
    ),
    Cause(
        name="asks_who_has_come",
        tracks=BOTH,
        sentence="The server asks a connection something right after accept, and a client that has left by then is an error that ends it.",
        roots=RUDE,
        evidence=(cut_by(errno(107), "rude", "aborted"),),
        follows=RUDE,
        ends=errno(107),
        hint="Is a client that accept() gives you still there? accept(2), ENOTCONN",
        apart="The traceback ends with ENOTCONN, in a call that neither reads nor sends.",
    ),
    Cause(
        name="an_empty_message_is_an_error",
        tracks=BOTH,
        sentence="A client that leaves without a word is read as an empty message, which the server does not expect, and which ends it.",
        roots=("survives_rude_clients",),
        evidence=(cut_by(OWN_ERROR, "rude"),),
        hint="What does recv() return when the client has gone? recv(2)",
        apart="The traceback ends in a line that takes the message apart.",
    ),
    Cause(
        name="an_empty_message_leaves_the_loop",
        tracks=BOTH,
        sentence="A client that leaves without a word leads out of the loop over clients, and the server comes to its end.",
        roots=("survives_rude_clients",),
        evidence=(cut_by(SILENCE, "rude"),),
        hint="Which loop does `break` leave, and where does `return` lead?",
        apart="The server ends with status 0 and without a traceback.",
    ),
    Cause(
        name="keeps_lost_clients",
        tracks=BOTH,
        sentence="The connection of a client that is lost by an error is never closed.",
        roots=("survives_rude_clients",),
        evidence=(shows("keeps sockets of clients that have left", _keeps_sockets),),
        hint="Which way does an exception take past the line that closes, and who still refers to the connection? finally, `with`",
        apart="`ls -l /proc/PID/fd` shows a socket more for each client that was lost by an error.",
    ),
    Cause(
        name="asks_on_when_the_client_has_gone",
        tracks=BOTH,
        sentence="Whoever serves a client that has gone reads from it again and again, and gets nothing each time.",
        roots=("survives_rude_clients",),
        evidence=(anywhere("runs without rest when a client has left", _asks_on, "rude"),),
        ends=SPINNING,
        hint="What does recv() return when the client has gone, and does your loop end then? recv(2)",
        apart="top(1) shows a process at work from the moment at which a client has left in the middle of its request.",
    ),
    Cause(
        name="a_piece_is_taken_for_the_request",
        tracks=CHILDREN,
        sentence="What has come so far is taken for the whole request, and answered before the rest is there.",
        roots=("waits_for_the_whole_request",),
        evidence=(shows("answers half a request", _received_early),),
        hint="TCP knows no messages: what ends a request? RFC 9112, 2.1",
        apart="Half a request is answered.",
    ),
    Cause(
        name="pieces_are_not_put_together",
        tracks=CHILDREN,
        sentence="A request in two pieces is never found to be complete: each piece is looked at by itself.",
        roots=("waits_for_the_whole_request",),
        evidence=(
            at(
                "unhurried",
                "B's blank line is still to come",
                "a child waits for more",
                lambda look: bool(living_others(look)),
            ),
            shows("does not answer half a request", lambda seen: not _received_early(seen)),
        ),
        hint="In which bytes do you look for the end of the request, and might it lie across two pieces?",
        apart="The whole request, in two pieces, is not answered.",
    ),
    Cause(
        name="closes_with_bytes_unread",
        tracks=CHILDREN,
        sentence="The connection is closed while bytes of the client are unread, and then the kernel ends it by a reset.",
        roots=("delivers_reply_despite_unread_bytes",),
        evidence=(shows("its end is a reset", _is_reset),),
        hint="What does the kernel do when a socket is closed before all is read? RFC 9112, 9.6",
        apart="A client that says more than the server reads sees a reset.",
    ),
    Cause(
        name="cuts_off_slow_clients",
        tracks=BOTH,
        sentence="A client that is silent for a moment is cut off, before it has had time to ask.",
        roots=("waits_for_slow_clients",),
        follows=("waits_for_the_whole_request",),
        evidence=(shows("ends a silent client", _is_cut_off),),
        hint="How long does the server wait for a client, and why no longer? socket.settimeout",
        apart="A silent client sees its end after the same time each time.",
    ),
    Cause(
        name="breaks_over_what_is_no_text",
        tracks=BOTH,
        sentence="A request whose bytes are no text gets no reply: whoever serves it breaks over them.",
        roots=("bears_any_bytes",),
        evidence=(shows("does not answer it", _is_not_answered_for_its_bytes),),
        hint="Must the request be text for this reply, and what happens where it is none? bytes.decode",
        apart="Such a request is not answered, and all others are.",
    ),
    Cause(
        name="refuses_what_is_no_text",
        tracks=BOTH,
        sentence="A request whose bytes are no text gets another reply than all others.",
        roots=("bears_any_bytes",),
        evidence=(shows("answers it otherwise", _is_refused_for_its_bytes),),
        hint="Must the request be text for this reply? bytes.decode",
        apart="Such a request is answered, and otherwise than all others.",
    ),
)
