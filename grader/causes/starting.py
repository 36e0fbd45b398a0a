"""Why a server never comes to wait for a client."""

from __future__ import annotations

from grader.causes.cause import BOTH, CHILDREN, Cause
from grader.clues import LOOK, Clue, Seen, last_look, shows
from grader.clues.endings import ANY_ERROR, SILENCE, TOO_MANY_PROCESSES, cut_by, errno_in_accept, error
from grader.recording import ACCEPTING_CALLS, Calm, Snapshot


def _waiting(seen: Seen) -> Snapshot:
    return seen.look("visits", "waiting")


def _somebody_lives_on(seen: Seen) -> bool:
    there = last_look(seen.scene("visits"))
    return bool(seen.scene("visits").exit) and any(not process.is_zombie for process in there.others)


def _does_not_listen(seen: Seen, *calms: Calm) -> bool:
    there = seen.look("visits", "it does not listen")
    return bool(there.processes) and there.calm in calms


def _listens_elsewhere(seen: Seen) -> bool:
    ports = {listener.port for listener in _waiting(seen).listeners}
    return bool(ports) and seen.track.port not in ports


def _spins_before_a_client(seen: Seen) -> bool:
    return _waiting(seen).calm is Calm.SPINNING


def _a_thread_accepts_and_another_runs(seen: Seen) -> bool:
    program = _waiting(seen).parent
    threads = program.threads if program else ()
    return any(t.call in ACCEPTING_CALLS for t in threads) and any(t.call not in ACCEPTING_CALLS for t in threads)


NEVER_LISTENED: Clue = shows("never listened", lambda seen: not seen.scene("visits").listened, LOOK)
SPINS = shows("runs without rest before the first client", _spins_before_a_client)

CAUSES = (
    Cause(
        name="does_not_parse",
        tracks=BOTH,
        sentence="Python can't read the program: there is a mistake of syntax in it, so that no line of it runs.",
        roots=("listens",),
        evidence=(
            NEVER_LISTENED,
            shows(
                "ended with an error of syntax",
                lambda seen: any(
                    error(name).cut(seen.scene("visits")) for name in ("SyntaxError", "IndentationError", "TabError")
                ),
                3,
            ),
        ),
        hint="Which line does the message name, and what stands just before it?",
        apart="The last line of the message begins with SyntaxError, IndentationError or TabError.",
    ),
    Cause(
        name="accepts_without_listening",
        tracks=BOTH,
        sentence="The server calls accept on a socket that does not listen, and ends with EINVAL.",
        roots=("listens",),
        evidence=(NEVER_LISTENED, cut_by(errno_in_accept(22), "visits")),
        hint="Which three calls make a socket one that clients can come to, and in which order? accept(2), EINVAL",
        apart="The traceback ends in accept, not in bind or before it.",
    ),
    Cause(
        name="asks_for_a_key",
        tracks=BOTH,
        sentence="The server asks somebody at the keyboard before it listens, and nobody is there to answer.",
        roots=("listens",),
        evidence=(NEVER_LISTENED, cut_by(error("EOFError"), "visits")),
        hint="Where does a program read from that runs without a terminal? EOFError, stdin(3)",
        apart="The traceback ends in input().",
    ),
    Cause(
        name="ends_with_an_error_at_its_start",
        tracks=BOTH,
        sentence="An exception ends the program before it listens, so that nothing else of it can be seen.",
        roots=("listens",),
        evidence=(NEVER_LISTENED, cut_by(ANY_ERROR, "visits")),
        hint="What does the last line of the traceback say, and which line of your program stands above it?",
        apart="Started by hand, `python3` shows a traceback at once.",
    ),
    Cause(
        name="ends_in_silence_at_its_start",
        tracks=BOTH,
        sentence="The program comes to its end without having listened: what serves clients is never called.",
        roots=("listens",),
        evidence=(NEVER_LISTENED, cut_by(SILENCE, "visits")),
        hint="Which line of the program starts the server, and is that line reached? `__name__`",
        apart="Started by hand, the program is over at once and leaves no process: ps(1).",
    ),
    Cause(
        name="goes_into_the_background",
        tracks=BOTH,
        sentence="The program that was started ends at once, and another process that it has made lives on as the server.",
        roots=("listens",),
        evidence=(
            NEVER_LISTENED,
            cut_by(SILENCE, "visits"),
            shows("another process lives on", _somebody_lives_on),
        ),
        hint="Who waits for a program that was started, and what does the end of that program say? daemon(7)",
        apart="Started by hand, the prompt is back at once, and ps(1) shows the server all the same.",
    ),
    Cause(
        name="makes_processes_without_end",
        tracks=CHILDREN,
        sentence="The server makes processes before it has a client for them, more and more of them.",
        roots=("listens",),
        evidence=(cut_by(TOO_MANY_PROCESSES, "visits"),),
        hint="Which call has to come back before there is somebody to make a child for?",
        apart="ps(1) shows its processes become more while no client is there.",
    ),
    Cause(
        name="runs_without_listening",
        tracks=BOTH,
        sentence="The program runs in a loop and never comes to listen.",
        roots=("listens",),
        evidence=(shows("runs and does not listen", lambda seen: _does_not_listen(seen, Calm.SPINNING)),),
        hint="What ends the loop that comes first, and can that happen while nobody listens?",
        apart="top(1) shows it at work all the time.",
    ),
    Cause(
        name="sleeps_without_listening",
        tracks=BOTH,
        sentence="The program waits for something before it listens, and that does not come.",
        roots=("listens",),
        evidence=(
            shows(
                "sleeps and does not listen",
                lambda seen: _does_not_listen(seen, Calm.SETTLED, Calm.OUT_OF_PATIENCE),
            ),
        ),
        hint="In which call does it sleep? /proc/PID/wchan, strace(1)",
        apart="top(1) shows it asleep.",
    ),
    Cause(
        name="listens_on_another_port",
        tracks=BOTH,
        sentence="The port does not come from PORT: the server listens on another one, where nobody looks for it.",
        roots=("listens",),
        evidence=(shows("listens on another port", _listens_elsewhere, 3),),
        hint="Which name does the environment give to the port, and which number does bind get? environ(7), bind(2)",
        apart="`ss -ltn` shows the number of the port on which it listens.",
    ),
    Cause(
        name="a_thread_beside_accept_runs",
        tracks=BOTH,
        sentence="A thread beside the one that accepts clients runs round and round without rest.",
        roots=("listens",),
        evidence=(SPINS, shows("one thread accepts and another one runs", _a_thread_accepts_and_another_runs)),
        follows=("goes_on_while_children_live",),
        hint="What does the call in that loop return, or raise, when there is nothing to wait for yet?",
        apart="`top -H` shows one thread at work and another one asleep.",
    ),
    Cause(
        name="asks_for_clients_without_rest",
        tracks=BOTH,
        sentence="The server asks again and again whether a client is there, in place of sleeping until one comes.",
        roots=("listens",),
        evidence=(SPINS,),
        follows=("goes_on_while_children_live",),
        hint="Which call sleeps until a client comes, and what keeps it from sleeping? O_NONBLOCK, select(2)",
        apart="`strace -c` counts the same call many thousand times a second.",
    ),
)
