"""`docs/verdicts.md`: what each check proves, what it cannot see, and how often it was wrong. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.model import TRACKS, Check
from grader.proof.figures import Figure
from grader.proof.telling import percent

UNSEEN = {
    "listens": "Whether the port is held on every address (stretch), or with which queue.",
    "answers": "What the server would say to requests that were not put to it; hidden checks put others.",
    "closes_after_reply": "Why a connection stays open, if parent_closes_connections does not tell.",
    "serves_one_client_at_a_time": "Replies that alternate so fast that our client reads both pieces at one go: "
    "they have one time stamp then.",
    "serves_in_order_of_arrival": "An order among more clients than four.",
    "takes_turns_in_time": "Two tasks at work at an instant at which we did not look, if all still took n x DELAY.",
    "works_in_one_process": "A thread that is started and ended before the server sleeps again.",
    "serves_others_while_one_is_silent": "A client that falls silent later than at its first byte.",
    "gives_each_client_a_child": "A child whose process could serve another client but was never given one.",
    "overlaps_in_time": "Work that overlaps only with more or fewer than four clients.",
    "parent_closes_connections": "A copy that is closed late, but before all twelve clients are there.",
    "children_close_listener": "A copy that is closed before the child reads.",
    "leaves_no_descriptor_open": "A leak of less than one descriptor in twenty clients, and any in a child.",
    "outlives_its_descriptor_limit": "A leak of less than some twenty descriptors in 150 clients "
    "(40 where the server sleeps long).",
    "reaps_each_child": "A child that is reaped late, but before the server sleeps again.",
    "zombies_do_not_pile_up": "Zombies that pile up more slowly than one for every two clients.",
    "reaps_a_burst": "A handler that takes thirty children per signal, and no more.",
    "goes_on_while_children_live": "A handler that blocks or spins only after another event than an ending, a stop or "
    "a continuation of a child.",
    "restarts_interrupted_accept": "An accept that is not called through Python's socket module: it can't be "
    "interrupted for certain, and the check is inconclusive.",
    "survives_signals": "Signals other than SIGCHLD, SIGCONT, SIGWINCH and SIGURG, and instants at which none came.",
    "starts_again_at_once": "A port that is taken by another program than the server's own last connections.",
    "survives_rude_clients": "A file that stays open for each rude client: a log that is opened at the first error is "
    "right, so that sockets, pipes and processes alone are counted.",
    "waits_for_the_whole_request": "A request that is cut anywhere but before its blank line, or into more pieces.",
    "delivers_reply_despite_unread_bytes": "More bytes than the one client of the scene sends after its request.",
    "bears_any_bytes": "Bytes that are no text in another place than the one request of the scene has them.",
    "waits_for_slow_clients": "A server that waits longer than our client is silent, and then no more.",
    "survives_full_descriptor_table": "A table that is full at another call than accept.",
    "survives_failed_fork": "A fork that fails for want of memory, and one that fails again and again for long.",
    "survives_aborted_connection": "Systems on which accept tells an abort as ECONNABORTED: Linux hands the connection "
    "over, and the first read fails.",
    "children_outlive_parent": "Children that are ended with the whole process group, as by Ctrl-C in a terminal.",
    "prints_nothing_twice": "Lines that differ by more than their numbers, what a file and not standard output gets, "
    "and servers that wake by themselves, which print by the clock.",
    "ends_when_told": "A server that sleeps on with a timer and may end when it wakes: that is inconclusive.",
    "is_reachable_everywhere": "IPv6, and addresses beyond the loopback network.",
    "keeps_its_port": "A second server that is another program.",
    "queues_five_clients": "How many more than five may wait.",
}
"""By name of a check, what passes it and should not."""

NEVER_ALONE = {
    "blocking/serves_one_client_at_a_time": "Whoever serves two at once also changes the order in which the silent "
    "client of the scene is served, or works in several processes or threads, or turns clients away.",
    "forking/serves_others_while_one_is_silent": "Whoever holds others up while one is silent also stops serving in "
    "the two other scenes with a silent client, which reaps_each_child and goes_on_while_children_live read.",
    "forking/zombies_do_not_pile_up": "Where zombies pile up, one is there when reaps_each_child looks.",
}
"""By id of a check, why no wrong server can be rejected by it alone."""

BEGIN, END = "<!-- begin: made by verify --docs -->", "<!-- end -->"


def verdicts(checks: Sequence[Check], scenes: Mapping[str, str], proof: Mapping[str, Any]) -> str:
    """The whole page.

    Args:
        scenes: sentence of each scene, by name.
        proof: what `verify.json` holds; empty where nothing was measured.
    """
    parts = [
        "# What each check proves",
        f"{BEGIN}\n\nMade by `python -m grader verify --docs docs/verdicts.md`, from the checks, the scenes and the "
        "figures of one run: mend those, not this page.",
        _measured(proof),
        *(_track(track.name, checks, scenes, proof) for track in TRACKS),
        END,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _measured(proof: Mapping[str, Any]) -> str:
    if not proof:
        return "Nothing was measured yet."
    figures = [*proof["figures"], *proof.get("diagnosis", [])]
    rows = "\n".join(_row(figure["name"], Figure("", figure["count"], figure["of"])) for figure in figures)
    strain = f"{proof['busy_loops']} busy loops beside it, of the processor {proof['processor']}"
    return (
        f"## Measured\n\n{proof['wrong_servers']} wrong and {proof['right_servers']} right servers, "
        f"{proof['gradings']:,} gradings on {proof['cores']} cores, {strain}; Python {proof['python']}, "
        f"sandbox {proof['sandbox']}, {proof['made']}.\n\n"
        f"| | seen | of | rate | at most, with 95 % confidence |\n|---|---|---|---|---|\n{rows}\n\n"
        "“Of” counts the results in question: those that had to pass, had to fail, or that no header names. “At most” "
        "is the one-sided bound of Clopper and Pearson."
    )


def _row(name: str, figure: Figure) -> str:
    return f"| {name} | {figure.count:,} | {figure.of:,} | {percent(figure.rate)} | {percent(figure.upper)} |"


def _track(track: str, checks: Sequence[Check], scenes: Mapping[str, str], proof: Mapping[str, Any]) -> str:
    parts = [f"## {track}"]
    parts += [_check(check, scenes, proof) for check in checks if check.track.name == track and not check.hidden]
    return "\n\n".join(parts)


def _check(check: Check, scenes: Mapping[str, str], proof: Mapping[str, Any]) -> str:
    worth = "stretch" if check.stretch else "points"
    lines = [f"### {check.id}", f"{check.requirement} ({check.points:g} {worth})"]
    lines += [f"- Scene `{name}`: {scenes[name]}" for name in check.needs if name in scenes]
    if check.name in UNSEEN:
        lines.append(f"- Cannot see: {UNSEEN[check.name]}")
    if check.id in NEVER_ALONE:
        lines.append(f"- Never rejects alone: {NEVER_ALONE[check.id]}")
    if check.id in proof.get("checks", {}):
        lines.append(_figures_of(proof["checks"][check.id]))
    head, *rest = lines
    return f"{head}\n\n{rest[0]}\n\n" + "\n".join(rest[1:])


def _figures_of(measured: Mapping[str, Any]) -> str:
    by_name = {figure["name"]: Figure("", figure["count"], figure["of"]) for figure in measured["figures"]}
    rejections, acceptances = by_name["false rejections"], by_name["false acceptances"]
    return (
        f"- Measured: {len(measured['named_by'])} wrong servers name it; {acceptances.count:,} of "
        f"{acceptances.of:,} slipped through (at most {percent(acceptances.upper)}); {rejections.count:,} of "
        f"{rejections.of:,} right ones were rejected (at most {percent(rejections.upper)}); "
        f"{by_name['inconclusive'].count:,} inconclusive."
    )
