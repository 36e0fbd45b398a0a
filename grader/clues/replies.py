"""How replies differ from the reference's, over all clients of a scene. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from grader.clues import LOOK, WORDS, Clue, Seen, shows
from grader.model import Inconclusive, Speech
from grader.replies import difference, taken_apart


class Answer(NamedTuple):
    """What one client asked, should have been told, and was told."""

    client: str
    request: bytes
    expected: bytes
    received: bytes
    is_right: bool


def answers(seen: Seen) -> list[Answer]:
    """Of the clients that come one after the other, each with what the reference says to the same request."""
    visits = seen.scene("visits")
    found = []
    for client in visits.clients:
        request, received = visits.sent(client), visits.received(client)
        expected = _of_the_reference(seen, request)
        if expected is not None:
            right = difference(seen.track.speech, expected, received) is None
            found.append(Answer(client, request, expected, received, right))
    return found


def _of_the_reference(seen: Seen, request: bytes) -> bytes | None:
    try:
        return seen.reference.reply_to(request)
    except Inconclusive:
        return None


def wrong(seen: Seen) -> list[Answer]:
    """Those that got something else."""
    return [answer for answer in answers(seen) if not answer.is_right]


def wrong_replies(told: str, holds: Callable[[Answer, Speech], bool], weight: int = WORDS) -> Clue:
    """Every wrong reply is wrong in this way, and there is one."""

    def all_of_them(seen: Seen) -> bool:
        found = wrong(seen)
        return bool(found) and all(holds(answer, seen.track.speech) for answer in found)

    return shows(told, all_of_them, weight)


def body_of(reply: bytes, speech: Speech) -> bytes:
    """What of a reply is the message itself."""
    return taken_apart(reply).body.rstrip(b"\r\n") if speech is Speech.HTTP else reply


NOTHING_CAME = wrong_replies("sends nothing", lambda answer, _: not answer.received, LOOK)
SOMETHING_CAME = wrong_replies("sends something else", lambda answer, _: bool(answer.received), LOOK)


def _depends_on_the_request(seen: Seen) -> bool:
    by_request: dict[bytes, set[bool]] = {}
    for answer in answers(seen):
        by_request.setdefault(answer.request, set()).add(answer.is_right)
    found = list(by_request.values())
    return {True} in found and {False} in found and {True, False} not in found


def _depends_on_the_turn(seen: Seen) -> bool:
    """The same request is answered rightly at first and wrongly later."""
    first = {answer.request: answer for answer in reversed(answers(seen))}
    return any(first[answer.request].is_right and not answer.is_right for answer in answers(seen))


DEPENDS_ON_THE_REQUEST = shows("answers some requests rightly and others not", _depends_on_the_request, WORDS)
DEPENDS_ON_THE_TURN = shows("answers a request rightly at first and wrongly later", _depends_on_the_turn, WORDS)


def _goes_on(answer: Answer, speech: Speech) -> bool:
    expected, received = body_of(answer.expected, speech), body_of(answer.received, speech)
    return len(received) > len(expected) and received.startswith(expected)


def _is_shown_by_python(answer: Answer, speech: Speech) -> bool:
    body = body_of(answer.received, speech)
    return body[:2] in (b"b'", b'b"') and body[-1:] == body[1:2]


def _has_lookalikes(answer: Answer, _: Speech) -> bool:
    """As many characters as the reference's, and those that differ are no ASCII."""
    expected, received = answer.expected.decode("latin-1"), answer.received.decode("utf-8", "replace")
    differing = [there for here, there in zip(expected, received, strict=False) if here != there]
    return len(expected) == len(received) and bool(differing) and not any(map(str.isascii, differing))


GOES_ON = wrong_replies("sends more than the reference", _goes_on)
IS_SHOWN_BY_PYTHON = wrong_replies("sends bytes as Python shows them", _is_shown_by_python)
HAS_LOOKALIKES = wrong_replies("sends characters that look like the right ones", _has_lookalikes)
ECHOES = wrong_replies("sends the request back", lambda answer, _: answer.received == answer.request)


def http_part(told: str, part: str) -> Clue:
    """The first part in which a reply of HTTP's differs is this one: status, blank_line, body or length."""
    return wrong_replies(told, lambda answer, speech: speech is Speech.HTTP and _first_difference(answer) == part)


def _first_difference(answer: Answer) -> str:
    wanted, got = taken_apart(answer.expected), taken_apart(answer.received)
    if not answer.received:
        return "all"
    if got.status != wanted.status:
        return "status"
    if not got.blank_line:
        return "blank_line"
    return "body" if got.body.rstrip(b"\r\n") != wanted.body.rstrip(b"\r\n") else "length"
