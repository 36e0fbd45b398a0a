"""Why a client is answered wrongly, or not at all."""

from __future__ import annotations

from grader.causes.cause import BOTH, CHILDREN, TURNS, Cause
from grader.clues import OUTCOME, WORDS, Clue, Seen, shows
from grader.clues.endings import ANY_ERROR, READING_ON, cut_by, errno, errno_in_accept, error, tells_of_an_exception
from grader.clues.replies import (
    DEPENDS_ON_THE_REQUEST,
    DEPENDS_ON_THE_TURN,
    ECHOES,
    GOES_ON,
    HAS_LOOKALIKES,
    IS_SHOWN_BY_PYTHON,
    NOTHING_CAME,
    SOMETHING_CAME,
    http_part,
)
from grader.recording import What

TEXT_FOR_BYTES = error("TypeError", "a bytes-like object is required")
NO_TEXT = error("UnicodeDecodeError")


def says(words: str) -> Clue:
    """A process of the server says so on standard error while clients come one after the other."""

    def holds(seen: Seen) -> bool:
        return words in seen.scene("visits").stderr.kept

    return shows(f"says {words}", holds, WORDS)


def _answers_who_has_not_asked(seen: Seen) -> bool:
    held_back = seen.scene("held_back")
    return held_back.first("A", What.RECEIVED) < held_back.first("A", What.SENT)


def _text_for_bytes(seen: Seen) -> bool:
    return cut_by(TEXT_FOR_BYTES).holds(seen) or says("a bytes-like object is required").holds(seen)


def _no_text(seen: Seen) -> bool:
    scenes = (seen.scene("visits"), seen.scene("unhurried"))
    said = "".join(scene.stderr.kept for scene in scenes)
    return "UnicodeDecodeError" in said or cut_by(NO_TEXT, "visits", "unhurried").holds(seen)


def _sends_on_what_is_closed(seen: Seen) -> bool:
    """EBADF, and not of accept: the listener's would be another mistake."""
    scenes = (seen.scene("visits"), seen.scene("held_back"))
    return any("[Errno 9]" in one.stderr.kept and not errno_in_accept(9).cut(one) for one in scenes)


def _somebody_fails(seen: Seen) -> bool:
    """The server ended with an exception, or a child says one."""
    return cut_by(ANY_ERROR, "visits").holds(seen) or tells_of_an_exception(seen.scene("visits"))


CAUSES = (
    Cause(
        name="sends_text_for_bytes",
        tracks=BOTH,
        sentence="The reply is text where the socket takes bytes only, so that sending it is a TypeError.",
        roots=("answers",),
        evidence=(NOTHING_CAME, shows("a TypeError over bytes", _text_for_bytes, WORDS)),
        follows=("takes_turns_in_time", "overlaps_in_time"),
        ends=TEXT_FOR_BYTES,
        hint="What kind of string does a socket send, and what kind is yours? socket.socket.sendall, str.encode",
        apart="The traceback ends in the call that sends.",
    ),
    Cause(
        name="reads_on_for_ever",
        tracks=BOTH,
        sentence="The server goes on reading when the whole request is there, and the client waits for its reply: both wait.",
        roots=("answers",),
        evidence=(NOTHING_CAME, cut_by(READING_ON, "visits", "held_back")),
        follows=("takes_turns_in_time", "overlaps_in_time"),
        ends=READING_ON,
        hint="How does the server know that a request is complete, and does the client say that much? recv(2)",
        apart="Whoever serves the client sleeps in recv() on its connection, with nothing left to read.",
    ),
    Cause(
        name="turns_requests_into_text",
        tracks=BOTH,
        sentence="The request is decoded, and one whose bytes are no text in that encoding ends whoever serves it.",
        roots=("answers", "bears_any_bytes"),
        evidence=(shows("a UnicodeDecodeError", _no_text, WORDS),),
        follows=("bears_any_bytes",),
        ends=NO_TEXT,
        hint="Must the request be text for this reply? bytes.decode, its argument `errors`",
        apart="The traceback ends in decode().",
    ),
    Cause(
        name="answers_before_it_reads",
        tracks=BOTH,
        sentence="The reply is sent before the request has come: a client that has said nothing is answered.",
        roots=("answers",),
        evidence=(shows("answers a client that has not asked", _answers_who_has_not_asked, WORDS),),
        follows=("waits_for_the_whole_request", "delivers_reply_despite_unread_bytes"),
        hint="In which order do recv() and sendall() stand, and for what does the server wait before it answers?",
        apart="A client that connects and is silent gets the reply: `nc localhost PORT`.",
    ),
    Cause(
        name="replies_get_worse",
        tracks=BOTH,
        sentence="Something that the reply is made of is kept from client to client, so that later replies are wrong.",
        roots=("answers",),
        evidence=(DEPENDS_ON_THE_TURN, SOMETHING_CAME),
        hint="Which variable outlives a client, and what does serving one change in it?",
        apart="The same request, sent twice, is answered in two ways.",
    ),
    Cause(
        name="reply_depends_on_the_request",
        tracks=BOTH,
        sentence="Some requests get the right reply and others another one, though the same is due to all.",
        roots=("answers",),
        evidence=(DEPENDS_ON_THE_REQUEST, SOMETHING_CAME),
        hint="On which part of the request does your reply depend, and does the hand-out say so?",
        apart="Each request gets the same reply however often it is sent.",
    ),
    Cause(
        name="sends_what_python_shows",
        tracks=BOTH,
        sentence="The client gets the text by which Python shows bytes, with b and quotes, in place of the bytes.",
        roots=("answers",),
        evidence=(IS_SHOWN_BY_PYTHON, SOMETHING_CAME),
        hint="What does str() make of bytes? bytes.decode",
        apart="The reply begins with b and a quotation mark.",
    ),
    Cause(
        name="sends_lookalikes",
        tracks=BOTH,
        sentence="A character of the reply only looks like the right one: it is not the one of the hand-out.",
        roots=("answers",),
        evidence=(HAS_LOOKALIKES, SOMETHING_CAME),
        hint="Which bytes are sent, seen one by one? `xxd`, ascii()",
        apart="The reply is longer in bytes than it is in letters.",
    ),
    Cause(
        name="sends_too_much",
        tracks=BOTH,
        sentence="The reply is right up to its end, and goes on where it should be over.",
        roots=("answers",),
        evidence=(GOES_ON, SOMETHING_CAME),
        hint="What comes after the last letter that the hand-out names? `xxd`",
        apart="Only bytes at the end of the reply are more than there should be.",
    ),
    Cause(
        name="sends_the_request_back",
        tracks=TURNS,
        sentence="The server sends back what the client has said, in place of its own reply.",
        roots=("answers",),
        evidence=(ECHOES, SOMETHING_CAME),
        hint="Which variable goes to sendall()?",
        apart="Another request gets another reply: itself.",
    ),
    Cause(
        name="wrong_status_line",
        tracks=CHILDREN,
        sentence="The first line of the reply, with version and status, is not the one that is asked for.",
        roots=("answers",),
        evidence=(http_part("another status line", "status"), SOMETHING_CAME),
        hint="Which three parts has a status line, and what are they here? RFC 9112, 4",
        apart="`curl -i` shows another first line.",
    ),
    Cause(
        name="no_blank_line",
        tracks=CHILDREN,
        sentence="No blank line stands between head and body, so that the body is taken for a header.",
        roots=("answers",),
        evidence=(http_part("no blank line", "blank_line"), SOMETHING_CAME),
        hint="What ends the head of a message? RFC 9112, 2.1",
        apart="`curl -i` shows no body.",
    ),
    Cause(
        name="wrong_content_length",
        tracks=CHILDREN,
        sentence="Content-Length is not the length of the body, so that a client waits for more or drops the rest.",
        roots=("answers",),
        evidence=(http_part("another length than the body's", "length"), SOMETHING_CAME),
        hint="Which bytes does Content-Length count, and which not? RFC 9110, 8.6",
        apart="The body is right, and the header's number is not its length.",
    ),
    Cause(
        name="wrong_body",
        tracks=CHILDREN,
        sentence="The body of the reply is not the one that is asked for.",
        roots=("answers",),
        evidence=(http_part("another body", "body"), SOMETHING_CAME),
        hint="Compare it letter by letter with the hand-out's: `xxd`",
        apart="Status line and blank line are right.",
    ),
    Cause(
        name="another_reply",
        tracks=TURNS,
        sentence="Every client gets a reply, and it is not the one that is asked for.",
        roots=("answers",),
        evidence=(SOMETHING_CAME,),
        hint="Compare it letter by letter with the hand-out's: `xxd`",
        apart="The reply is another one as a whole.",
    ),
    Cause(
        name="shuts_the_listener_down",
        tracks=CHILDREN,
        sentence="A child shuts the listening socket down, which ends the parent's listening: both have the same socket.",
        roots=("answers",),
        evidence=(cut_by(errno_in_accept(22), "visits", "crowd", "held_back"),),
        follows=("overlaps_in_time", "outlives_its_descriptor_limit"),
        ends=errno(22),
        hint="What do two descriptors of one socket share, and what does each have for itself? shutdown(2), close(2)",
        apart="The parent's accept fails with EINVAL: its descriptor is open, and the socket listens no more.",
    ),
    Cause(
        name="closes_the_listener_for_the_connection",
        tracks=BOTH,
        sentence="After its first client the server accepts on a socket that it has closed itself.",
        roots=("answers",),
        evidence=(cut_by(errno_in_accept(9), "visits", "crowd", "held_back"),),
        follows=("overlaps_in_time", "takes_turns_in_time"),
        ends=errno(9),
        hint="Which of its two sockets does the process still need after the first client? close(2), EBADF",
        apart="The parent's accept fails with EBADF: its descriptor is closed.",
    ),
    Cause(
        name="sends_on_a_closed_connection",
        tracks=BOTH,
        sentence="The connection is closed before the reply is sent on it, and sending fails.",
        roots=("answers",),
        evidence=(NOTHING_CAME, shows("EBADF, and not of accept", _sends_on_what_is_closed, WORDS)),
        follows=("overlaps_in_time", "takes_turns_in_time"),
        ends=errno(9),
        hint="Which line closes the connection, or leaves the block that closes it, and which line comes after? close(2), EBADF",
        apart="The traceback ends in the call that sends, with EBADF.",
    ),
    Cause(
        name="parent_shuts_the_connection_down",
        tracks=CHILDREN,
        sentence="The parent shuts the connection down, which ends it for the child as well, before the reply is sent.",
        roots=("answers",),
        evidence=(NOTHING_CAME, says("BrokenPipeError")),
        follows=("overlaps_in_time",),
        hint="What do two descriptors of one connection share, and what does each have for itself? shutdown(2), close(2)",
        apart="The child's sendall fails with EPIPE, though the client is still there.",
    ),
    Cause(
        name="ends_with_an_error_at_a_client",
        tracks=BOTH,
        sentence="An exception ends the server, or the child, while it serves a client as all are.",
        roots=("answers",),
        evidence=(NOTHING_CAME._replace(weight=OUTCOME), shows("somebody's exception", _somebody_fails, OUTCOME)),
        follows=("overlaps_in_time", "takes_turns_in_time"),
        ends=ANY_ERROR,
        hint="What does the last line of the traceback say, and which line of your program stands above it?",
        apart="A traceback is on standard error as soon as a client has come.",
    ),
)
