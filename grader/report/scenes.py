"""Which scene shows what a check is about, and what happens in it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grader.model import Part, Result
from grader.recording import Recording
from grader.report.words import name_of

SENTENCES = {
    "at_work": "A, B, C and D ask at once, and the work for each takes DELAY.",
    "burst": "Thirty children end while their parent is stopped, ten of them by a signal; it goes on; "
    "one more client comes.",
    "crowd": "Twelve clients are there at once and ask in reverse order; then four more.",
    "held_back": "A connects and says nothing; B, C and D ask; then A asks too.",
    "in_turn": "A, B and C ask at once, and the work for each takes DELAY.",
    "interrupted_accept": "The first two calls of accept are interrupted, and the one after the first client.",
    "live_children": "A and B are silent while others come and go, and A's child is stopped and continued; "
    "then none is left.",
    "many_visits": "150 clients come one after the other to a server that may have 32 descriptors.",
    "oldest_stays": "A connects and says nothing; five others come, are served and leave; then A asks.",
    "restart": "A client was served, another is there; everything is killed; the server is started again at once.",
    "storm": "SIGCHLD, SIGCONT, SIGWINCH and SIGURG come while the server waits, and while clients come and go.",
    "rude": "Some are served; clients leave without a word, in the middle of a request, after it, and by reset; "
    "then another one comes.",
    "unhurried": "A is silent for a while; B asks in two pieces; C says too much; D sends bytes that are no text; "
    "E asks.",
    "scarce_descriptors": "The server may open no descriptor more when A and B come; then it may again, and C comes.",
    "failed_fork": "The server's user may have no process more when A asks; then it may again, and B comes.",
    "aborted": "The server is stopped while A connects and resets its connection; it goes on, and B comes.",
    "orphans": "A and B are being served when the parent alone is ended, by SIGKILL and by SIGINT; then they ask.",
    "printed": "Two clients come to a server whose output is not buffered, so that each line is seen when it is printed.",
    "reachable": "A comes by another address; clients queue; another server wants the port; SIGTERM comes, "
    "and then SIGINT.",
    "visits": "Four clients come one after the other, each with another request; then twenty more.",
}
"""The scenes' own sentences, repeated here because results are drawn where no scene can be played."""

SCENE_OF = {
    "listens": "visits",
    "answers": "visits",
    "closes_after_reply": "visits",
    "leaves_no_descriptor_open": "visits",
    "zombies_do_not_pile_up": "visits",
    "serves_one_client_at_a_time": "held_back",
    "serves_in_order_of_arrival": "held_back",
    "works_in_one_process": "held_back",
    "serves_others_while_one_is_silent": "held_back",
    "takes_turns_in_time": "in_turn",
    "overlaps_in_time": "at_work",
    "gives_each_client_a_child": "crowd",
    "parent_closes_connections": "crowd",
    "children_close_listener": "crowd",
    "outlives_its_descriptor_limit": "many_visits",
    "reaps_each_child": "oldest_stays",
    "reaps_a_burst": "burst",
    "goes_on_while_children_live": "live_children",
    "restarts_interrupted_accept": "interrupted_accept",
    "survives_signals": "storm",
    "starts_again_at_once": "restart",
    "survives_rude_clients": "rude",
    "waits_for_the_whole_request": "unhurried",
    "delivers_reply_despite_unread_bytes": "unhurried",
    "bears_any_bytes": "unhurried",
    "waits_for_slow_clients": "unhurried",
    "survives_full_descriptor_table": "scarce_descriptors",
    "survives_failed_fork": "failed_fork",
    "survives_aborted_connection": "aborted",
    "children_outlive_parent": "orphans",
    "prints_nothing_twice": "visits",
    "ends_when_told": "reachable",
    "is_reachable_everywhere": "reachable",
    "keeps_its_port": "reachable",
    "queues_five_clients": "reachable",
}
"""Check's name -> scene's name."""

CLIENTS_OF = {"in_turn": "ABC", "at_work": "ABCD"}
"""Scenes whose point is how long things took -> their clients."""


class Counted(StrEnum):
    """What is counted at every look at a server."""

    DESCRIPTORS = "Open descriptors of the server itself"
    PROCESSES = "Processes that live, the server among them"
    ZOMBIES = "Zombies"


COUNTED_FOR = {
    "leaves_no_descriptor_open": (Counted.DESCRIPTORS,),
    "parent_closes_connections": (Counted.DESCRIPTORS,),
    "outlives_its_descriptor_limit": (Counted.DESCRIPTORS,),
    "works_in_one_process": (Counted.PROCESSES,),
    "gives_each_client_a_child": (Counted.PROCESSES,),
    "zombies_do_not_pile_up": (Counted.ZOMBIES,),
    "reaps_each_child": (Counted.ZOMBIES, Counted.PROCESSES),
    "reaps_a_burst": (Counted.ZOMBIES, Counted.PROCESSES),
    "goes_on_while_children_live": (Counted.ZOMBIES, Counted.PROCESSES),
    "survives_rude_clients": (Counted.DESCRIPTORS, Counted.PROCESSES),
    "survives_full_descriptor_table": (Counted.DESCRIPTORS,),
    "survives_failed_fork": (Counted.PROCESSES,),
    "children_outlive_parent": (Counted.PROCESSES,),
}
"""Check's name -> what is counted beside its failure."""

_LOOP, _BOTH = (Part.ACCEPT_LOOP,), (Part.ACCEPT_LOOP, Part.FORK)
PARTS_FOR = {
    "serves_one_client_at_a_time": _LOOP,
    "serves_in_order_of_arrival": _LOOP,
    "takes_turns_in_time": _LOOP,
    "works_in_one_process": _BOTH,
    "closes_after_reply": _BOTH,
    "leaves_no_descriptor_open": _BOTH,
    "serves_others_while_one_is_silent": _BOTH,
    "overlaps_in_time": _BOTH,
    "gives_each_client_a_child": _BOTH,
    "parent_closes_connections": (Part.FORK,),
    "children_close_listener": (Part.FORK,),
    "outlives_its_descriptor_limit": (Part.FORK,),
    "survives_failed_fork": (Part.FORK,),
    "reaps_each_child": (Part.HANDLER,),
    "zombies_do_not_pile_up": (Part.HANDLER,),
    "reaps_a_burst": (Part.HANDLER,),
    "goes_on_while_children_live": (Part.HANDLER,),
    "survives_signals": (Part.HANDLER, Part.ACCEPT_LOOP),
    "restarts_interrupted_accept": _LOOP,
    "survives_full_descriptor_table": _LOOP,
    "survives_aborted_connection": _LOOP,
    "prints_nothing_twice": (Part.FORK,),
}
"""Check's name -> which parts of the program it is about."""


def of_the_student(recorded: Mapping[str, Mapping[str, Recording]]) -> dict[str, dict[str, Recording]]:
    """By track, the recordings of the bundled scenes: an instructor's own are not the student's to see."""
    return {track: {n: seen for n, seen in scenes.items() if n in SENTENCES} for track, scenes in recorded.items()}


def of_the_instructor(recorded: Mapping[str, Mapping[str, Recording]]) -> list[Recording]:
    """The recordings of the instructor's own scenes."""
    return [seen for scenes in recorded.values() for name, seen in scenes.items() if name not in SENTENCES]


def scene_of(result: Result) -> str:
    """The scene that shows what this result is about; "" where none is known."""
    return SCENE_OF.get(name_of(result), "")
