"""Why children stay as zombies, or waiting for them holds the server up."""

from __future__ import annotations

from grader.causes.cause import CHILDREN, Cause
from grader.clues import WORDS, Clue, Seen, failed, not_so, passed, shows
from grader.clues.endings import SPINNING, WAITING_CALLS, cut_by, error, program_in
from grader.clues.looks import at, program_sleeps, spins, zombies
from grader.recording import NEVER, SLEEPING_CALLS, Snapshot

CLEARED = ("reaps_each_child", "reaps_a_burst", "zombies_do_not_pile_up", "goes_on_while_children_live")
IN_WAIT = program_in(WAITING_CALLS, "waits for a child that lives")
ASLEEP = program_in(SLEEPING_CALLS, "sleeps while a child lives")
NO_CHILD = error("ChildProcessError")


def _served_by_grandchildren(look: Snapshot) -> bool:
    """Whoever serves is no child of the program, and its children are zombies while clients are there."""
    inodes = {seen.inode for seen in look.connections if seen.inode}
    serving = [process for process in look.others if inodes & process.sockets]
    return bool(serving) and bool(look.zombies) and all(process.parent != look.program for process in serving)


def _sleeps_beside_accept(look: Snapshot) -> bool:
    """A thread of the program sleeps for a time, and another one does something else."""
    return program_sleeps(look) and look.parent is not None and len(look.parent.threads) > 1


def _fewer_than_have_come(seen: Seen) -> bool:
    """After many visits there are zombies, but most children were waited for."""
    scene = seen.scene("many_visits")
    left = len(seen.look("many_visits", "all have gone").zombies)
    return seen.look("many_visits", "all have gone").at < NEVER and 2 * left < len(scene.clients) - 24


def after_the_burst(told: str, *, least: int, most: int) -> Clue:
    """So many zombies are left of thirty, when the signal of all of them has been handled."""
    return zombies("burst", "the server goes on", least, most)._replace(told=told)


def _takes_one_more(seen: Seen) -> bool:
    """After one more client there are as many zombies as before: its own child's signal took one."""
    before, after = seen.look("burst", "the server goes on"), seen.look("burst", "one more client has come")
    return len(before.zombies) == len(after.zombies) == 29


def _some_stay_until_the_end(seen: Seen) -> bool:
    gone = seen.look("oldest_stays", "A has gone")
    return gone.at < NEVER and bool(gone.zombies)


TAKES_ONE = shows("takes one child per signal", _takes_one_more, WORDS)
HIDDEN_BY_THE_OLDEST = (
    zombies("oldest_stays", "the others have gone", 3, 5),
    zombies("oldest_stays", "A has gone", 0, 0),
)

CAUSES = (
    Cause(
        name="nobody_waits_for_children",
        tracks=CHILDREN,
        sentence="Nobody waits for the children: every one of them stays as a zombie when it has ended.",
        roots=("zombies_do_not_pile_up",),
        evidence=(
            failed("reaps_each_child", "reaps_a_burst"),
            zombies("burst", "the server goes on", 30, 100),
        ),
        follows=("reaps_each_child", "reaps_a_burst", "outlives_its_descriptor_limit"),
        hint="What does the kernel keep of a process that has ended, for whom, and who is told of it? waitpid(2), signal(7)",
        apart="`ps` shows a zombie more after each client, however long one waits.",
    ),
    Cause(
        name="middle_process_stays",
        tracks=CHILDREN,
        sentence="Clients are served by a grandchild, and nobody waits for the process between, which ends at once and stays.",
        roots=("zombies_do_not_pile_up",),
        evidence=(
            failed("reaps_each_child", "reaps_a_burst"),
            zombies("burst", "the server goes on", 30, 100),
            at("crowd", "all are there", "grandchildren serve", _served_by_grandchildren),
        ),
        follows=("reaps_each_child", "reaps_a_burst", "outlives_its_descriptor_limit"),
        hint="Whose child is the process between, and when has it ended? waitpid(2)",
        apart="`ps` shows a zombie for each client while the client is still there.",
    ),
    Cause(
        name="looks_for_children_too_seldom",
        tracks=CHILDREN,
        sentence="Something looks for ended children from time to time, and so seldom that zombies stay for long.",
        roots=("zombies_do_not_pile_up", "reaps_each_child"),
        evidence=(
            failed("reaps_each_child", "reaps_a_burst"),
            zombies("burst", "the server goes on", 30, 100),
            at("oldest_stays", "A is silent", "a thread sleeps beside the one that accepts", _sleeps_beside_accept),
        ),
        follows=("reaps_each_child", "reaps_a_burst"),
        hint="How long may a zombie stay by the hand-out, and what tells a process at once that a child has ended?",
        apart="Zombies go by themselves after a while, many at a time.",
    ),
    Cause(
        name="waits_until_there_are_many",
        tracks=CHILDREN,
        sentence="Children are waited for only when there are many of them, so that most of the time there are zombies.",
        roots=("zombies_do_not_pile_up", "reaps_each_child"),
        evidence=(
            failed("reaps_each_child", "reaps_a_burst"),
            zombies("burst", "the server goes on", 30, 100),
            shows("most children of many visits were waited for", _fewer_than_have_come),
        ),
        follows=("reaps_each_child", "reaps_a_burst"),
        hint="What is a zombie's place in the table of processes good for, once its child has ended? waitpid(2)",
        apart="Zombies become more with each client and then go all at once.",
    ),
    Cause(
        name="waits_at_the_next_client_only",
        tracks=CHILDREN,
        sentence="Ended children are waited for when the next client comes, and stay as zombies until then.",
        roots=("reaps_each_child",),
        evidence=(
            passed("zombies_do_not_pile_up", "reaps_a_burst"),
            zombies("oldest_stays", "the others have gone", 1, 2),
        ),
        hint="What happens when a child has ended and no client comes any more? signal(7) on SIGCHLD",
        apart="The last client's child is a zombie until somebody connects.",
    ),
    Cause(
        name="one_live_child_hides_the_others",
        tracks=CHILDREN,
        sentence="Children are waited for in their order, so that an old one that lives hides younger ones that have ended.",
        roots=("reaps_each_child",),
        evidence=(passed("reaps_a_burst"), *HIDDEN_BY_THE_OLDEST),
        follows=("survives_signals",),
        hint="Which child does waitpid(-1) give you, and which one does waitpid(pid)? waitpid(2)",
        apart="Zombies go all at once when the oldest client has gone.",
    ),
    Cause(
        name="waits_for_one_certain_child",
        tracks=CHILDREN,
        sentence="At each SIGCHLD the server waits for one certain child, which need not be the one that has ended.",
        roots=("reaps_a_burst", "reaps_each_child"),
        evidence=(
            failed("reaps_each_child", "reaps_a_burst"),
            passed("zombies_do_not_pile_up"),
            shows("a child stays that ended out of its turn", _some_stay_until_the_end),
        ),
        follows=("reaps_each_child",),
        hint="Which child has ended when the signal comes, and how would waitpid tell you? waitpid(2), on its first argument",
        apart="The child of a client that outstays younger ones is never waited for.",
    ),
    Cause(
        name="one_child_per_signal",
        tracks=CHILDREN,
        sentence="The handler waits for one child per signal, and several children that end together may send one signal.",
        roots=("reaps_a_burst",),
        evidence=(passed("reaps_each_child"), TAKES_ONE),
        follows=("goes_on_while_children_live", "survives_signals"),
        hint="Signals of one kind do not queue: how many children may have ended when the handler runs? signal(7)",
        apart="Of thirty children that end together 29 stay as zombies.",
    ),
    Cause(
        name="stops_before_all_are_waited_for",
        tracks=CHILDREN,
        sentence="The handler waits for several children and then stops, though more of them have ended.",
        roots=("reaps_a_burst",),
        evidence=(
            passed("reaps_each_child"),
            not_so(TAKES_ONE),
            after_the_burst("some of thirty are left", least=5, most=29),
        ),
        hint="When does your loop end, and what does waitpid return when no further child has ended? waitpid(2), WNOHANG",
        apart="Of thirty children that end together some are waited for and others stay.",
    ),
    Cause(
        name="handler_blocks",
        tracks=CHILDREN,
        sentence="The handler does not come back while a child lives: it waits for all of them, and nobody is accepted meanwhile.",
        roots=("goes_on_while_children_live",),
        evidence=(
            failed("goes_on_while_children_live"),
            cut_by(IN_WAIT, "live_children", "oldest_stays"),
            not_so(failed("reaps_a_burst")),
        ),
        follows=("reaps_each_child", "serves_others_while_one_is_silent"),
        ends=IN_WAIT,
        hint="What does waitpid do while children live and none has ended, and which option changes that? waitpid(2)",
        apart="After the first child's end the parent sleeps in wait4() until the last one has ended.",
    ),
    Cause(
        name="handler_sleeps",
        tracks=CHILDREN,
        sentence="The handler sleeps and looks again as long as a child lives, and nobody is accepted meanwhile.",
        roots=("goes_on_while_children_live",),
        evidence=(failed("goes_on_while_children_live"), cut_by(ASLEEP, "live_children", "oldest_stays")),
        follows=("reaps_each_child", "serves_others_while_one_is_silent"),
        ends=ASLEEP,
        hint="What can the server do while its handler runs? signal(7)",
        apart="After the first child's end the parent sleeps in clock_nanosleep(), and accepts nobody.",
    ),
    Cause(
        name="spins_while_a_child_lives",
        tracks=CHILDREN,
        sentence="The loop that waits for children does not end while one of them lives: it asks again and again.",
        roots=("goes_on_while_children_live",),
        evidence=(at("live_children", "C has gone", "the server spins", spins), passed("listens")),
        follows=("reaps_each_child", "reaps_a_burst"),
        ends=SPINNING,
        hint="What does waitpid return when children live and none of them has ended? waitpid(2), WNOHANG",
        apart="top(1) shows the parent at work as long as a client is there.",
    ),
    Cause(
        name="spins_when_no_child_is_left",
        tracks=CHILDREN,
        sentence="The loop that waits for children does not end when none is left: it asks again and again.",
        roots=("goes_on_while_children_live",),
        evidence=(at("live_children", "no child is left", "the server spins", spins), passed("listens")),
        follows=("reaps_each_child", "reaps_a_burst", "answers", "gives_each_client_a_child"),
        ends=SPINNING,
        hint="What does waitpid say when there is no child any more, and does your loop end then? waitpid(2), ECHILD",
        apart="top(1) shows the parent at work from the moment at which the last child has ended.",
    ),
    Cause(
        name="waits_without_a_guard",
        tracks=CHILDREN,
        sentence="Waiting for a child when none is left is an error, which nobody catches, and it ends the server.",
        roots=("survives_signals", "goes_on_while_children_live"),
        evidence=(cut_by(NO_CHILD),),
        follows=("reaps_each_child", "reaps_a_burst", "overlaps_in_time", "answers"),
        ends=NO_CHILD,
        hint="What does waitpid say when there is no child any more, and into what does Python turn that? ECHILD",
        apart="The last word of the traceback is ChildProcessError.",
    ),
)
