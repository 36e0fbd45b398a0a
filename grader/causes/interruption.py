"""Why a signal, or an interrupted call, ends the server."""

from __future__ import annotations

from grader.causes.cause import CHILDREN, Cause
from grader.clues import Seen, not_so, passed, shows
from grader.clues.endings import A_STATUS, ANY_ERROR, NO_EXCEPTION, End, cut_by, error
from grader.recording import Recording, What

INTERRUPTED = error("InterruptedError")


def _in_a_handler(scene: Recording) -> bool:
    """An exception that neither accept nor waiting has raised."""
    return ANY_ERROR.cut(scene) and not any(
        error(name).cut(scene) for name in ("InterruptedError", "ChildProcessError", "OSError: [Errno 98]")
    )


IN_A_HANDLER = End("ended with an exception of its own", 2, _in_a_handler)


def _was_tried_again(seen: Seen) -> bool:
    return len(seen.scene("interrupted_accept").of("server", What.INTERRUPTED)) > 1


def _no_client_came(seen: Seen) -> bool:
    return not seen.scene("storm").clients


TRIED_AGAIN = shows("accept was called again after the first interruption", _was_tried_again)

CAUSES = (
    Cause(
        name="restarts_accept_once",
        tracks=CHILDREN,
        sentence="An interrupted accept is called once more, and when that call is interrupted as well, the server ends.",
        roots=("restarts_interrupted_accept",),
        evidence=(cut_by(INTERRUPTED, "interrupted_accept"), TRIED_AGAIN),
        hint="How often may a call be interrupted, and where does your restart lead back to?",
        apart="The server outlives the first EINTR, and not the second one.",
    ),
    Cause(
        name="accept_is_not_restarted",
        tracks=CHILDREN,
        sentence="accept is not called again when a signal has interrupted it: the error is not caught, and ends the server.",
        roots=("restarts_interrupted_accept",),
        evidence=(cut_by(INTERRUPTED, "interrupted_accept"),),
        hint="Which error does an interrupted call raise, and does your program catch that very one? signal(7), EINTR",
        apart="The traceback ends in accept with InterruptedError.",
    ),
    Cause(
        name="interruption_leaves_the_loop",
        tracks=CHILDREN,
        sentence="The error of an interrupted accept is caught outside of the loop, or leaves it, so that the server comes to its end.",
        roots=("restarts_interrupted_accept",),
        evidence=(cut_by(NO_EXCEPTION, "interrupted_accept"), not_so(cut_by(NO_EXCEPTION, "visits"))),
        hint="Which line runs next when the error was caught?",
        apart="The server ends by itself, without a traceback.",
    ),
    Cause(
        name="goes_on_without_a_connection",
        tracks=CHILDREN,
        sentence="The error of an interrupted accept is passed over, and the server goes on with a connection that it has not got.",
        roots=("restarts_interrupted_accept",),
        evidence=(
            passed("answers", "survives_signals"),
            not_so(cut_by(INTERRUPTED, "interrupted_accept")),
            not_so(cut_by(NO_EXCEPTION, "interrupted_accept")),
        ),
        hint="What is the value of the variables that accept() sets, when it has raised?",
        apart="The server makes a child, or fails, right after the interruption, though no client has come.",
    ),
    Cause(
        name="handler_raises",
        tracks=CHILDREN,
        sentence="An exception in a signal's handler ends the server when the signal comes.",
        roots=("survives_signals",),
        evidence=(cut_by(IN_A_HANDLER, "storm"), shows("a signal was enough, and no client had come", _no_client_came)),
        follows=("answers", "reaps_each_child", "reaps_a_burst"),
        ends=IN_A_HANDLER,
        hint="With which arguments is a handler called, at which moments, and what may fail in it? signal.signal",
        apart="The traceback names the handler, called from wherever the server just was.",
    ),
    Cause(
        name="signals_end_it",
        tracks=CHILDREN,
        sentence="The server ends at signals that are not meant as an end.",
        roots=("survives_signals",),
        evidence=(cut_by(A_STATUS, "storm"),),
        follows=("reaps_a_burst", "survives_aborted_connection"),
        ends=A_STATUS,
        hint="Which signals does a process get in its life, and which of them ask it to end? signal(7)",
        apart="It ends with a status of its own, and without a traceback.",
    ),
)
